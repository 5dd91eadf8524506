"""From a claim to typed columns: rules, constants, times, casts, and what is left as `extra`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.addresses import addresses, client_address, hops
from authlogs.parse.clock import Clock, Times, moments
from authlogs.parse.fields import Fields, Mask
from authlogs.parse.format import Format
from authlogs.parse.reasons import Reasons, classify
from authlogs.parse.records import Claim, Header, Records
from authlogs.parse.rules import apply_rules, first_present
from authlogs.schema import CHANGES, EVENT_TYPES, EVENTS, OUTCOMES, TEXTS, TIME, WORD

_TRUE: Final = pa.array(["true", "True", "TRUE", "1", "yes", "on"])
_FALSE: Final = pa.array(["false", "False", "FALSE", "0", "no", "off"])
COLUMN_OF: Final = {"host": "instance", "program": "service", "level": "log_level"}
"""Fields of envelopes that have a column of another name; others may bear a column's name."""
TEXTS_OF_HEADERS: Final = {one.name for one in EVENTS if one.type in (pa.string(), WORD)} - {
    "format", "source_file", "time_raw", "time_quality", "extra", "token_hash", "session_hash",
    "source_ip_key", "browser", "attempt_id", "reason_group",
}  # fmt: skip
_PRINTS: Final = ("token_hash", "session_hash")
_WHOLE: Final = r"^-?\d{1,18}$"
_DECIMAL: Final = r"^-?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?$"


@dataclass(frozen=True)
class Filled:
    """Typed columns of the records a format claimed, before what every event gets."""

    columns: Mapping[str, pa.Array]
    time: Times
    extra: pa.Array
    attempt: pa.Array | None = None


@dataclass(frozen=True)
class Timed:
    """When the records of a claim happened, as text too, and when they were observed."""

    time: Times
    raw: pa.Array
    observed: pa.Array | None

    def filter(self, kept: Mask) -> "Timed":
        """The rows of a mask."""
        mask = pa.array(kept)
        observed = None if self.observed is None else self.observed.filter(mask)
        return Timed(self.time.take(kept), self.raw.filter(mask), observed)


class Wanted(Protocol):
    """What a caller wants of every claim."""

    @property
    def reasons(self) -> Reasons: ...
    def wants(self, column: str) -> bool:
        """Whether a column of events is asked for."""


def fill(claim: Claim, records: Records, timed: Timed, clock: Clock, wanted: Wanted) -> Filled:
    """The columns of a claim; what does not cast is null and stays in `extra`."""
    format, fields = claim.format, claim.fields
    header = records.header
    columns = _ruled(claim)
    if format.kind == "events":
        columns["time_raw"] = timed.raw
        _from_header(columns, header)
        if "log_level" in columns:
            columns["log_level"] = pc.utf8_lower(columns["log_level"])
        _judge(columns, format, fields, wanted.reasons)
    typed, failed = _cast(columns, format.kind)
    if format.kind == "events":
        _address(typed, columns, failed)
    typed["time"], typed["time_quality"] = timed.time.to_arrow(), timed.time.quality_words()
    if timed.observed is not None:
        typed["observed_time"] = timed.observed
    if format.time.end:
        typed["end_time"] = _end(format, fields, clock)
    attempt = _attempt(format, fields, header)
    needed = format.kind == "changes" or wanted.wants("extra")
    extra = fields.extra(more=failed) if needed else pa.nulls(fields.rows, pa.string())
    return Filled(typed, timed.time, extra, attempt)


def _attempt(format: Format, fields: Fields, header: Header | None) -> pa.Array | None:
    """The connection, process or audit event of its host that a record belongs to."""
    if format.attempt is None:
        # A process that writes to a file as well serves many at once: its pid is nobody's attempt.
        if header is None or format.envelope is None:
            return None
        return header.fields.get("pid")
    return first_present(format.attempt, fields)


def _ruled(claim: Claim) -> dict[str, pa.Array]:
    """Text columns: the pattern's constant, a rule, the file's constant, a synonym."""
    format, fields = claim.format, claim.fields
    schema = EVENTS if format.kind == "events" else CHANGES
    columns: dict[str, pa.Array] = {}

    def constant(name: str, value: str) -> None:
        told = pa.repeat(pa.scalar(value, pa.string()), fields.rows)
        own = columns.get(name)
        columns[name] = told if own is None else pc.coalesce(own, told)

    for name, rules in (*format.columns.items(), *format.open_columns.items()):
        if name in claim.constants:
            continue
        column = apply_rules(rules, fields, lists=schema.field(name).type == TEXTS)
        if column is not None:
            columns[name] = column
    if format.kind == "events":
        _named_as_prints(columns, fields)
    for name, value in format.set.items():
        constant(name, value)
    for name, value in claim.constants.items():
        columns.pop(name, None)
        constant(name, value)
    return columns


def _named_as_prints(columns: dict[str, pa.Array], fields: Fields) -> None:
    """Fields that bear the name of a fingerprint: whatever they hold is printed like a token."""
    for name in _PRINTS:
        own = columns.get(name)
        still = None if own is None else own.is_null().to_numpy(zero_copy_only=False)
        theirs = first_present((name,), fields, still)
        if theirs is not None:
            columns[name] = theirs if own is None else pc.coalesce(own, theirs)


def read_times(claim: Claim, records: Records, clock: Clock) -> Timed:
    """The record's own time, else its envelope's; then the envelope's is when it was observed.

    An envelope that knows its zone and year speaks for a record that does not.
    """
    format, fields, header = claim.format, claim.fields, records.header
    observed = None
    text = first_present(format.time.observed, fields)
    if text is not None:
        observed = clock.read(text, format.time.layout).to_arrow()
    own = first_present(format.time.field, fields)
    if own is None:
        own = pa.nulls(fields.rows, pa.string())
    time = clock.read(own, format.time.layout, records.line_no)
    if header is None:
        return Timed(time, own, observed)
    theirs = own.is_null().to_numpy(zero_copy_only=False) | (time.unknown & header.time.known)
    said = pa.array(theirs)
    if observed is None and not (theirs.all() and header.seen is None):
        observed = pc.if_else(said, header.seen, header.time.to_arrow())
    raw = pc.if_else(said, header.get("time"), own)
    return Timed(header.time.where(theirs, time), raw, observed)


def _end(format: Format, fields: Fields, clock: Clock) -> pa.Array:
    text = first_present(format.time.end, fields)
    if text is None:
        return pa.nulls(fields.rows, TIME)
    return clock.read(text, format.time.layout).to_arrow()


def _from_header(columns: dict[str, pa.Array], header: Header | None) -> None:
    """What the envelope knows and the record itself does not say."""
    if header is None:
        return
    known = {COLUMN_OF.get(name, name): column for name, column in header.fields.items()}
    for name, theirs in known.items():
        if name not in TEXTS_OF_HEADERS:
            continue
        own = columns.get(name)
        columns[name] = theirs if own is None else pc.coalesce(own, theirs)


def _judge(columns: dict[str, pa.Array], format: Format, fields: Fields, reasons: Reasons) -> None:
    """Event type, outcome and reason, each one of the words the schema knows."""
    rows = fields.rows
    nothing = pa.nulls(rows, pa.string())
    kind = columns.get("event_type", nothing)
    known = pc.is_in(kind, pa.array(EVENT_TYPES))
    columns["event_type"] = pc.if_else(pc.fill_null(known, False), kind, "other")
    outcome = columns.get("outcome", nothing)
    outcome = pc.if_else(pc.is_in(outcome, pa.array(OUTCOMES)), outcome, None)
    rule = format.reason
    codes = [column for name in rule.source if (column := fields.get(name)) is not None]
    if codes and "reason_code" not in {**format.columns, **format.open_columns}:
        columns["reason_code"] = pc.coalesce(*codes)
    texts = [column for name in rule.text if (column := fields.get(name)) is not None]
    reason, outcome = classify(
        reasons,
        vocabularies=rule.codes,
        codes=codes,
        texts=texts,
        status=columns.get("http_status") if rule.http else None,
        outcome=outcome,
    )
    own = columns.get("reason")
    if own is not None:
        known = pc.is_in(own, pa.array(list(reasons.groups)))
        asked = pc.and_(known, pc.not_equal(outcome, "success"))
        reason = pc.coalesce(pc.if_else(asked, own, None), reason)
    columns["reason"], columns["outcome"] = reason, outcome
    encoded = reason.dictionary_encode()
    groups = [reasons.groups.get(word, "unknown") for word in encoded.dictionary.to_pylist()]
    columns["reason_group"] = pa.array(groups, pa.string()).take(encoded.indices)


def _cast(
    columns: Mapping[str, pa.Array], kind: str
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Columns in the types of the schema, and the texts that do not fit them."""
    schema = EVENTS if kind == "events" else CHANGES
    typed: dict[str, pa.Array] = {}
    failed: dict[str, pa.Array] = {}
    for name, column in columns.items():
        wanted = schema.field(name).type
        made = cast_text(column, wanted)
        typed[name] = made
        if wanted not in (pa.string(), WORD) and made.null_count > column.null_count:
            failed[name] = pc.if_else(made.is_valid(), None, column)
    return typed, failed


def _address(
    typed: dict[str, pa.Array], columns: Mapping[str, pa.Array], failed: dict[str, pa.Array]
) -> None:
    """The client's address; a peer that is no address (a host name) stays in `extra`."""
    if not {"source_ip", "source_ip_chain"} & set(columns):
        return
    some = columns.get("source_ip", columns.get("source_ip_chain"))
    nothing = pa.nulls(len(some), pa.string())
    own = columns.get("source_ip", nothing)
    client = client_address(own, columns.get("source_ip_chain", nothing))
    typed["source_ip"], typed["source_ip_key"] = addresses(client)
    read = typed["source_ip"] if client is own else addresses(own)[0]
    lost = pc.if_else(read.is_valid(), None, own)
    lost = pc.if_else(pc.match_substring(lost, ","), None, lost)
    if lost.null_count < len(lost):
        failed["source_ip"] = lost


def cast_text(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """A string column as another type; null where the text is no such value."""
    if wanted in (pa.string(), WORD):
        return column
    if wanted == TIME:
        moment = Clock(zone=None).read(column, ("epoch", "iso")).moment
        return moments(moment)
    if wanted == TEXTS:
        encoded = column.dictionary_encode()
        lists = [hops(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(lists, TEXTS).take(encoded.indices)
    if wanted == pa.bool_():
        yes, no = pc.is_in(column, _TRUE), pc.is_in(column, _FALSE)
        return pc.if_else(yes, True, pc.if_else(no, False, None))
    if wanted == pa.float64():
        fits = pc.match_substring_regex(column, _DECIMAL)
        return pc.cast(pc.if_else(fits, column, None), pa.float64())
    return _whole(column, wanted)


def _whole(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Whole numbers; decimals are rounded. Of 16 bits there are only HTTP statuses, 100 to 599."""
    digits = pc.match_substring_regex(column, _WHOLE)
    number = pc.cast(pc.if_else(digits, column, None), pa.int64())
    decimal = pc.and_(pc.match_substring_regex(column, _DECIMAL), pc.invert(digits))
    rounded = pc.round(pc.cast(pc.if_else(decimal, column, None), pa.float64()))
    number = pc.coalesce(number, pc.cast(rounded, pa.int64(), safe=False))
    if wanted == pa.int16():
        inside = pc.and_(pc.greater_equal(number, 100), pc.less_equal(number, 599))
        number = pc.if_else(inside, number, None)
    return pc.cast(number, wanted)
