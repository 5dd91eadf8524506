"""`parse --explain`: what became of the first records of each file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from authlogs.cli.options import Asked

if TYPE_CHECKING:
    from authlogs.parse.explaining import Explained

RECORDS: Final = 5
"""Records of each file that are explained."""


def explanations(asked: Asked) -> Iterator[str]:
    """Lines for the first records of every file that the paths lead to."""
    from authlogs.parse.explaining import explain
    from authlogs.parse.files import FileRead
    from authlogs.parse.probing import probe
    from authlogs.parse.reader import Settings
    from authlogs.parse.reading import forced_format, per_file
    from authlogs.parse.registry import load_registry
    from authlogs.secrets import Fingerprints, new_key
    from authlogs.sources.find import find
    from authlogs.window import parse_zone

    settings = Settings(load_registry(), Fingerprints(asked.key or new_key()))
    for found in find(list(asked.paths)).files:
        probed = probe(found, settings, forced_format(found, settings, asked.log_format))
        told = probed.recognition
        share = "" if told.confidence is None else f", {told.confidence:.0%} of its first records"
        named = told.format.name if told.format else "no format"
        yield f"{found.name}: {probed.mode.value}, {named}{share}"
        if probed.error is not None:
            yield f"  not read: {probed.error}"
            continue
        zone = per_file(asked.zones(), found.name)
        read = FileRead(
            probed, settings, zone=None if zone is None else parse_zone(zone), year=asked.year
        )
        for one in explain(read, settings, most=RECORDS):
            yield from _lines(one)


def _lines(one: "Explained") -> Iterator[str]:
    path = " > ".join([*one.envelopes, one.format or "no format"])
    pattern = f", pattern {one.pattern}" if one.pattern else ""
    yield f"  line {one.line_no}: {path}{pattern}{f' ({one.why})' if one.why else ''}"
    yield f"    {one.text}"
    for cell in one.cells:
        yield f"    {cell.column} = {cell.value}  <- {cell.source}"
    if one.extra is not None:
        yield f"    extra = {one.extra}"
