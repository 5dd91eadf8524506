"""Stretches of the files that were read, exactly as they stand there."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from authlogs.sources.compression import Stored
from authlogs.sources.reopening import Reopened

Spot = tuple[str, int, int]
"""A source's name, an offset in its uncompressed stream, and a length; both in bytes."""


def original_bytes(spots: Iterable[Spot], paths: Mapping[str, str]) -> dict[Spot, bytes]:
    """Return what stands at each spot; `paths` says where a source of that name lies.

    A spot whose file is gone, or ends before it, is left out. Each file is read once, up to the
    last spot.
    """
    places = Reopened()
    found: dict[Spot, bytes] = {}
    for name, group in groupby(sorted(set(spots)), key=lambda spot: spot[0]):
        place = places.place(paths[name]) if paths.get(name) else None
        if place is not None:
            found |= _cut(list(group), Stored(place).chunks())
    return found


def _cut(spots: list[Spot], chunks: Iterator[bytes]) -> dict[Spot, bytes]:
    """Cut the spots of one file, in order of their offsets, out of its stream."""
    found: dict[Spot, bytes] = {}
    held, start = b"", 0
    for chunk in chunks:
        held += chunk
        end = start + len(held)
        fits = [spot for spot in spots if spot[1] + spot[2] <= end]
        found |= {spot: held[spot[1] - start :][: spot[2]] for spot in fits}
        spots = [spot for spot in spots if spot[1] + spot[2] > end]
        if not spots:
            break
        needless = min(len(held), max(0, spots[0][1] - start))
        held, start = held[needless:], start + needless
    return found
