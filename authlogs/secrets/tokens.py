"""Tokens: their keyed fingerprints, and what their claims say."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.errors import BadCall


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
        return self._each([value])[0]

    def of(self, values: pa.Array) -> pa.Array:
        """Fingerprints of a string column; null stays null."""
        encoded = values.dictionary_encode()
        prints = self._each(encoded.dictionary.to_pylist())
        return pa.array(prints, pa.string()).take(encoded.indices)

    def _each(self, values: Sequence[str]) -> list[str]:
        key = self.key if len(self.key) <= 64 else hashlib.blake2b(self.key).digest()
        keyed = partial(hashlib.blake2b, digest_size=16, key=key)
        return [keyed(value.encode()).hexdigest() for value in values]


def new_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(32)


JWT: Final = r"(?P<jwt>eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*)"


def find_jwt(column: pa.Array) -> pa.Array:
    """The first JSON Web Token in each text, or null."""
    from authlogs.expressions import holds

    held = holds(column, "eyJ")
    if not held.any():
        return pa.nulls(len(column), pa.string())
    found = pc.struct_field(pc.extract_regex(column.filter(pa.array(held)), JWT), "jwt")
    return pc.replace_with_mask(pa.nulls(len(column), pa.string()), pa.array(held), found)


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
