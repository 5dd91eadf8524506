"""What a file is, from its first bytes: lines, one JSON document, a sheet, prose, or nothing."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.delimited import Heading, Sheet, find_heading
from authlogs.parse.documents import begins_document, read_document
from authlogs.parse.envelope_file import load_envelopes
from authlogs.parse.extended import ExtendedLog, begins_extended
from authlogs.parse.format import Format
from authlogs.parse.journal_files import JournalFile, begins_journal
from authlogs.parse.looked import Looked
from authlogs.parse.markup_files import MarkupFile, begins_markup, record_names
from authlogs.parse.ordering import specific_first
from authlogs.parse.reader import Settings
from authlogs.parse.recognise import Recognition, recognise
from authlogs.parse.records import Records, line_records, plain_records
from authlogs.sources.compression import Stored
from authlogs.sources.encodings import as_utf8
from authlogs.sources.find import Found
from authlogs.sources.lines import cut_blocks, look

_HEAD: Final = 256 << 10
_PROSE: Final = (".md", ".markdown", ".rst", ".adoc")
_DATED: Final = r"^[\[<(]?\d"


class Mode(Enum):
    """How a file's lines become records."""

    LINES = "lines"
    DOCUMENT = "document"
    SHEET = "sheet"
    EXTENDED = "extended"
    MARKUP = "markup"
    JOURNAL = "journal"
    PROSE = "prose"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Probe:
    """What a file's first bytes say it is; `looked` are the claims that it was judged by."""

    found: Found
    mode: Mode
    recognition: Recognition
    looked: Looked | None = None
    heading: Heading | None = None
    error: str | None = None

    def without_claims(self) -> "Probe":
        """The same to be kept for long, or sent elsewhere."""
        return replace(self, looked=None)


def probe(found: Found, settings: Settings, forced: Format | None = None) -> Probe:
    """Look at the first 256 KiB of a file."""
    order = specific_first(settings.registry) if forced is None else (forced,)
    nothing = Recognition(forced, None, order)
    if found.error is not None:
        return Probe(found, Mode.NOTHING, nothing, error=found.error)
    data = _head(found)
    head = look(data)
    if head.refusal is not None:
        return Probe(found, Mode.NOTHING, nothing, error=head.refusal)
    if found.name.lower().removesuffix(".gz").endswith(_PROSE):
        return Probe(found, Mode.PROSE, nothing)
    mode, records, heading = _records(as_utf8(data[head.mark :], head.encoding), order, forced)
    told, looked = recognise(records, settings.registry, forced)
    text = mode is Mode.LINES and found.name.lower().endswith(".txt")
    if text and told.format is None and _reads_as_prose(records):
        return Probe(found, Mode.PROSE, told)
    return Probe(found, mode, told, looked, heading)


def _records(
    data: bytes, order: tuple[Format, ...], forced: Format | None
) -> tuple[Mode, Records, Heading | None]:
    """How a file's lines become records, its first records, and the heading of a sheet."""
    text = data.decode(errors="replace")
    if (forced is None or forced.shape == "json") and begins_document(text):
        return Mode.DOCUMENT, read_document(data).records, None
    sheets = (*order, *(one.format for one in load_envelopes().of_shape("csv")))
    heading = find_heading(text.lstrip().partition("\n")[0].rstrip("\r"), sheets)
    blocks = cut_blocks([data])
    if heading is not None:
        stretch = next(Sheet(heading).stretches(blocks), None)
        none = plain_records(pa.array([], pa.string()), *[np.empty(0, np.int64)] * 3)
        return Mode.SHEET, none if stretch is None else stretch.records, heading
    if begins_markup(text, record_names(order)):
        return Mode.MARKUP, next(MarkupFile(record_names(order)).stretches(blocks)).records, None
    if begins_journal(text):
        return Mode.JOURNAL, next(JournalFile().stretches(blocks)).records, None
    if begins_extended(text):
        cut = (one.records for one, _ in ExtendedLog().stretches(blocks))
        return Mode.EXTENDED, max(cut, key=len), None
    return Mode.LINES, line_records(next(cut_blocks([data], size=1), None)), None


def _head(found: Found) -> bytes:
    data = b""
    for piece in Stored(found.path).chunks():
        data += piece
        if len(data) >= _HEAD:
            break
    if len(data) > _HEAD:
        data = data[: data.rfind(b"\n", 0, _HEAD) + 1 or _HEAD]
    return data


def _reads_as_prose(records: Records) -> bool:
    dated = pc.sum(pc.match_substring_regex(records.text, _DATED)).as_py() or 0
    return bool(dated * 10 <= len(records))
