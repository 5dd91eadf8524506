"""What a clause says happened, by its words. The first kind that fits counts."""

from typing import Final, Literal

from authlogs.analysis.reconciliation.compiling import PATIENCE_S, compiled

Edge = Literal["start", "end", "either"]
NOUNS: Final = (
    r"(?:outage|incident|impact|problems?|disruption|degradation|lock-?outs?|errors?|failures?"
    r"|trouble|issue|(?:log|sign)-?\s?ins?|authentication|service|users?|customers?|people"
    r"|access)"
)


NOT_DONE: Final = compiled(
    r"\b(?:will|shall|planned|plan to|scheduled|should|next (?:update|review)|would|if we|due at"
    r"|meeting|tomorrow|considered|discuss\w*|decided?|asked?)\b"
)
"""What is intended, talked about or asked did not happen at that time."""
SPELLED: Final = {
    "acknowledged": (r"\back(?:s|ed|nowledge\w*)?\b",),
    "closed": (
        r"\b(?:incident|inc-?\d+|ticket|case)\b.*\bclos(?:ed|es|ing)\b",
        r"\bclos(?:ed|es|ing) (?:the )?(?:incident|inc-?\d+)",
        r"\bincident (?:marked )?resolved\b",
    ),
    "declared": (
        r"\bdeclar(?:ed|es|ing)\b",
        r"\bincident\b.*\b(?:opened|raised|created)\b",
        r"\bopen(?:ed|s) (?:an |the )?incident\b",
    ),
    "rollback": (
        r"\broll(?:ed|s|ing)?[ -]?back\b",
        r"\brevert(?:ed|s|ing)?\b",
        r"\bback (?:on|to) v?\d+\.\d",
    ),
    "failover": (r"\bfail(?:s|ed|ing)?[ -]?over\b", r"\bprimary (?:moved|switched)\b"),
    "session_flush": (
        r"\bflush(?:ed|es|ing)?\b",
        r"\bsessions? (?:\w+ )?(?:invalidat|clear|drop)\w*",
        r"\b(?:invalidat|clear|drop)\w* (?:all )?sessions?\b",
    ),
    "key_rotation": (
        r"\b(?:key|jwks|secret)s?\b.*\brotat\w+",
        r"\brotat\w+.*\b(?:key|jwks|secret)s?\b",
    ),
    "cert_renewal": (
        r"\bcert(?:ificate)?s?\b.*\b(?:renew|replac|install)\w*",
        r"\b(?:renew|replac|install)\w*.*\bcert(?:ificate)?s?\b",
    ),
    "restart": (r"\b(?:restart|reboot|bounc|recycl)(?:ed|s|ing)?\b",),
    "scale": (r"\bscal(?:ed|es|ing) (?:up|out|down|in)\b",),
    "alert": (
        r"\balert(?:s|ed|ing)?\b",
        r"\balarms?\b",
        r"\bpag(?:ed|es|er|ing)\b",
        r"\b(?:pagerduty|opsgenie|alertmanager)\b",
    ),
    "flag": (r"\b(?:feature )?flags?\b", r"\btoggle[ds]?\b"),
    "migration": (r"\bmigrat\w+",),
    "deploy": (
        r"\bdeploy\w*",
        r"\breleas(?:ed?|es|ing)\b",
        r"\broll(?:ed|s|ing)?[ -]?out\b",
        r"\bshipp(?:ed|ing)\b",
        r"\bwent live\b",
        r"\bgoes live\b",
        r"\bpushed to prod\w*",
        r"\d\.\d\S* (?:goes|went|is) out\b",
    ),
    "config": (r"\bconfig\w*",),
    "database_trouble": (
        r"\b(?:database|db|postgres\w*|mysql|mariadb|sql)\b.*"
        r"\b(?:slow\w*|laten\w+|load\w*|overload\w*|time-?outs?|degrad\w+|trouble)\b",
        r"\bslow (?:database|queries|query|sql|statements)\b",
    ),
    "network_trouble": (
        r"\bconnection (?:resets?|errors?|refused|time-?outs?|trouble)\b",
        r"\bpacket loss\b",
        r"\bnetwork (?:errors?|trouble|problems?|resets?)\b",
        r"\bresets? in zone\b",
    ),
    "new_sign_ins": (
        r"\bnew (?:log|sign)-?\s?ins?\b.*\b(?:ok(?:ay)?|well|fine|good|work\w*|succe\w+|normal"
        r"|healthy|recover\w*)\b",
    ),
    "recovery": (
        rf"\b{NOUNS}\b.*\b(?:end(?:s|ed)?|over|stop(?:s|ped)?|resolved|recover\w*|restored)\b",
        rf"\b{NOUNS}\b.*\b"
        r"(?:healthy|back|(?:fine|good) again|normal|work(?:s|ed|ing)? again)\b",
        r"\b(?:errors?|failures?|problems?)\b.*\b(?:gone|(?:at|to) (?:zero|0)|cleared)\b",
        rf"\b{NOUNS}\b.*\bcan (?:log|sign) in\b",
        r"\brecover(?:ed|s|y)\b",
        r"\ball clear\b",
        r"\bback to normal\b",
        r"\bend of (?:the )?(?:\w+ )?(?:outage|incident|impact)\b",
        r"\b(?:everything|all)\b.*\bagain\b",
        r"\b(?:resolved|resolution)\b",
    ),
    "onset": (
        rf"\b{NOUNS}\b.*\b(?:beg[aiu]ns?|start(?:s|ed)?|broke|onset)\b",
        r"\b(?:start|beginning|onset) of (?:the )?(?:\w+ )?"
        r"(?:outage|incident|impact|failures?|errors?)",
        r"\bfirst (?:fail\w*|errors?|reject\w*|bad|users? (?:affected|locked out))",
        rf"\b{NOUNS}\b.*\b(?:could ?n[o']t|could not|cannot|can't|unable to|fail(?:s|ed|ing)?)\b",
        rf"\b{NOUNS}\b.*\b(?:locked out|(?:thrown|kicked) out|down)\b",
        r"\b(?:onset|users? (?:locked out|affected|impacted))\b",
    ),
    "detected": (r"\b(?:detect|notic|spott)(?:ed|es|s|ing)?\b",),
}
"""Each kind with the expressions that tell it; the first kind that has one counts."""
KINDS: Final = tuple((kind, compiled("|".join(words))) for kind, words in SPELLED.items())
LASTING: Final = compiled(
    rf"\b(?:affected|impacted|down|locked out|unavailable|degraded|last(?:s|ed)|{NOUNS})\b"
)
"""What makes a range of times one of the incident, where no kind is told."""
START: Final = compiled(
    r"\b(?:beg[aiu]ns?|start(?:s|ed|ing)?|initiated|kick(?:s|ed) off|goes up|rises|first)\b"
)
MOMENTS: Final = (
    "onset", "recovery", "new_sign_ins", "acknowledged", "declared", "closed", "detected",
)  # fmt: skip
"""Kinds that happen at once: they have no beginning apart from their end."""
END: Final = compiled(
    r"\b(?:finish\w*|complet\w*|done|ended|ends|over|resolved|clear(?:s|ed)|recover\w*|healthy"
    r"|normal(?: again)?|stopped|fully)\b"
)


def kind_of(clause: str) -> str:
    """Return the kind of a clause, `other` where no words tell it or it speaks of intentions.

    >>> kind_of("web rolled back to 5.12.0"), kind_of("outage ends"), kind_of("lunch")
    ('rollback', 'recovery', 'other')
    """
    if NOT_DONE.search(clause, timeout=PATIENCE_S):
        return "other"
    return next((k for k, words in KINDS if words.search(clause, timeout=PATIENCE_S)), "other")


def edge_of(clause: str, kind: str) -> Edge:
    """Return whether a clause speaks of the beginning or the end of what it names."""
    if kind in MOMENTS:
        return "either"
    if END.search(clause, timeout=PATIENCE_S):
        return "end"
    begun = START.search(clause, timeout=PATIENCE_S) or kind.endswith("trouble")
    return "start" if begun or kind == "alert" else "either"
