"""What a file is, from its first bytes: lines, one JSON document, a sheet, prose, or nothing."""

from dataclasses import dataclass
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
    """What a file's first bytes say it is."""

    found: Found
    mode: Mode
    recognition: Recognition
    heading: Heading | None = None
    error: str | None = None


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
    data = as_utf8(data[head.mark :], head.encoding)
    text = data.decode(errors="replace")
    if (forced is None or forced.shape == "json") and begins_document(text):
        made = read_document(data).records
        return Probe(found, Mode.DOCUMENT, recognise(made, settings.registry, forced))
    sheets = (*order, *(one.format for one in load_envelopes().of_shape("csv")))
    heading = find_heading(text.lstrip().partition("\n")[0].rstrip("\r"), sheets)
    if heading is not None:
        stretch = next(Sheet(heading).stretches(cut_blocks([data])), None)
        records = plain_records(pa.array([], pa.string()), *[np.empty(0, np.int64)] * 3)
        records = records if stretch is None else stretch.records
        return Probe(found, Mode.SHEET, recognise(records, settings.registry, forced), heading)
    if begins_markup(text, record_names(order)):
        records = next(MarkupFile(record_names(order)).stretches(cut_blocks([data]))).records
        return Probe(found, Mode.MARKUP, recognise(records, settings.registry, forced))
    if begins_journal(text):
        records = next(JournalFile().stretches(cut_blocks([data]))).records
        return Probe(found, Mode.JOURNAL, recognise(records, settings.registry, forced))
    if begins_extended(text):
        cut = (one.records for one, _ in ExtendedLog().stretches(cut_blocks([data])))
        records = max(cut, key=len)
        return Probe(found, Mode.EXTENDED, recognise(records, settings.registry, forced))
    records = line_records(next(cut_blocks([data], size=1), None))
    told = recognise(records, settings.registry, forced)
    prose = told.format is None and found.name.lower().endswith(".txt") and _reads_as_prose(records)
    return Probe(found, Mode.PROSE if prose else Mode.LINES, told)


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
