"""The members of a zip, by its directory; one by one where the directory is damaged or cut off."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from authlogs.sources import zstd
from authlogs.sources.codecs import BZIP2, DEFLATE, XZ, Again, uncompressed
from authlogs.sources.compression import FREE, MOST
from authlogs.sources.members import MOST_MEMBERS, TOO_MANY, Listing, Member
from authlogs.sources.places import CHUNK, Part, Place, Told, up_to

_LOCAL: Final = b"PK\x03\x04"
_EMPTY: Final = b"PK\x05\x06"
_HEADER: Final = struct.Struct("<4s5H3I2H")
_BIG: Final = 0xFFFFFFFF
_EARLY: Final = "the zip ends before this member does"
_BROKEN: Final = (
    zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError,
    IndexError,
)  # fmt: skip

Unpack = Callable[[Iterator[bytes], Told, Again], Iterator[bytes]]
_METHODS: Final[dict[int, Unpack]] = {
    0: lambda pieces, _told, _again: pieces,
    8: partial(uncompressed, DEFLATE),
    12: partial(uncompressed, BZIP2),
    93: zstd.uncompressed,
    95: partial(uncompressed, XZ),
}


@dataclass(frozen=True)
class Packed:
    """A member of a zip, unpacked while it is read."""

    part: Part
    method: int
    size: int | None
    crc: int | None

    def __str__(self) -> str:
        return str(self.part)

    def share(self) -> float:
        """That of the zip; what is unpacked is counted while it is read."""
        return self.part.share()

    def open(self) -> IO[bytes]:
        """Only a member that is merely stored can be read anywhere."""
        if self.method:
            raise OSError("a packed member is read from its start")
        return self.part.open()

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """What the member holds, as far as it goes."""
        made, crc = 0, 0
        unpack = _METHODS[self.method]
        for piece in unpack(self.part.pieces(told, size), told, self._again):
            crc = zlib.crc32(piece, crc)
            made += len(piece)
            if self.size is not None and made > self.size:
                told.stop(f"it holds more than the {self.size:,} bytes that its zip tells of")
                return
            yield piece
        if not told.fault and self.crc is not None and crc != self.crc:
            told.fault = "damaged: it does not have the checksum that its zip tells of"

    def _again(self) -> Iterator[bytes]:
        return self.part.pieces(Told())


def begins(head: bytes) -> bool:
    """Whether a zip begins so."""
    return head[:4] in (_LOCAL, _EMPTY)


def listed(place: Place) -> Listing:
    """The members of a zip, in the order of its directory."""
    listing = Listing()
    with place.open() as file:
        stored = file.seek(0, 2)
        try:
            entries = zipfile.ZipFile(file).infolist()
        except _BROKEN:
            _walk(listing, place, file)
            return listing
        declared = 0
        for entry in entries:
            if entry.is_dir():
                continue
            if stat.S_ISLNK(entry.external_attr >> 16):
                listing.passed["links"] += 1
                continue
            declared += entry.file_size
            bomb = declared > FREE and declared > MOST * stored
            _add(listing, place, _entry(entry, file), error=_BOMB if bomb else None)
            if len(listing.members) >= MOST_MEMBERS:
                listing.fault = TOO_MANY
                break
    return listing


_BOMB: Final = (
    f"its zip tells of more than {MOST:,} bytes for each stored byte (compression.MOST), "
    "as a zip bomb does: unpack it first if it is a log"
)


@dataclass(frozen=True)
class _Entry:
    name: str
    flags: int
    method: int
    start: int | None
    stored: int | None
    size: int | None
    crc: int | None


def _entry(entry: zipfile.ZipInfo, file: IO[bytes]) -> _Entry:
    file.seek(max(0, entry.header_offset))
    head = file.read(_HEADER.size)
    start = None
    if len(head) == _HEADER.size and head.startswith(_LOCAL):
        start = entry.header_offset + len(head) + sum(_HEADER.unpack(head)[-2:])
    told = (entry.compress_size, entry.file_size, entry.CRC)
    return _Entry(entry.filename, entry.flag_bits, entry.compress_type, start, *told)


def _add(listing: Listing, place: Place, one: _Entry, *, error: str | None = None) -> None:
    name = listing.named(one.name)
    part = Part(place, one.start or 0, one.stored, f"{place}!/{name}", _EARLY)
    if one.flags & 0x41:
        error = "encrypted: unpack the zip with its password first"
    elif one.method not in _METHODS:
        error = f"packed by a method that is not known (number {one.method}): unpack the zip first"
    elif one.start is None:
        error = "damaged zip: this member is not where the directory says"
    listing.members.append(Member(name, Packed(part, one.method, one.size, one.crc), error))


def _walk(listing: Listing, place: Place, file: IO[bytes]) -> None:
    """Members as they follow each other, for a zip without a directory."""
    end, at = file.seek(0, 2), 0
    while not listing.cut and len(listing.members) < MOST_MEMBERS:
        file.seek(at)
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size or not head.startswith(_LOCAL):
            break
        _, _, flags, method, _, _, crc, stored, size, *lengths = _HEADER.unpack(head)
        name = file.read(lengths[0]).decode("utf-8", "surrogateescape")
        extra = file.read(lengths[1])
        if at + len(head) + sum(lengths) > end:
            break
        start = at + len(head) + sum(lengths)
        told: tuple[int | None, int | None, int | None] = (stored, size, crc)
        if flags & 8 and not stored:
            told = (_measured(file, start, method), None, None)
        elif _BIG in (stored, size):
            told = (*_sizes(extra, stored, size), crc)
        listing.cut = told[0] is None or start + told[0] > end
        if not name.endswith("/"):
            _add(listing, place, _Entry(name, flags, method, start, *told))
        at = start + (told[0] or 0)
        if flags & 8:
            at = _past_descriptor(file, at)
    if not listing.cut:
        listing.fault = (
            f"the zip's directory is damaged or cut off: {len(listing.members)} members were "
            "found without it, there may have been more"
        )


def _measured(file: IO[bytes], start: int, method: int) -> int | None:
    """Stored bytes of a member whose header does not tell; None when they go on to the end."""
    if method != 8:
        return None
    file.seek(start)
    member, read = DEFLATE.make(), 0
    try:
        for piece in up_to(file, None):
            read += len(piece)
            member.decompress(piece, CHUNK)
            while not member.needs_input and not member.eof:
                member.decompress(b"", CHUNK)
            if member.eof:
                return read - len(member.unused_data)
    except zlib.error:
        pass
    return None


def _sizes(extra: bytes, stored: int, size: int) -> tuple[int, int]:
    """The sizes of a member of more than 4 GiB, which stand in its zip64 field."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            size, stored = struct.unpack_from("<2Q", extra, 4)
            break
        extra = extra[4 + length :]
    return stored, size


def _past_descriptor(file: IO[bytes], at: int) -> int:
    """Where the next header stands: a descriptor has 12 to 24 bytes."""
    file.seek(at)
    after = file.read(28)
    found = [
        place
        for size in (12, 16, 20, 24)
        if after[(place := size) : size + 4] in (_LOCAL, b"PK\x01\x02", _EMPTY)
    ]
    return at + (found[0] if found else len(after))
