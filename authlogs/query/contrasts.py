"""`compare`: what is different in one stretch of time from another."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.query.fields import Fields
from authlogs.query.searching import asked_of, whole
from authlogs.query.statements import Statement, quoted
from authlogs.query.templates import templates
from authlogs.window import Window

COMPARED: Final = (
    "service", "event_type", "outcome", "reason", "reason_code", "http_status", "service_version",
    "instance", "environment", "region", "idp", "auth_method", "grant_type", "client", "browser",
    "tenant", "kid", "alg", "iss", "log_level", "template",
)  # fmt: skip
TEMPLATE: Final = "template"
"""The name under which masked messages are compared with the columns."""
_WORDS: Final = ("message", "reason_text")
COUNTS: Final = """
SELECT value, count(*) FILTER (WHERE inside) AS events,
       count(*) FILTER (WHERE NOT inside) AS baseline
FROM (SELECT {value} AS value, {inside} AS inside FROM events WHERE {where})
GROUP BY value
"""


def compare(
    events: Any,
    window: Window,
    *,
    baseline: Window | None = None,
    by: Sequence[str] = COMPARED,
    query: str = "*",
    limit: int = 30,
    tz: str | None = None,
) -> pa.Table:
    """Return what events of `window` have more or less often than those of `baseline`.

    `by` are columns; `template` is the message (or the source's words for its reason) with
    numbers, ids, addresses, times and quoted text masked. Without a `baseline` it is all other
    events that have a time. `query` and `tz` are those of `search`.

    Returns a table, the most telling difference first, at most `limit` rows: `field`, `value`,
    `events` and `baseline` (int64, events with that value), `share` and `baseline_share` (of all
    events there, 0 to 1), and `score`: the log-likelihood ratio of the two shares, negative where
    the value became rarer. A value that is new has 0 in `baseline`. Rows without a value are left
    out. Raises BadCall where the stretches overlap.
    Source of the score: Dunning, "Accurate methods for the statistics of surprise and coincidence"
    (Computational Linguistics, 1993).

    >>> import authlogs as al
    >>> from datetime import datetime
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> day = "2024-05-03T"
    >>> start, end = (datetime.fromisoformat(day + t) for t in ("09:41-05:00", "12:30-05:00"))
    >>> told = al.compare(logs, al.Window(start, end), query="service:gateway")
    >>> told.slice(0, 1).select(["field", "value"]).to_pylist()
    [{'field': 'reason', 'value': 'invalid_signature'}]
    """
    if baseline is not None and window.overlaps(baseline):
        raise BadCall("the two stretches overlap", next_step="let one begin where the other ends")
    held = as_events(events)
    fields = Fields.of(held)
    columns = [name for name in by if name != TEMPLATE]
    if by is not COMPARED:
        fields.names_of(tuple(columns))
    asked = _Asked(held, fields, window, baseline=baseline, query=query, tz=tz)
    told = [asked.counts(name) for name in columns if fields.named(name)]
    if TEMPLATE in by:
        told.append(asked.templates())
    return _scored(pa.concat_tables(told), asked.totals()).slice(0, whole(limit))


class _Asked:
    """The counts of one comparison, in the window and in its baseline."""

    def __init__(
        self,
        held: Events,
        fields: Fields,
        window: Window,
        *,
        baseline: Window | None,
        query: str,
        tz: str | None,
    ) -> None:
        self._held, self._fields, self._statement = held, fields, Statement()
        put = self._statement.put
        self._inside = f'"time" >= {put(window.start)} AND "time" < {put(window.end)}'
        asked = self._statement.where(asked_of(held, query, fields=fields, tz=tz))
        before = '"time" IS NOT NULL'
        if baseline is not None:
            before = f'"time" >= {put(baseline.start)} AND "time" < {put(baseline.end)}'
        self._where = f"(({self._inside}) OR ({before})) AND {asked}"

    def counts(self, name: str) -> pa.Table:
        """The values of a column as text, with their events in both stretches."""
        (column,) = self._fields.names_of((name,))
        value = f"CAST({quoted(column)} AS STRING)"
        return _named(name, self._run(value, f"{quoted(column)} IS NOT NULL"))

    def templates(self) -> pa.Table:
        """The masked messages; each distinct message is masked once, wherever it stands."""
        words = [quoted(name) for name in _WORDS if name in self._fields.columns]
        value = f"coalesce({', '.join(words)}, NULL)" if words else "CAST(NULL AS STRING)"
        counts = self._run(value, f"{value} IS NOT NULL")
        masked = templates(counts["value"].combine_chunks())
        counts = counts.set_column(0, "value", pa.chunked_array([masked]))
        grouped = counts.group_by("value").aggregate([("events", "sum"), ("baseline", "sum")])
        return _named(TEMPLATE, grouped.rename_columns(["value", "events", "baseline"]))

    def totals(self) -> tuple[int, int]:
        """All events of the window, and of the baseline."""
        row = self._run("1", "TRUE").to_pylist()
        return (row[0]["events"], row[0]["baseline"]) if row else (0, 0)

    def _run(self, value: str, kept: str) -> pa.Table:
        text = COUNTS.format(value=value, inside=self._inside, where=f"{self._where} AND {kept}")
        return run_sql(text, self._statement.params, events=self._held)


def _named(name: str, counts: pa.Table) -> pa.Table:
    return counts.add_column(0, "field", pa.array([name] * len(counts), pa.string()))


def _scored(counts: pa.Table, totals: tuple[int, int]) -> pa.Table:
    """The counts with shares and scores, the most telling first, ties by name."""
    here, there = (counts[name].to_numpy().astype(float) for name in ("events", "baseline"))
    shares = here / max(1, totals[0]), there / max(1, totals[1])
    score = np.sign(shares[0] - shares[1]) * _likelihood_ratio(here, there, totals)
    for name, column in zip(("share", "baseline_share", "score"), (*shares, score), strict=True):
        counts = counts.append_column(name, pa.array(column, pa.float64()))
    order = counts.append_column("size", pa.array(np.round(np.abs(score), 6), pa.float64()))
    keys = [("size", "descending"), ("field", "ascending"), ("value", "ascending")]
    return counts.take(pc.sort_indices(order, sort_keys=keys))


def _likelihood_ratio(here: np.ndarray, there: np.ndarray, totals: tuple[int, int]) -> np.ndarray:
    """Twice the log of how much likelier two shares of their own are than one share (G squared)."""
    all_here, all_there = (float(max(1, total)) for total in totals)
    pooled = (here + there) / (all_here + all_there)
    told = np.zeros(len(here))
    for count, size in ((here, all_here), (there, all_there)):
        for part, expected in ((count, size * pooled), (size - count, size * (1 - pooled))):
            some = part > 0
            told[some] += 2 * part[some] * np.log(part[some] / expected[some])
    return np.maximum(told, 0.0)
