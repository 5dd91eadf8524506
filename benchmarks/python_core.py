"""What an expert writes by hand in Python: single-threaded, no library of logs, equal work.

Each function reads one file to the columns that authlogs fills for its format: typed, in UTC,
with verdicts, canonical addresses and keys, secrets redacted, sessions as fingerprints, the exact
place of every line, and rejects with their reason. Blocks become lists by column, values that
repeat are worked out once, and nothing is made for a row but what the parser itself returns.
It neither recognises formats nor hashes the file, and it looks for secrets only where those of
these logs stand; authlogs does all three.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from socket import AF_INET, inet_pton
from typing import Any, Final

import pyarrow as pa

TIME: Final = pa.timestamp("us", tz="UTC")
_REJECTS: Final = pa.schema({
    "line_no": pa.int64(), "byte_offset": pa.int64(), "byte_length": pa.int32(),
    "reason": pa.string(), "first_bytes": pa.string(),
})  # fmt: skip
_MAPPED: Final = "0" * 20 + "ffff"
_SECRET: Final = re.compile(r"([?&](?:code|state|token|nonce)=)[^&\s\"]+")
_MEMBER: Final = re.compile(r'("(?:client_secret|password|access_token|refresh_token)":")[^"]*')
_GROUPS: Final = {
    "server_error": "availability", "timeout": "availability", "overloaded": "availability",
    "rate_limited": "availability", "policy_denied": "policy", "invalid_request": "client_fault",
    "unspecified": "unknown", "invalid_credentials": "user_error", "unknown_user": "user_error",
    "account_locked": "policy",
}  # fmt: skip
_REFUSED: Final = {
    "400": "invalid_request", "401": "unspecified", "403": "policy_denied", "407": "unspecified",
    "408": "timeout", "422": "invalid_request", "423": "account_locked", "429": "rate_limited",
    "503": "overloaded", "504": "timeout",
}  # fmt: skip


class Cache(dict[Any, Any]):
    """Values worked out once for each key."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work

    def __missing__(self, key: Any) -> Any:
        self[key] = value = self.work(key)
        return value


@dataclass
class Core:
    """The tables so far; `keep` adds one block's columns to them."""

    name: str
    format: str
    block: int

    def __post_init__(self) -> None:
        self.events: list[pa.RecordBatch] = []
        self.rejects: list[tuple[int, int, int, str, str]] = []

    def lines(self, path: Path) -> Iterator["Lines"]:
        """The file's lines, block by block."""
        number, offset, rest = 1, 0, b""
        with path.open("rb") as file:
            while piece := file.read(self.block):
                whole, newline, rest_of_piece = (rest + piece).rpartition(b"\n")
                rest = rest_of_piece if newline else whole + rest_of_piece
                if newline:
                    block = Lines.of(whole, number, offset)
                    yield block
                    number, offset = number + len(block.texts), offset + len(whole) + 1
        if rest:
            yield Lines.of(rest, number, offset)

    def keep(
        self, block: "Lines", good: Sequence[int] | None, columns: dict[str, pa.Array]
    ) -> None:
        """One batch of events: its columns, its place in the file, and what never varies."""
        rows = len(block.texts) if good is None else len(good)
        places = {
            "line_no": pa.array(range(block.number, block.number + len(block.texts)), pa.int64()),
            "byte_offset": pa.array(block.offsets, pa.int64()),
            "byte_length": pa.array(block.lengths, pa.int32()),
        }
        if good is not None:
            chosen = pa.array(good, pa.int64())
            places = {name: column.take(chosen) for name, column in places.items()}
        always = {"format": self.format, "source_file": self.name, "time_quality": "exact"}
        same = {name: constant(word, rows) for name, word in always.items()}
        self.events.append(pa.RecordBatch.from_pydict(columns | places | same))

    def refuse(self, block: "Lines", row: int, why: str) -> None:
        """Count a line that gives no event, and show how it begins."""
        begins = _SECRET.sub(r"\1[redacted:code]", block.texts[row][:120])
        place = (block.number + row, block.offsets[row], block.lengths[row])
        self.rejects.append((*place, why, begins))

    def tables(self) -> tuple[pa.Table, pa.Table]:
        rejects = [dict(zip(_REJECTS.names, row, strict=True)) for row in self.rejects]
        return pa.Table.from_batches(self.events), pa.Table.from_pylist(rejects, _REJECTS)


@dataclass(frozen=True)
class Lines:
    """Some lines as text, with the number of the first, and where each begins."""

    texts: list[str]
    number: int
    offsets: list[int]
    lengths: list[int]

    @classmethod
    def of(cls, whole: bytes, number: int, offset: int) -> "Lines":
        texts = whole.decode(errors="replace").split("\n")
        raw: Sequence[str | bytes] = texts if whole.isascii() else whole.split(b"\n")
        lengths = list(map(len, raw))
        begins = list(accumulate((length + 1 for length in lengths), initial=offset))
        return cls(texts, number, begins[:-1], lengths)


def constant(word: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), [word])


def words(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string()).dictionary_encode()


def without_secrets(texts: Sequence[str]) -> list[str]:
    sub = _SECRET.sub
    return [sub(r"\1[redacted:code]", text) if "=" in text else text for text in texts]


def member_secrets(texts: Sequence[str]) -> list[str]:
    """JSON without the values of members whose name tells a secret."""
    sub = _MEMBER.sub
    return [
        sub(r"\1[redacted:secret]", text) if "secret" in text or "token" in text else text
        for text in texts
    ]


def nothing(word: str) -> str | None:
    return None if word == "-" else word


def address(text: str | None) -> tuple[str | None, str | None]:
    """Its canonical spelling, and the 32 digits of its IPv6-mapped form."""
    try:  # most are plain IPv4, which the system reads twenty times faster
        return text, f"{_MAPPED}{inet_pton(AF_INET, text or '').hex()}"
    except OSError:
        pass
    try:
        read = ipaddress.ip_address(text or "")
    except ValueError:
        return None, None
    value = int(read) | (0xFFFF << 32 if read.version == 4 else 0)
    return str(read), f"{value:032x}"


def of_status(status: str) -> tuple[str, str | None, str | None]:
    """Outcome, reason and its group of an HTTP status."""
    reason = _REFUSED.get(status) or ("server_error" if status[0] == "5" else None)
    if reason is None:
        return ("success" if status[0] in "23" else "unknown"), None, None
    return "failure", reason, _GROUPS.get(reason)


def group_of(reason: str | None) -> str | None:
    return _GROUPS.get(reason or "")


def fingerprints(key: bytes) -> Cache:
    return Cache(lambda text: text and blake2b(text.encode(), digest_size=16, key=key).hexdigest())


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
