"""The records of a reconciliation: what was claimed, what was measured, and what differs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pyarrow as pa

from authlogs.schema import TIME

Verdict = Literal["confirmed", "contradicted", "not_checkable"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a text says happened, and when.

    `place` is `file:line`, `kind` as in `facts.FACTS` or `other`; `time` is an aware UTC time, null
    for a figure and for a time that cannot be; `slack` is how far a time written like that may be
    off and still be meant; `edge` tells whether a beginning or an end is meant.
    """

    place: str
    text: str
    kind: str
    time: datetime | None
    said: str
    slack: timedelta = timedelta(minutes=5)
    edge: Literal["start", "end", "either"] = "either"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A claim with its verdict.

    `measured` is the interval of the fact it was held against; `off_s` says by how many seconds the
    claim is late (negative: early), 0 inside the interval; `rows` are the lines that show it.
    """

    claim: Claim
    verdict: Verdict
    statement: str
    measured: tuple[datetime, datetime] | None = None
    off_s: float | None = None
    rows: tuple[str, ...] = ()
    fact: str | None = None
    """The change id, or the kind, of the fact it was held against."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something wrong with the text as a whole, or with how claims stand to each other."""

    kind: Literal[
        "alert_before_start", "order_inversion", "hour_slip", "recovery_is_rollback_end", "impact",
        "zone", "impossible_time", "weekday",
    ]  # fmt: skip
    statement: str
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the corrected timeline.

    `basis` is `measured` (by the logs or a record), or `claimed` (as the text says, not checked).
    """

    time: datetime
    until: datetime | None
    text: str
    basis: Literal["measured", "claimed"]
    rows: tuple[str, ...] = ()
    told: bool = True
    """Whether the text speaks of it at all."""


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """A written timeline held against the logs. `assumed` says what had to be taken for granted."""

    source: str
    display_zone: str
    claims: tuple[Checked, ...]
    flags: tuple[Flag, ...]
    timeline: tuple[Entry, ...]
    assumed: tuple[str, ...] = ()

    def to_arrow(self) -> pa.Table:
        """Return one row a claim: place, said, kind, claimed, verdict, off_s, statement, rows."""
        rows = [
            {
                "place": one.claim.place,
                "text": one.claim.text,
                "kind": one.claim.kind,
                "claimed": one.claim.time,
                "verdict": one.verdict,
                "off_s": one.off_s,
                "measured": one.measured[0] if one.measured else None,
                "statement": one.statement,
                "rows": list(one.rows),
            }
            for one in self.claims
        ]
        return pa.Table.from_pylist(rows, schema=CLAIMS)

    def to_pandas(self) -> object:
        """Return `to_arrow` as a pandas frame."""
        return self.to_arrow().to_pandas()

    def _repr_html_(self) -> str:
        from html import escape

        from authlogs.analysis.reconciliation.wording import as_text

        return f"<pre>{escape(as_text(self))}</pre>"

    def __str__(self) -> str:
        from authlogs.analysis.reconciliation.wording import as_text

        return as_text(self)


CLAIMS = pa.schema(
    [
        ("place", pa.string()),
        ("text", pa.string()),
        ("kind", pa.string()),
        ("claimed", TIME),
        ("verdict", pa.string()),
        ("off_s", pa.float64()),
        ("measured", TIME),
        ("statement", pa.string()),
        ("rows", pa.list_(pa.string())),
    ]
)
