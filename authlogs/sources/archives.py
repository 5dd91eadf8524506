"""Archives become their members, each a place of its own: `a.tar.gz!/x.log`.

What is an archive is told by its content. Nothing is unpacked by name: a member is a stretch of
the archive (or of the copy of one that is compressed), so no name can lead anywhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Final

from authlogs.sources import tars, zips
from authlogs.sources.codecs import compression_of
from authlogs.sources.compression import bounded, content
from authlogs.sources.members import Listing, Member
from authlogs.sources.places import CHUNK, Part, Place, Told, why_not
from authlogs.sources.spools import Spool, Spools

DEEPEST: Final = 2
"""Archives one inside the other that are opened."""
_HEAD: Final = 1024
_LITTLE: Final = 64 << 10


@dataclass(frozen=True)
class Opened:
    """The members of one archive, what could not be read of it, and what was passed over."""

    members: tuple[Member, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expanded:
    """What a compressed place holds, as bytes that can be read anywhere."""

    place: Place
    spools: Spools

    def __str__(self) -> str:
        return str(self.place)

    def spool(self) -> Spool:
        """The copy that is read."""

        def make() -> Spool:
            told = Told()
            pieces = content(self.place.pieces, told)
            return Spool(bounded(pieces, told, self.place.share()), told)

        return self.spools.get(str(self.place), make)

    def share(self) -> float:
        """What was read for each byte of the copy."""
        spool = self.spool()
        return min(1.0, spool.told.taken / max(1, spool.size))

    def open(self) -> IO[bytes]:
        """The copy as a file."""
        return self.spool().open()

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """The copy from start to end."""
        spool = self.spool()
        for at in range(0, spool.size, size):
            piece = spool.read_at(at, size)
            told.taken += len(piece) * self.share()
            yield piece
        if spool.told.fault:
            told.stop(spool.told.fault)


def open_archive(place: Place, spools: Spools, *, depth: int = 0) -> Opened | None:
    """The members of an archive, those of archives in it included; None for what is none."""
    found = _archive(place, spools)
    if found is None:
        return None
    if depth >= DEEPEST:
        return Opened((Member("", place, f"an archive in {DEEPEST} others: unpack it first"),))
    lists, inside = found
    try:
        listing = lists(inside)
    except OSError as error:
        return Opened((Member("", place, why_not(error)),))
    members: list[Member] = []
    warnings = _warnings(listing, place)
    for member in _with_its_fault(listing, inside):
        deeper = None if member.error else open_archive(member.place, spools, depth=depth + 1)
        if deeper is None:
            members.append(member)
            continue
        members += [
            replace(one, name=f"{member.name}!/{one.name}" if one.name else member.name)
            for one in deeper.members
        ]
        warnings += deeper.warnings
    if why := _fault(listing, inside):
        members.append(Member("", place, why))
    elif not members:
        warnings.append(f"{place} is an archive that holds no file")
    return Opened(tuple(members), tuple(warnings))


def _archive(place: Place, spools: Spools) -> tuple[Callable[[Place], Listing], Place] | None:
    """How to list an archive, and where it can be read at any position."""
    head = _first(place.pieces(Told(), _HEAD))
    packed = isinstance(place, zips.Packed) and place.method
    inside: Place = Expanded(place, spools) if packed else place
    if compression_of(head) is not None:
        head = _first(content(partial(place.pieces, size=_LITTLE), Told()))
        inside = Expanded(place, spools)
    for kind in (zips, tars):
        if kind.begins(head):
            return kind.listed, inside
    return None


def _with_its_fault(listing: Listing, inside: Place) -> list[Member]:
    """The members; one that is cut off says why, when a compression around it knows."""
    if listing.cut and isinstance(inside, Expanded) and (why := inside.spool().told.fault):
        last = listing.members[-1]
        if isinstance(last.place, Part):
            return [*listing.members[:-1], replace(last, place=replace(last.place, early=why))]
    return listing.members


def _first(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    return head[:_HEAD]


def _fault(listing: Listing, inside: Place) -> str | None:
    """What no member tells: why there may have been more of them."""
    fault = inside.spool().told.fault if isinstance(inside, Expanded) else None
    told = [listing.fault, None if listing.cut else fault]
    return "; ".join(one for one in told if one) or None


def _warnings(listing: Listing, place: Place) -> list[str]:
    passed = ", ".join(f"{count} {kind}" for kind, count in sorted(listing.passed.items()))
    told = [f"{place}: {note}" for note in listing.notes]
    return [*told, f"{place}: {passed} were passed over"] if passed else told
