"""Secrets that their own shape gives away, whatever stands around them.

Prefixes and lengths are those that the vendors publish for their tokens (GitHub, GitLab, Slack,
Stripe, Google, …), and the usual forms of password hashes. Each entry is what begins it, as cheap
to look for as possible, and what follows.
"""

from typing import Final

_WORD: Final = "[A-Za-z0-9_-]"
_PLAIN: Final = "[A-Za-z0-9]"
_HEX: Final = "[0-9a-f]"

BEGUN: Final[tuple[tuple[str, str], ...]] = (
    (r"gh[pousr]_", rf"{_PLAIN}{{16,255}}"),
    (r"github_pat_", rf"{_WORD}{{16,255}}"),
    (r"gl(?:pat|ptt|rt|dt|ft|cbt|agent|oas|soat|imt|ffct)-", rf"{_WORD}{{16,255}}"),
    (r"gl(?:sa|c)_", rf"{_WORD}{{20,400}}"),
    (r"xox[abeoprs](?:\.xox[bp])?-", rf"{_WORD}{{10,255}}"),
    (r"xapp-", rf"{_WORD}{{10,255}}"),
    (r"hooks\.slack\.com/(?:services|workflows|triggers)/", r"[A-Za-z0-9+/_-]{20,}"),
    (r"discord(?:app)?\.com/api/webhooks/", rf"[0-9]{{5,20}}/{_WORD}{{30,}}"),
    (r"[srp]k_(?:live|test|prod)_", rf"{_PLAIN}{{10,255}}"),
    (r"whsec_", r"[A-Za-z0-9+/=]{16,}"),
    (r"AIza", rf"{_WORD}{{35}}"),
    (r"ya29\.", r"[A-Za-z0-9._-]{20,}"),
    (r"GOCSPX-", rf"{_WORD}{{16,}}"),
    (r"SG\.", rf"{_WORD}{{16,32}}\.{_WORD}{{32,64}}"),
    (r"npm_", rf"{_PLAIN}{{36}}"),
    (r"pypi-", rf"{_WORD}{{50,}}"),
    (r"dckr_(?:pat|oat)_", rf"{_WORD}{{16,}}"),
    (r"do[opr]_v1_", rf"{_HEX}{{32,}}"),
    (r"shp(?:at|ca|pa|ss|tka)_", r"[0-9A-Fa-f]{20,}"),
    (r"sq0[a-z]{3}-", rf"{_WORD}{{20,}}"),
    (r"T3BlbkFJ", rf"{_WORD}{{8,}}"),
    (r"sk-(?:proj|svcacct|admin|ant|or|live|test)-", rf"{_WORD}{{16,}}"),
    (r"\bsk-", rf"{_PLAIN}{{32,}}"),
    (r"\bhf_", rf"{_PLAIN}{{30,}}"),
    (r"hv[sbr]\.", rf"{_WORD}{{20,}}"),
    (r"\.atlasv1\.", rf"{_WORD}{{20,}}"),
    (r"dapi", rf"{_HEX}{{32}}"),
    (r"NR(?:AK|AA|JS|II|RA)-", rf"{_WORD}{{18,}}"),
    (r"lin_(?:api|oauth)_", rf"{_PLAIN}{{20,}}"),
    (r"\bdp\.[a-z]{2,5}\.", rf"(?:[a-z0-9_-]{{2,35}}\.)?{_PLAIN}{{20,}}"),
    (r"pscale_(?:tkn|oauth|pw)_", r"[A-Za-z0-9._=-]{20,}"),
    (r"PMAK-", rf"{_HEX}{{16,}}-{_HEX}{{16,}}"),
    (r"\bpul-", rf"{_HEX}{{40}}"),
    (r"AKCp", rf"{_PLAIN}{{60,}}"),
    (r"sntr(?:ys|yu)_", r"[A-Za-z0-9+/=_-]{30,}"),
    (r"ATATT3", r"[A-Za-z0-9=_-]{20,}"),
    (r"ATCTT3", r"[A-Za-z0-9=_-]{20,}"),
    (r"AGE-SECRET-KEY-", r"[0-9A-Z]{20,}"),
    (r"TlRMTVNTUAAD", r"[A-Za-z0-9+/=]{8,}"),
    (r"\{S?(?:SHA|MD5)(?:256|384|512)?\}", r"[A-Za-z0-9+/=]{16,}"),
    (r"\{CRYPT\}", r"[^\s\"'\\]{8,}"),
    (r"\$2[abxy]\$", r"[0-9]{2}\$[./A-Za-z0-9]{20,}"),
    (
        r"\$(?:argon2(?:id?|d)|pbkdf2[a-z0-9-]*|scrypt|apr1|gy|[1567yPH])\$",
        r"[./A-Za-z0-9$=,+-]{20,}",
    ),
)  # fmt: skip
"""What begins a secret (case counts), and what it goes on with."""

BARE: Final[tuple[tuple[str, str], ...]] = (
    (r"A[KS]IA[2-7A-Z]", r"A[KS]IA[2-7A-Z]{16}\b"),
    (r"\bSK[0-9a-f]", rf"\bSK{_HEX}{{32}}\b"),
    (r"\bkey-[0-9a-f]", rf"\bkey-{_HEX}{{32}}\b"),
    (r"[0-9a-f]-us[0-9]", rf"{_HEX}{{24,32}}-us[0-9]{{1,2}}\b"),
    (r"[0-9]:AA", rf"\b[0-9]{{8,10}}:AA{_WORD}{{32,34}}"),
    (rf"\.{_WORD}{{6}}\.{_WORD}{{12}}", rf"[MNO]{_PLAIN}{{23,25}}\.{_WORD}{{6}}\.{_WORD}{{27,}}"),
    (r"[0-9]Q~", r"[A-Za-z0-9]{3}[0-9]Q~[A-Za-z0-9_.~-]{30,}"),
)
"""Secrets without a prefix of their own: what to look for, and their whole shape."""

SHAPE: Final = "|".join([*(f"{begin}{rest}" for begin, rest in BEGUN), *(all for _, all in BARE)])
HINT_OF_SHAPES: Final = f"(?-i:{'|'.join(begin for begin, _ in (*BEGUN, *BARE))})"
