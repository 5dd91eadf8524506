"""Syslog headers, peeled from records: time, host, program and pid stay beside the message."""

from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Clock
from authlogs.parse.fields import Fields
from authlogs.parse.format import Format, ReasonRule, Rule
from authlogs.parse.patterns import compiled
from authlogs.parse.records import Claim, Header, Records, Rows, rows_where

_PROGRAM: Final = r"(?:(?P<program>[A-Za-z][\w./@-]{0,63})(?:\[(?P<pid>\d{1,10})\])?: ?)"
_PRIORITY: Final = r"^(?:<(?P<priority>\d{1,3})>)?"

SYSLOG: Final = (
    rf"{_PRIORITY}(?P<time>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{{1,9}})?) (?P<host>\S+) "
    rf"{_PROGRAM}?(?P<message>.*)$",
    r"^<(?P<priority>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ "
    r"(?:-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?:\x{feff})?(?P<message>.*))?$",
)
"""RFC 3164 and RFC 5424: nothing else looks like them, so they are peeled first."""
SYSLOG_ISO: Final = (
    rf"{_PRIORITY}(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:\d\d)) "
    rf"(?P<host>[\w.:-]+) {_PROGRAM}(?P<message>.*)$",
)
"""The ISO layout of rsyslog: peeled from what no format claims as it stands."""
_REPEATED: Final = r"^message repeated (?P<times>\d{1,18}) times: \[ ?(?P<message>.*)\]$"
_LAYOUTS: Final = pa.array(["CEF", "LEEF"])
_NOTHING: Final = pa.array(["", "-"])
_LEVELS: Final = pa.array(
    ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
)
MOST_REPEATED: Final = 1000

OTHER: Final = Format(
    name="syslog",
    kind="events",
    title="syslog line of a program that no format knows",
    shape="text",
    vendor="https://www.rfc-editor.org/rfc/rfc5424",
    columns={"message": (Rule(fields=("message",)),)},
    reason=ReasonRule(text=("message",)),
)
"""The format of peeled records that no inner format claims: events of type `other`."""


def peel(records: Records, patterns: tuple[str, ...], clock: Clock) -> tuple[Records, Rows]:
    """The records in an envelope, opened, and which ones they were."""
    rows = np.arange(len(records))
    found: list[tuple[Rows, dict[str, pa.Array]]] = []
    for pattern in patterns:
        if not len(rows):
            break
        made = compiled(pattern).captures(records.text.take(pa.array(rows)))
        if made.hit.any():
            found.append((rows[made.hit], made.columns))
        rows = rows[~made.hit]
    if not found:
        return records.take(np.empty(0, np.int64)), np.empty(0, np.int64)
    where = np.concatenate([rows for rows, _ in found])
    order = np.argsort(where, kind="stable")
    parts = {
        name: pa.concat_arrays([_part(made, name, len(rows)) for rows, made in found])
        for name in ("priority", "time", "host", "program", "pid", "message")
    }
    if len(found) > 1:
        parts = {name: part.take(pa.array(order)) for name, part in parts.items()}
    return _opened(records.take(where[order]), parts, clock), where[order]


def _part(made: dict[str, pa.Array], name: str, rows: int) -> pa.Array:
    part = made.get(name)
    if part is None:
        return pa.nulls(rows, pa.string())
    if name == "message":
        return pc.fill_null(part, "")
    return pc.if_else(pc.is_in(part, _NOTHING), None, part)


def _opened(records: Records, parts: dict[str, pa.Array], clock: Clock) -> Records:
    parts = _whole_again(parts)
    header = Header(
        program=pc.replace_substring_regex(parts["program"], r"^.*/", ""),
        host=parts["host"],
        pid=parts["pid"],
        level=_level(parts["priority"]),
        time_raw=parts["time"],
        time=clock.read(parts["time"], ("syslog", "iso")),
    )
    text, repeat = unrepeat(parts["message"])
    return replace(records, text=text, repeat=repeat, header=header)


def _whole_again(parts: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """What begins `CEF:0|` or `LEEF:1.0|` names a layout there, and no program."""
    named = pc.and_(
        pc.is_in(parts["program"], _LAYOUTS), pc.match_substring_regex(parts["message"], r"^\d")
    )
    named = pc.and_(pc.fill_null(named, False), pc.is_null(parts["pid"]))
    if not pc.any(named).as_py():
        return parts
    whole = pc.binary_join_element_wise(parts["program"], parts["message"], ":")
    return {
        **parts,
        "message": pc.if_else(named, whole, parts["message"]),
        "program": pc.if_else(named, None, parts["program"]),
    }


def _level(priority: pa.Array) -> pa.Array:
    number = pc.cast(priority, pa.int64())
    severity = pc.subtract(number, pc.multiply(pc.divide(number, 8), 8))
    return _LEVELS.take(severity)


def unrepeat(texts: pa.Array) -> tuple[pa.Array, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """What `message repeated N times: [ … ]` stands for, and N (1 for all others)."""
    times = np.ones(len(texts), np.int64)
    said = pc.fill_null(pc.starts_with(texts, "message repeated "), False)
    if not pc.any(said).as_py():
        return texts, times
    rows = rows_where(said)
    made = pc.extract_regex(texts.take(pa.array(rows)), _REPEATED)
    hit = made.is_valid().to_numpy(zero_copy_only=False)
    made = made.filter(pa.array(hit))
    times[rows[hit]] = pc.cast(made.field("times"), pa.int64()).to_numpy(zero_copy_only=False)
    mask = np.zeros(len(texts), bool)
    mask[rows[hit]] = True
    return pc.replace_with_mask(texts, pa.array(mask), made.field("message")), times


def other(records: Records, rows: Rows) -> Claim:
    """Peeled records that nothing claims, as their own format."""
    text = records.text.take(pa.array(rows))
    return Claim(OTHER, rows, Fields(len(rows), columns={"message": text}))
