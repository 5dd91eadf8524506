"""Where secrets stand in texts: names, signs between name and value, and values.

All but `SPOKEN` and `SPELLED` are for RE2; those two are bounded, so that they are linear too.
"""

import re
from typing import Final

from authlogs.secrets.shapes import HINT_OF_SHAPES, SHAPE

_QUOTE: Final = r"""(?:\\*["']|\\+(?:u00|x)22|%22)"""
"""nginx and Apache write `\\x22` for the quotes of what they log."""
_EQUALS: Final = (
    rf"(?:(?:{_QUOTE}|[\[\]]|%5[bBdD])*\s*(?:[:=]|=>|%(?:25)*3[dDaA]|\\+(?:u00|x)3[dDaA])\s*)"
)
_LIST: Final = r"\[(?:[^\[\]]|\[[^\]]*\]?)*\]?"
_OBJECT: Final = r"\{(?:[^{}]|\{(?:[^{}]|\{[^}]*\}?)*\}?)*\}?"
_BARE: Final = rf"""(?:\[redacted:[a-z]+\]|{_LIST}|{_OBJECT}|[^\s&,;"'\\]+)"""
_SIGN: Final = r"[A-Za-z0-9._~+/%=-]"


def _escaped(depth: int) -> str:
    """A string in JSON that was escaped so often that `depth` backslashes stand before a quote."""
    escape = rf"\\{{{depth + 1}}}"
    return rf"""(\\{{{depth}}}")(?:[^"\\]|{escape}(?:\\{{{depth}}}"|{escape}|[^"\\]))*"""


_NUMBERED: Final = r"\\+x5[cC]\\+x[0-9a-fA-F]{2}|\\+x(?:[013-9a-fA-F][0-9a-fA-F]|2[013-9a-fA-F])"
"""A sign inside such quotes that was escaped by its number: any but the quote that ends them."""
_VALUE: Final = (
    rf"""(?:(\\{{16,}}")(?s:.*)|{_escaped(15)}|{_escaped(7)}|{_escaped(3)}|{_escaped(1)}"""
    rf"""|(\\+"|\\+(?:u00|x)22|%22)(?:[^"\\%]|%[^2]|{_NUMBERED})*"""
    rf"""|(")(?:[^"\\]|\\.)*|(')[^']*|{_BARE})"""
)
_OPENINGS: Final = r"\1\2\3\4\5\6\7\8\9"

_PASSWORDS: Final = (
    r"(?:pass[-_]?w(?:or)?[dt](?:_confirmation|_again|_?hash)?|pass[-_]?phrase|pass[-_]?code|pwd"
    r"|(?:\b|_|ssh)pass|(?-i:[a-z]Pass))"
)
_SECRETS: Final = (
    r"(?:client_?secret|secret_?(?:key(?:_?base)?|text|string)|secret|api[ _-]?key|private_?key"
    r"|code_?verifier|(?:aws_?)?secret_?access_?key|shared_?(?:secret|access_?key)|access_?key)"
)
_TOKENS: Final = (
    r"(?:(?:access|id|refresh|session|auth|bearer|[cx]srf|device|reset|logout|security|private"
    r"|vault|api|personal|deploy|registration|verification|push|login|oauth|jwt|sas|runner|bot"
    r"|user|admin|webhook)[-_.]?token|id_?token_?hint|client_?assertion|assertion"
    r"|saml_?(?:response|request|art)|auth(?:z|orization)?_?code|magic_?link|t?otp"
    r"|(?:one_?time|recovery|backup|mfa|2fa|verification|sms|device)[-_]?(?:code|pin)s?"
    r"|(?:token|session)_?hash|\bcode_id)"
)
_KEYS: Final = (
    r"(?:(?:account|application|app|signing|signature|encryption|master|subscription|service|license"
    r"|hmac|webhook|storage|cookie|session)[-_]?key)"
)
_SESSIONS: Final = (
    r"(?:session(?:_?id|_?key)?|sid|j?session_?id|phpsessid|connect\.sid|asp\.net_sessionid"
    r"|auth_session_id|keycloak_(?:session|identity)(?:_legacy)?|token|ticket|_?csrf|credentials?"
    rf"|{_KEYS})"
)
_NAMES: Final = (
    rf"(?:{_PASSWORDS}|{_SECRETS}|{_TOKENS}|(?:proxy-)?authorization|(?:set-)?cookies?|[a-z]*sessid"
    rf"|j?session_?id|connect\.sid|token|credentials?|{_KEYS})"
)
"""All of them, where more than a name shows that a value follows: an option, a tag, a member."""
_IN_QUERIES: Final = (
    "(?:code|state|nonce|ticket|token|key|sig|signature"
    "|x-(?:amz|goog)-(?:signature|credential|security-token))"
)
_QUERY: Final = r"quer(?:y|ystring|y_string)\\*\"\s*:\s*\\*\""
"""A field that holds a query without its question mark, as IIS and CloudFront log it."""
_ASKED: Final = rf"(?:[?&#;]|%(?:25)*3F|%(?:25)*26|\\+(?:u00|x)26|{_QUERY}){_IN_QUERIES}{_EQUALS}"
_USER: Final = rf"(?:^|[\s\"'])(?:-u|--(?:proxy-)?user){_QUOTE}?[\s=,]\s*{_QUOTE}?"
"""The option of curl that is followed by a name, a colon and a password."""
_SLASH: Final = r"(?:\\*/|%(?:25)*2[fF]|\\+(?:u00|x)2[fF])"
_LINKS: Final = (
    r"(?:(?:password|email|e-mail|account)[_-])?(?:reset|forgot|recover|verify|confirm|activate"
    r"|verification|confirmation|activation|magic|invite|invitation|unlock)s?"
    r"(?:[_-](?:password|e-?mail|account|link|login))?|magiclink"
)
"""Segments of a path after which a link that was mailed bears its token."""
_OPAQUE: Final = (
    r"(?:[A-Za-z0-9+/=]{20,}|[A-Za-z._~+/=-]{0,30}[0-9][A-Za-z0-9._~+/=-]{3,}"
    r"|(?-i:[A-Za-z]*[A-Z][A-Za-z]{2,}[A-Z])[A-Za-z]*)"
)
"""What is no word of a sentence: long, with digits, or in capitals."""


def _keyed(names: str) -> str:
    """A pattern for `names = value` in key=value, JSON, escaped JSON and header text."""
    return rf"(?i)({names}{_EQUALS}){_VALUE}"


_MEMBER: Final = rf"{_QUOTE}(?:key|name|field|param(?:eter)?|header|attribute|label){_QUOTE}\s*:\s*"
_MEMBER_NAME: Final = rf"{_QUOTE}[a-z0-9_.-]{{0,40}}{_NAMES}{_QUOTE}"
_MEMBER_VALUE: Final = rf"{_QUOTE}(?:(?:new|old)?_?value|val|content){_QUOTE}\s*:\s*"
_BETWEEN: Final = r"\s*,(?:[^{}]{0,200}?,)?\s*"
_MARKER: Final = r"\[redacted:[a-z]+\]"

_IN_PASSWORDS: Final = ("pass", "pwd")
_IN_SECRETS: Final = ("secret", "key", "verifier")
_IN_TOKENS: Final = ("token", "assertion", "saml", "code", "magic", "otp", "pin", "hash")
_IN_SESSIONS: Final = (
    "session", "sid", "keycloak", "token", "ticket", "csrf", "credential", "key",
)  # fmt: skip

Kinds = tuple[tuple[str, tuple[str, ...], str, str], ...]
KINDS: Final[Kinds] = (
    ("key", ("private key",), r"(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[^-]*", r"\1{}"),
    (
        "authorization",
        ("authorization",),
        rf"(?i)(authorization{_EQUALS}{_QUOTE}?)"
        rf"(?:(?:bearer|basic|digest|dpop|negotiate|ntlm|token|ssws|api-?key|splunk|hawk|key"
        rf"|aws4-hmac-sha256)\s+)?{_BARE}",
        r"\1{}",
    ),
    ("password", _IN_PASSWORDS, _keyed(_PASSWORDS), rf"{_OPENINGS}{{}}"),
    ("secret", _IN_SECRETS, _keyed(_SECRETS), rf"{_OPENINGS}{{}}"),
    ("token", _IN_TOKENS, _keyed(_TOKENS), rf"{_OPENINGS}{{}}"),
    (
        "cookie",
        ("cookie",),
        rf"(?i)(\b(?:set-)?cookies?\)?{_EQUALS}{_QUOTE}?)(?:\[redacted:[a-z]+\]"
        r"|[\w.%-]+=[^;\s\"']*(?:;\s*[\w.%-]+(?:=[^;\s\"']*)?)*|[^\s\"',]+)",
        r"\1{}",
    ),
    (
        "session",
        _IN_SESSIONS,
        rf"(?i)(\b{_SESSIONS}{_EQUALS}{_QUOTE}?)(?:{_SIGN}{{16,}}|\[[^r\]]{_LIST[2:]}|{_OBJECT})",
        r"\1{}",
    ),
    (
        "code",
        ("code", "state", "nonce", "ticket", "token", "key", "sig", "x-amz-", "x-goog-"),
        rf"(?i)({_ASKED}){_BARE}",
        r"\1{}",
    ),
    (
        "link",
        ("reset", "forgot", "recover", "verif", "confirm", "activat", "magic", "invit", "unlock"),
        rf"(?i)({_SLASH}(?:{_LINKS}){_SLASH})"
        rf"(?:[A-Za-z0-9._~=-]{{1,64}}{_SLASH})?[A-Za-z0-9._~+=:-]{{16,}}",
        r"\1{}",
    ),
    (
        "ticket",
        ("tgt-", "pgt-", "pgtiou-", "st-", "pt-"),
        r"(\b(?:TGT|PGT|PGTIOU|ST|PT)-)\d{1,10}-[\w.*-]{8,}",
        r"\1{}",
    ),
    ("jwt", ("eyj",), r"eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}", r"{}"),
    (
        "bearer",
        ("bearer", "dpop"),
        r"(?i)(\b(?:bearer|dpop)(?:\s+|:\s*|%20|\+))"
        r"(?:[A-Za-z0-9._~+/-]{16,}=*|[A-Za-z._~+/-]{0,15}[0-9][A-Za-z0-9._~+/-]{3,}=*)",
        r"\1{}",
    ),
    (
        "basic",
        ("basic",),
        r"(\b[Bb]asic(?:\s+|%20))[A-Za-z0-9+/]+[A-Z0-9=+/][A-Za-z0-9+/=]*",
        r"\1{}",
    ),
    ("credential", ("://",), r"(://[^\s/:@\"']*:)[^\s/@\"']+(@)", r"\1{}\2"),
    (
        "secret",
        (*_IN_SECRETS, *_IN_TOKENS, *_IN_SESSIONS),
        rf"(?i)((?:^|[^\w/.?=&%-])(?:[a-z]{{1,20}}_)?(?:(?:{_SECRETS}|{_TOKENS})(?:\s+(?:is|was))?"
        rf"|{_SESSIONS}\s+(?:is|was))\s+{_QUOTE}?){_OPAQUE}",
        r"\1{}",
    ),
)
"""Kind, needles (every match holds one of them, in lower case), pattern, and what stands in its
place: the kept groups and the marker."""

RARE: Final[Kinds] = (
    (
        "secret",
        ("val", "content"),
        rf"(?i)({_MEMBER}{_MEMBER_NAME}{_BETWEEN}{_MEMBER_VALUE}){_VALUE}",
        rf"{_OPENINGS}{{}}",
    ),
    (
        "secret",
        ("val", "content"),
        rf"(?i)({_MEMBER_VALUE}{_QUOTE}?)(?:[^\"\\,}}]|\\[^\"u])*({_QUOTE}?{_BETWEEN}{_MEMBER}{_MEMBER_NAME})",
        r"\1{}\2",
    ),
    (
        "secret",
        ("-",),
        rf"(?i)((?:^|[\s\"'\[(=])--?[a-z0-9_-]{{0,24}}{_NAMES}(?:\s+{_QUOTE}?|{_QUOTE}\s*,\s*{_QUOTE}))"
        rf"(?:{_MARKER}|[^\s\"'\\,\]]+)",
        r"\1{}",
    ),
    (
        "secret",
        ("<",),
        rf"(?i)(<(?:[a-z0-9]{{1,20}}:)?[a-z0-9_.-]{{0,24}}{_NAMES}(?:\s[^<>]{{0,200}})?>)[^<>]+",
        r"\1{}",
    ),
    (
        "credential",
        ("-u",),
        rf"({_USER}[^\s:/\"'\\]{{1,64}}:)(?:[^\s\"'\\]|\\+[^\s\"'\\])+",
        r"\1{}",
    ),
    (
        "credential",
        ("machine",),
        r"(?i)(\bmachine\s+\S{1,255}\s+login\s+\S{1,255}\s+password\s+)\S+",
        r"\1{}",
    ),
    ("digest", ("response=",), r"(?i)(\bresponse=\\*\"?)[0-9a-f]{32,128}", r"\1{}"),
    ("token", ("",), SHAPE, r"{}"),
)
"""The same for what few logs hold: members of a name and a value, options, tags, shapes."""
RARE_HINT: Final = (
    rf"(?i)-[a-z0-9_-]*{_NAMES}(?:\s|{_QUOTE})|<[a-z0-9:_.-]*{_NAMES}"
    rf"|{_MEMBER}{_QUOTE}[a-z0-9_.-]*{_NAMES}{_QUOTE}"
    rf"|{_USER}|\bmachine\s|\bresponse=|{HINT_OF_SHAPES}"
)

RARE_SIGN: Final = (
    rf"(?i)-[a-z0-9_. -]+(?:\s|{_QUOTE})|<|{_MEMBER}|{_USER}"
    rf"|\bmachine\s|\bresponse=|{HINT_OF_SHAPES}"
)
"""What the hint never does without, in a small expression: random text takes it a tenth as long."""

_IS: Final = r"\s{1,8}(?:is|was)(?:\s{0,8}:)?\s{1,8}"
SPOKEN_HINT: Final = rf"(?i){_PASSWORDS}{_IS}"
SPOKEN: Final = re.compile(
    rf"(?i)({_PASSWORDS}{_IS}[\"'`]?)(?!\[redacted:|(?:a|about|accepted|already|an|and|at|bad|being"
    r"|blank|breached|case|changed|checked|compromised|correct|denied|different|disabled|due|empty"
    r"|enabled|encrypted|expired|expiring|for|going|good|hashed|identical|in|incorrect|invalid"
    r"|known|leaked|locked|longer|mandatory|mismatched|missing|must|needed|never|new|no|not|now"
    r"|null|of|ok|old|on|only|outdated|rejected|required|reset|reused|same|sent|set|short|similar"
    r"|still|stored|temporary|the|to|too|unchanged|unknown|unset|updated|used|valid|verified|weak"
    r"|wrong)\b)[^\s\"'`,;]+"
)
"""`password is …`, unless a sentence goes on: RE2 cannot look ahead."""

_NUMBERS: Final = "(5F|2D|2E|7E|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9])"
SPELLED_HINT: Final = rf"(?i)(?:%(?:25)*|\\u00){_NUMBERS}"
SPELLED: Final = re.compile(rf"(?i)(?:%(?:25)*|(?<!\\)\\++u00){_NUMBERS}")
"""Unreserved signs (RFC 3986) spelled by number: the same address, and another text."""

HINT: Final = (
    rf"(?i)(?:{_PASSWORDS}|{_SECRETS}|{_TOKENS}|{_SESSIONS}|authorization|cookies?\)?)"
    rf"{_EQUALS}|{RARE_HINT.removeprefix('(?i)')}"
    rf"|{_PASSWORDS}{_IS}|(?:{_SECRETS}|{_TOKENS})\s|{_SESSIONS}\s+(?:is|was)\s"
    rf"|{_ASKED}|{_SLASH}(?:{_LINKS}){_SLASH}"
    rf"|{SPELLED_HINT.removeprefix('(?i)')}"
    r"|\b(?:tgt|pgt|pgtiou|st|pt)-\d"
    r"|eyj|\b(?:bearer|dpop|basic)(?:\s|:|%20|\+)|private key|://[^\s/:@]*:"
)
"""What every secret's surroundings hold; a text without it needs no closer look."""
