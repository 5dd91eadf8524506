"""`compare_incidents`: has this been seen before, what causes repeat, do times get better?

A trend is told by Kendall's rank correlation and its exact p-value, not by means: on few and
skewed lengths of time the mean tells next to nothing (S. Davidovič, "Incident Metrics in SRE",
2021). M. Kendall, "A New Measure of Rank Correlation", Biometrika 30 (1938).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import factorial
from typing import Any, Literal

import pyarrow as pa

from authlogs.analysis.result import Investigation
from authlogs.analysis.words import span, theory_name
from authlogs.errors import BadCall
from authlogs.schema import RESULT_SCHEMA, TIME

LEAST_FOR_TREND = 5
"""Below five incidents no order of their lengths is surprising."""
SURE = 0.1
PHASES = ("ttd_s", "tta_s", "ttm_s", "ttr_s")
INCIDENTS = pa.schema(
    [
        ("incident_id", pa.string()),
        ("onset", TIME),
        ("signature", pa.string()),
        ("cause", pa.string()),
        ("users_affected", pa.int64()),
        *((name, pa.float64()) for name in PHASES),
        ("seen_before", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How a phase changed over incidents: Kendall's tau with time, its exact p-value, and n."""

    phase: str
    direction: Literal["shorter", "longer", "no trend", "too few to tell"]
    tau: float | None
    p: float | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Incidents side by side: a table of INCIDENTS in order of onset, causes that came back (with
    the incidents of each), and a trend for each phase.
    """

    incidents: pa.Table
    repeated: Mapping[str, tuple[str, ...]]
    trends: tuple[Trend, ...]

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def compare_incidents(*results: Investigation | Mapping[str, Any]) -> Comparison:
    """Compare the incidents of investigations, or of their JSON documents.

    An incident that stands in several results counts once. Raises BadCall for a document of another
    schema.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.compare_incidents(al.investigate(logs)).trends[0].direction
    'too few to tell'
    """
    rows: dict[tuple[str, datetime], dict[str, Any]] = {}
    for result in results:
        for told in _document(result)["incidents"]:
            row = _row(told)
            rows.setdefault((row["incident_id"], row["onset"]), row)
    ordered = sorted(rows.values(), key=lambda row: row["onset"])
    for place, row in enumerate(ordered):
        row["seen_before"] = [
            r["incident_id"] for r in ordered[:place] if r["signature"] == row["signature"]
        ]
    return Comparison(
        incidents=pa.Table.from_pylist(ordered, schema=INCIDENTS),
        repeated=_repeated(ordered),
        trends=tuple(_trend(name, ordered) for name in PHASES),
    )


def _document(result: Investigation | Mapping[str, Any]) -> Mapping[str, Any]:
    told = result.to_dict() if isinstance(result, Investigation) else result
    if told.get("schema") != RESULT_SCHEMA:
        raise BadCall(
            f"this is no result of an investigation: its schema is {told.get('schema')!r}",
            next_step=f"pass what `authlogs investigate --json` prints ({RESULT_SCHEMA})",
        )
    return told


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    signal, impact = told["signal"], told["impact"] or {}
    where = signal["service"] or "every service"
    return {
        "incident_id": told["incident_id"],
        "onset": datetime.fromisoformat(told["onset"]),
        "signature": f"{signal['reason']} at {where} ({signal['event_type']})",
        "cause": _cause(told),
        "users_affected": impact.get("users_affected"),
    } | {name: told["phases"][name] for name in PHASES}


def _cause(told: Mapping[str, Any]) -> str:
    """Return what the incident is put down to: a kind of change of a service, or a theory."""
    if told["verdict"] == "change" and told["suspects"]:
        change = told["suspects"][0]["change"]
        return f"{change['change_type']} of {change['service'] or 'an unnamed service'}"
    if told["verdict"] == "no_change" and told["theories"]:
        best = max(told["theories"], key=lambda theory: theory["probability"])
        return theory_name(best["name"])
    return "undetermined"


def _repeated(rows: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    causes: dict[str, list[str]] = {}
    for row in rows:
        if row["cause"] != "undetermined":
            causes.setdefault(row["cause"], []).append(row["incident_id"])
    return {cause: tuple(ids) for cause, ids in causes.items() if len(ids) > 1}


def _trend(name: str, rows: list[dict[str, Any]]) -> Trend:
    told = [float(row[name]) for row in rows if row[name] is not None]
    phase = name.removesuffix("_s").upper()
    if len(told) < LEAST_FOR_TREND:
        return Trend(phase=phase, direction="too few to tell", tau=None, p=None, n=len(told))
    tau, p = kendall(told)
    way: Literal["shorter", "longer"] = "shorter" if tau < 0 else "longer"
    direction: Literal["shorter", "longer", "no trend"] = way if p <= SURE else "no trend"
    return Trend(phase=phase, direction=direction, tau=tau, p=p, n=len(told))


def kendall(values: list[float]) -> tuple[float, float]:
    """Return Kendall's tau of values with their order, and its exact two-sided p-value.

    Equal values count for neither way in tau, and against it in the p-value, which is then too
    large rather than too small.

    >>> kendall([1.0, 2.0, 3.0, 4.0, 5.0])
    (1.0, 0.016666666666666666)
    """
    n = len(values)
    pairs = n * (n - 1) // 2
    score = sum((b > a) - (b < a) for a, b in combinations(values, 2))
    equal = sum(a == b for a, b in combinations(values, 2))
    ways = _inversions(n)
    least = (pairs - abs(score) + equal) // 2
    tail = sum(ways[: least + 1]) / factorial(n)
    return score / pairs, min(1.0, 2 * tail)


def _inversions(n: int) -> list[int]:
    """Return how many orders of n things have 0, 1, 2 … inversions (Mahonian numbers)."""
    ways = [1]
    for size in range(2, n + 1):
        longer = len(ways) + size - 1
        ways = [
            sum(ways[k - j] for j in range(size) if 0 <= k - j < len(ways)) for k in range(longer)
        ]
    return ways


def _lines(found: Comparison) -> Iterator[str]:
    yield _incidents(found.incidents.num_rows)
    for row in found.incidents.to_pylist():
        times = [f"{n.removesuffix('_s').upper()} {span(row[n])}" for n in PHASES if _told(row[n])]
        when = f"{row['onset']:%Y-%m-%d %H:%M} UTC"
        yield f"  {when}  {row['signature']}; {row['cause']}; {', '.join(times)}"
        if row["seen_before"]:
            yield f"    the same signature was seen before: {', '.join(row['seen_before'])}"
    for cause, ids in found.repeated.items():
        yield f"repeated cause: {cause}, {len(ids)} times ({', '.join(ids)})"
    for trend in found.trends:
        p = "" if trend.p is None else f" (Kendall's tau {trend.tau:+.2f}, p {trend.p:.3f})"
        yield f"{trend.phase}: {trend.direction}, {_incidents(trend.n)}{p}"


def _incidents(count: int) -> str:
    return f"{count} incident{'' if count == 1 else 's'}"


def _told(seconds: float | None) -> bool:
    return seconds is not None and seconds >= 0
