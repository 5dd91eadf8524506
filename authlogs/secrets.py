"""Secrets become fingerprints, and never stand in a table.

A token that a format maps to `token_hash` or `session_hash` becomes a keyed BLAKE2b-128; in
every other text a secret becomes the constant `[redacted:kind]`. All patterns are linear (RE2).
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.errors import BadCall

_BARE: Final = r"""(?:\[redacted:[a-z]+\]|\[[^\]]*\]?|\{[^}]*\}?|[^\s&,;"'\\]+)"""
_VALUE: Final = rf"""(?:(\\")[^"\\]*|(")(?:[^"\\]|\\.)*|(')[^']*|{_BARE})"""
_EQUALS: Final = r"""(?:\\?["']?\s*(?:[:=]|=>|%3[dDaA]|\\u003[dD])\s*)"""
_SIGN: Final = r"[A-Za-z0-9._~+/%=-]"

_PASSWORDS: Final = r"(?:passw(?:or)?d(?:_confirmation|_again)?|passphrase|passcode|(?-i:pwd))"
_SECRETS: Final = (
    r"(?:client_?secret|secret_?key|secret|api[_-]?key|private_?key|code_?verifier"
    r"|(?:aws_?)?secret_?access_?key|shared_?secret)"
)
_TOKENS: Final = (
    r"(?:(?:access|id|refresh|session|auth|bearer|csrf|device|reset|logout|security)_?token"
    r"|id_?token_?hint|client_?assertion|assertion|saml_?(?:response|request|art)|authz?_?code"
    r"|authorization_?code|magic_?link|one_?time_?code|otp)"
)
_SESSIONS: Final = (
    r"(?:session(?:_?id|_?key)?|sid|j?session_?id|phpsessid|connect\.sid|asp\.net_sessionid"
    r"|auth_session_id|keycloak_(?:session|identity)(?:_legacy)?|token|ticket|_?csrf)"
)


def _keyed(names: str) -> str:
    """A pattern for `names = value` in key=value, JSON, escaped JSON and header text."""
    return rf"(?i)({names}{_EQUALS}){_VALUE}"


_KINDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("key", r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*", r"\1{}"),
    (
        "authorization",
        rf"(?i)(authorization{_EQUALS}(?:\\?[\"'])?)"
        rf"(?:(?:bearer|basic|digest|dpop|negotiate|token)\s+)?{_BARE}",
        r"\1{}",
    ),
    ("password", _keyed(_PASSWORDS), r"\1\2\3\4{}"),
    ("secret", _keyed(_SECRETS), r"\1\2\3\4{}"),
    ("token", _keyed(_TOKENS), r"\1\2\3\4{}"),
    (
        "cookie",
        rf"(?i)(\b(?:set-)?cookies?{_EQUALS}(?:\\?[\"'])?)(?:\[redacted:[a-z]+\]"
        r"|[\w.%-]+=[^;\s\"']*(?:;\s*[\w.%-]+(?:=[^;\s\"']*)?)*|[^\s\"',]+)",
        r"\1{}",
    ),
    (
        "session",
        rf"(?i)(\b{_SESSIONS}{_EQUALS}(?:\\?[\"'])?){_SIGN}{{16,}}",
        r"\1{}",
    ),
    (
        "code",
        rf"(?i)((?:[?&#;]|%3F|%26|\\u0026)(?:code|state|nonce|ticket|token|key|sig|signature){_EQUALS}){_BARE}",
        r"\1{}",
    ),
    ("jwt", r"eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}", r"{}"),
    (
        "bearer",
        r"(?i)(\b(?:bearer|dpop)(?:\s+|:\s*|%20|\+))"
        r"(?:[A-Za-z0-9._~+/-]{16,}=*|[A-Za-z._~+/-]{0,15}[0-9][A-Za-z0-9._~+/-]{3,}=*)",
        r"\1{}",
    ),
    ("basic", r"(\b[Bb]asic(?:\s+|%20))[A-Za-z0-9+/]+[A-Z0-9=+/][A-Za-z0-9+/=]*", r"\1{}"),
    ("credential", r"(://[^\s/:@\"']*:)[^\s/@\"']+(@)", r"\1{}\2"),
)
"""Kind, pattern, and what stands in its place: the kept groups and the marker."""

_DEEPEST: Final = 100
"""Levels of a tree that are looked through for secrets; what lies deeper is dropped."""
_HINT: Final = (
    rf"(?i)(?:{_PASSWORDS}|{_SECRETS}|{_TOKENS}|{_SESSIONS}|authorization|cookies?){_EQUALS}"
    r"|(?:code|state|nonce|ticket|token|key|sig|signature)(?:=|%3d|\\u003d)"
    r"|eyj|\b(?:bearer|dpop|basic)(?:\s|:|%20|\+)|private key|://[^\s/:@]*:"
)
"""What every secret's surroundings hold; a text without it needs no closer look."""


@dataclass(frozen=True)
class Fingerprints:
    """Keyed BLAKE2b-128 of values, 32 hex digits, computed once for each distinct value.

    >>> Fingerprints(b"0" * 32).of(pa.array(["a", None])).to_pylist()[1] is None
    True
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < 16:
            raise BadCall(
                f"the key has {len(self.key)} bytes, which can be guessed",
                next_step="use at least 16 random bytes: head -c 32 /dev/urandom > team.key",
            )

    def one(self, value: str) -> str:
        key = self.key if len(self.key) <= 64 else hashlib.blake2b(self.key).digest()
        return hashlib.blake2b(value.encode(), digest_size=16, key=key).hexdigest()

    def of(self, values: pa.Array) -> pa.Array:
        """Fingerprints of a string column; null stays null."""
        encoded = values.dictionary_encode()
        prints = [self.one(value) for value in encoded.dictionary.to_pylist()]
        return pa.array(prints, pa.string()).take(encoded.indices)


def new_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(32)


def may_hold_secret(column: pa.Array) -> pa.Array:
    """Which texts need a closer look; null counts as no."""
    return pc.fill_null(pc.match_substring_regex(column, _HINT), False)


def redact(column: pa.Array) -> pa.Array:
    """A string column with every secret replaced by `[redacted:kind]`.

    >>> redact(pa.array(["GET /cb?code=abc&state=1"])).to_pylist()
    ['GET /cb?code=[redacted:code]&state=1']
    """
    chosen = may_hold_secret(column)
    if not pc.any(chosen).as_py():
        return column
    texts = column.filter(chosen)
    for kind, pattern, instead in _KINDS:
        marker = instead.format(f"[redacted:{kind}]")
        texts = pc.replace_substring_regex(texts, pattern, marker)
    return pc.replace_with_mask(column, chosen, texts)


def redact_json(column: pa.Array) -> pa.Array:
    """A column of JSON objects without their secrets, and still of JSON objects.

    Where the replacement in text breaks the JSON (a secret that is a number, a list, an object),
    the trees are walked instead: a loop, over those rows alone.
    """
    clean = redact(column)
    if clean is column:
        return column
    rows = pc.indices_nonzero(pc.fill_null(pc.not_equal(clean, column), False)).to_pylist()
    broken = [row for row in rows if not _is_json(clean[row].as_py())]
    if not broken:
        return clean
    mended = _walk([column[row].as_py() for row in broken])
    mask = pc.is_in(pa.array(range(len(column))), pa.array(broken))
    return pc.replace_with_mask(clean, mask, pa.array(mended, pa.string()))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _walk(texts: list[str]) -> list[str]:
    """JSON texts with every leaf redacted, and every member whose name tells a secret."""
    trees = [json.loads(text) for text in texts]
    names: dict[str, str] = {}
    leaves: dict[str, str] = {}
    for tree in trees:
        _gather(tree, names, leaves)
    for words, probe in ((names, "=0123456789abcdef0"), (leaves, "")):
        clean = redact(pa.array([f"{word}{probe}" for word in words], pa.string()))
        words.update(zip(words, clean.to_pylist(), strict=True))
    return [json.dumps(_mended(tree, names, leaves), ensure_ascii=False) for tree in trees]


def _gather(tree: Any, names: dict[str, str], leaves: dict[str, str], depth: int = 0) -> None:
    if isinstance(tree, str):
        leaves[tree] = tree
    elif isinstance(tree, (dict, list)) and depth < _DEEPEST:
        if isinstance(tree, dict):
            names.update(dict.fromkeys(tree, ""))
        for inner in tree.values() if isinstance(tree, dict) else tree:
            _gather(inner, names, leaves, depth + 1)


def _mended(tree: Any, names: dict[str, str], leaves: dict[str, str], depth: int = 0) -> Any:
    if isinstance(tree, (dict, list)) and depth >= _DEEPEST:
        return "[redacted:deep]"
    if isinstance(tree, dict):
        return {
            name: told.removeprefix(f"{name}=")
            if (told := names[name]).startswith(f"{name}=[redacted:")
            else _mended(value, names, leaves, depth + 1)
            for name, value in tree.items()
        }
    if isinstance(tree, list):
        return [_mended(value, names, leaves, depth + 1) for value in tree]
    return leaves.get(tree, tree) if isinstance(tree, str) else tree


def redact_text(text: str) -> str:
    """One text without its secrets."""
    return str(redact(pa.array([text], pa.string()))[0].as_py())


JWT: Final = r"(?P<jwt>eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*)"


def find_jwt(column: pa.Array) -> pa.Array:
    """The first JSON Web Token in each text, or null."""
    held = pc.fill_null(pc.match_substring(column, "eyJ"), False)
    if not pc.any(held).as_py():
        return pa.nulls(len(column), pa.string())
    found = pc.struct_field(pc.extract_regex(column.filter(held), JWT), "jwt")
    return pc.replace_with_mask(pa.nulls(len(column), pa.string()), held, found)


def jwt_claims(tokens: Sequence[str]) -> list[dict[str, Any]]:
    """Header and payload of each token as one dict; empty for what cannot be decoded.

    Nothing is verified: these claims never speak against anybody alone.
    """
    return [{**_part(token, 1), **_header(_part(token, 0))} for token in tokens]


def _header(header: dict[str, Any]) -> dict[str, Any]:
    return {name: header[name] for name in ("alg", "kid", "typ") if name in header}


def _part(token: str, index: int) -> dict[str, Any]:
    parts = token.split(".")
    if index >= len(parts) or len(parts[index]) > 65_536:
        return {}
    padded = parts[index] + "=" * (-len(parts[index]) % 4)
    try:
        decoded = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
