"""The members of a tar (POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU and before), block by block.

Not by `tarfile`: it takes a damaged header for the end, reads headers of any size into memory, and
follows sizes below zero in circles.
"""

from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from authlogs.sources.members import MOST_MEMBERS, TOO_MANY, Listing, Member
from authlogs.sources.places import CHUNK, Part, Place

BLOCK: Final = 512
_LONGEST_HEADER: Final = 1 << 20
_KINDS: Final = {
    b"1": "hard links",
    b"2": "links",
    b"3": "devices",
    b"4": "devices",
    b"5": "folders",
    b"6": "named pipes",
}
_EARLY: Final = "the tar ends before this member does"


@dataclass
class _Next:
    """What headers before a member say about it: its long name, its size, whether it has holes."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False


@dataclass(frozen=True)
class _Header:
    name: str
    size: int
    kind: bytes

    @property
    def is_file(self) -> bool:
        return self.kind in (b"\0", b"0", b"7") and not self.name.endswith("/")


def begins(head: bytes) -> bool:
    """Whether a tar begins so: its first header has the right sum."""
    return _header(head[:BLOCK]) is not None


def listed(place: Place) -> Listing:
    """The members of a tar, in order."""
    with place.open() as file:
        return _Walk(place, file).listing()


class _Walk:
    """A walk over the blocks of one tar."""

    def __init__(self, place: Place, file: IO[bytes]) -> None:
        self._place, self._file = place, file
        self._end = file.seek(0, 2)
        self._listing, self._told = Listing(), _Next()

    def listing(self) -> Listing:
        listing, at, ended = self._listing, 0, False
        while not listing.fault and not listing.cut:
            self._file.seek(at)
            block = self._file.read(BLOCK)
            if block and not block.strip(b"\0"):
                at, ended = _past_zeros(self._file, at, self._end), True
                continue
            header = _header(block)
            if header is None:
                self._tell_end(at, len(block), ended=ended)
                break
            at, ended = self._step(at + BLOCK, header), False
            self._tell_overrun(at)
        return listing

    def _tell_overrun(self, at: int) -> None:
        if at > self._end and not self._listing.cut:
            self._listing.fault = self._listing.fault or "the tar ends inside a member"

    def _tell_end(self, at: int, size: int, *, ended: bool) -> None:
        if ended:
            if size:
                self._listing.notes.append("bytes that are no tar follow its end, unread")
        elif not size:
            self._listing.notes.append("the tar has no end mark: it may be cut after a member")
        elif size < BLOCK:
            self._listing.fault = "the tar ends inside a header"
        else:
            self._listing.fault = f"damaged tar: no header at byte {at:,}; the rest was not read"

    def _step(self, at: int, header: _Header) -> int:
        """Take in one header, whose data begin at `at`; where the next one stands."""
        if header.kind in (b"L", b"x"):
            if header.size > _LONGEST_HEADER:
                self._listing.fault = "damaged tar: a header of a MiB; the rest was not read"
            else:
                _note(self._told, header.kind, self._file.read(header.size))
            return at + _blocks(header.size)
        if header.kind in (b"K", b"g"):  # the long name of a link; what holds for all members
            return at + _blocks(header.size)
        told, self._told = self._told, _Next()
        if header.kind in _KINDS:
            if header.kind != b"5":
                self._listing.passed[_KINDS[header.kind]] += 1
            return at
        size = header.size if told.size is None else told.size
        if header.is_file or header.kind == b"S":
            self._add(at, header, told, size)
        elif not header.name.endswith("/"):
            self._listing.passed["entries of unknown kind"] += 1
        return at + _blocks(size)

    def _add(self, at: int, header: _Header, told: _Next, size: int) -> None:
        name = self._listing.named(header.name if told.name is None else told.name)
        part = Part(self._place, at, size, f"{self._place}!/{name}", _EARLY)
        holes = told.sparse or header.kind == b"S"
        error = "stored with holes left out: unpack the tar first" if holes else None
        self._listing.members.append(Member(name, part, error))
        self._listing.cut = at + size > self._end
        if len(self._listing.members) >= MOST_MEMBERS:
            self._listing.fault = TOO_MANY


def _note(told: _Next, kind: bytes, data: bytes) -> None:
    if kind == b"L":
        told.name = _text(data)
        return
    while data:
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or not 0 < int(length[:9]) <= len(data):
            return
        record, data = data[len(length) + 1 : int(length)], data[int(length) :]
        key, _, value = record.removesuffix(b"\n").partition(b"=")
        if key == b"path":
            told.name = _text(value)
        elif key == b"size" and value.isdigit():
            told.size = int(value[:18])
        elif key.startswith(b"GNU.sparse."):
            told.sparse = True


def _header(block: bytes) -> _Header | None:
    if len(block) < BLOCK:
        return None
    told = _number(block[148:156])
    bare = block[:148] + b" " * 8 + block[156:]
    signed = sum(bare) - 256 * sum(one > 127 for one in bare)
    size = _number(block[124:136])
    if told not in (sum(bare), signed) or size is None or size < 0:
        return None
    name = block[:100]
    if block[257:263] == b"ustar\0" and block[345:346] != b"\0":
        name = block[345:500].rstrip(b"\0") + b"/" + name
    return _Header(_text(name), size, block[156:157])


def _number(digits: bytes) -> int | None:
    """Octal digits, or a binary number after a first bit that is set."""
    if digits[0] in (0x80, 0xFF):
        return int.from_bytes(digits[1:], "big") if digits[0] == 0x80 else -1
    text = digits.partition(b"\0")[0].strip()
    return int(text or b"0", 8) if not text.strip(b"01234567") else None


def _text(name: bytes) -> str:
    return name.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _blocks(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _past_zeros(file: IO[bytes], at: int, end: int) -> int:
    """Where the first block begins that is not all zeros."""
    file.seek(at)
    for piece in iter(partial(file.read, CHUNK), b""):
        rest = piece.lstrip(b"\0")
        if rest:
            return at + (len(piece) - len(rest)) // BLOCK * BLOCK
        at += len(piece)
    return end
