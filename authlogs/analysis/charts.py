"""The tables behind the figures, taken from the case once it is weighed."""

import itertools
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.build_counts import count_builds, issuer_of
from authlogs.analysis.case import Case
from authlogs.analysis.challenges import UNRESOLVED, open_challenges
from authlogs.analysis.chart_tables import (
    GAPS,
    ISSUING,
    LANES,
    MINUTES,
    REASONS,
    STAGES,
    SUSPECTED,
    UTC,
)
from authlogs.analysis.claims import Claim
from authlogs.analysis.coverage import gaps_of
from authlogs.analysis.exposure import change_id
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.mitigations import ACTS
from authlogs.analysis.result import Charts, Incident
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import (
    ATTEMPTS,
    BIN,
    MICROS,
    Grid,
    Series,
    count_people,
    dense,
    failing_series,
)
from authlogs.analysis.stage_counts import count_stages
from authlogs.analysis.token_points import pick_tokens
from authlogs.analysis.units import Bools
from authlogs.analysis.volume import MISSING
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

BAND = (0.01, 0.99)
SILENT_BINS = 5
STAGE = f"""
SELECT {BIN} AS bin, count(DISTINCT {PERSON}) AS attempts,
       count(DISTINCT {PERSON}) FILTER (WHERE outcome = 'success') AS successes
FROM events
WHERE {ATTEMPTS} AND event_type = $3 AND service IN (SELECT service FROM passed)
  AND unix_micros("time") >= $1 AND unix_micros("time") < $4
GROUP BY ALL ORDER BY bin
"""
ISSUED = f"""
SELECT {BIN} AS bin, service_version AS version, count(*) AS tokens
FROM events
WHERE event_type IN ('token_issue', 'token_refresh') AND outcome = 'success' AND service = $3
  AND service_version IS NOT NULL AND unix_micros("time") >= $1 AND unix_micros("time") < $4
GROUP BY ALL ORDER BY bin, version
"""


def draw_up(
    case: Case, incident: Incident, ledger: tuple[dict[str, Any], ...], claims: tuple[Claim, ...]
) -> Charts:
    """Return the chart tables of a weighed incident."""
    return Charts(
        minutes=_minutes(case),
        reasons=_reasons(case),
        stages=_stages(case),
        issuing=_issuing(case, incident),
        lanes=lanes_of(case.changes.to_pylist(), incident, claims),
        gaps=gaps_of(ledger),
        tokens=pick_tokens(case, blamed_service(incident)),
        builds=count_builds(case),
        journey=count_stages(case),
        bin_s=case.grid.width_s,
    )


def blamed_service(incident: Incident) -> str | None:
    """Return the service of the most supported change, where a recorded change is to blame."""
    return incident.suspects[0].change.service if incident.suspects else None


def quiet_charts(
    events: Events, grid: Grid, changes: pa.Table, ledger: tuple[dict[str, Any], ...]
) -> Charts:
    """Return the chart tables of logs in which no incident was found."""
    series = max(
        failing_series(count_people(events, grid)), key=lambda s: int(s.tried.sum()), default=None
    )
    empty = np.zeros(grid.bins, dtype=np.int64)
    tried, failed = (series.tried, series.failed) if series else (empty, empty)
    return Charts(
        minutes=_table(grid, tried, failed, tried),
        stages=STAGES.empty_table(),
        issuing=ISSUING.empty_table(),
        lanes=lanes_of(changes.to_pylist(), None, ()),
        gaps=gaps_of(ledger),
        bin_s=grid.width_s,
    )


def empty_charts() -> Charts:
    """Return chart tables without a row, for logs that hold no attempt."""
    tables = {
        "minutes": MINUTES,
        "stages": STAGES,
        "issuing": ISSUING,
        "lanes": LANES,
        "gaps": GAPS,
    }
    return Charts(**{name: schema.empty_table() for name, schema in tables.items()})


def _minutes(case: Case) -> pa.Table:
    series = case.series
    failed, tried = series.failed, series.tried
    if series.reason == MISSING:  # what is missing is no attempt, and nobody failed
        failed, tried = np.zeros_like(failed), tried - failed
    first = int((case.start_us - case.grid.start_us) // (case.grid.width_s * MICROS))
    usual = tried[:first] if first >= SILENT_BINS else tried
    return _table(case.grid, tried, failed, usual)


def _reasons(case: Case) -> pa.Table:
    """Return people failing per bin and reason, where the signal's service failed for it.

    Somebody who fails for two reasons in one bin counts for each.
    """
    signal = case.incident.signal
    tables = [REASONS.empty_table()]
    step = signal.service, signal.event_type
    for (_, _, reason), people in count_people(case.events, case.grid, step=step).items():
        if reason:
            some = np.flatnonzero(people)
            columns = [_times(case.grid).take(pa.array(some)), [reason] * len(some), people[some]]
            tables.append(pa.Table.from_arrays([pa.array(c) for c in columns], schema=REASONS))
    return pa.concat_tables(tables).sort_by([("time", "ascending"), ("reason", "ascending")])


def _table(grid: Grid, tried: Ints, failed: Ints, usual: Ints) -> pa.Table:
    """Put the counts beside the band in which 98 % of the usual minutes lie."""
    low, high = np.quantile(usual, BAND) if len(usual) else (0.0, 0.0)
    columns = [
        _times(grid),
        tried,
        np.full(grid.bins, float(low)),
        np.full(grid.bins, float(high)),
        failed,
        _spoken(tried),
    ]
    return pa.Table.from_arrays([pa.array(c) for c in columns], schema=MINUTES)


def _spoken(tried: Ints) -> Bools:
    """Tell the bins that do not lie in a silence of several bins: silence is missing, not zero."""
    heard = np.flatnonzero(np.concatenate(([1], tried, [1])))
    spoken = np.ones(len(tried), dtype=bool)
    for before, after in itertools.pairwise(heard.tolist()):
        if after - before > SILENT_BINS:
            spoken[before : after - 1] = False
    return spoken


def _stages(case: Case) -> pa.Table:
    """Return sign-in, issue and first use, in people and tokens, per bin."""
    tables = []
    for stage, event_type in (("login", "login"), ("issue", "token_issue")):
        params = [case.grid.start_us, case.grid.width_s * MICROS, event_type, case.grid.end_us]
        rows = run_sql(STAGE, params, events=case.events, passed=case.passed)
        counts = (dense(rows, name, case.grid.bins) for name in ("attempts", "successes"))
        tables.append(_stage(case.grid, stage, *counts))
    used = case.per_bin(case.fresh), case.per_bin(case.fresh & ~case.units.failed)
    tables.append(_stage(case.grid, "first_use", *used))
    asked = _challenges(case)
    if asked:
        tried, left = sum(s.tried for s in asked), sum(s.failed for s in asked)
        tables.append(_stage(case.grid, "challenge", np.asarray(tried), np.asarray(tried - left)))
    return pa.concat_tables(tables)


def _challenges(case: Case) -> list[Series]:
    """Return the series of challenges asked and left open, where any were asked."""
    if case.series.reason == UNRESOLVED:
        return [case.series]
    return open_challenges(case.events, case.grid)


def _stage(grid: Grid, name: str, attempts: Ints, successes: Ints) -> pa.Table:
    columns = [_times(grid), pa.array([name] * grid.bins), attempts, successes]
    return pa.Table.from_arrays([pa.array(c) for c in columns], schema=STAGES)


def _issuing(case: Case, incident: Incident) -> pa.Table:
    issuer, grid = issuer_of(case, blamed_service(incident)), case.grid
    if issuer is None:
        return ISSUING.empty_table()
    params = [grid.start_us, grid.width_s * MICROS, issuer, grid.end_us]
    rows = run_sql(ISSUED, params, events=case.events)
    columns = [_times(grid).take(rows["bin"]), rows["version"].cast(pa.string()), rows["tokens"]]
    return pa.Table.from_arrays(columns, schema=ISSUING)


def lanes_of(
    changes: list[dict[str, Any]], incident: Incident | None, claims: tuple[Claim, ...]
) -> pa.Table:
    """Return changes, responders' acts, alerts and claims, each in its lane and with its role."""
    rows = [_lane(row, incident) for row in changes if row["time"]]
    rows += [
        {
            "time": c.time,
            "lane": "claim",
            "label": c.text,
            "change_id": c.place,
            "role": "claim",
            "note": c.kind,
        }
        for c in claims
    ]
    rows.sort(key=lambda row: row["time"])
    return pa.Table.from_pylist(rows, schema=LANES)


def _lane(row: dict[str, Any], incident: Incident | None) -> dict[str, Any]:
    name, kind = change_id(row), row["change_type"] or "change"
    shown = {"time": row["time"], "end_time": row["end_time"], "change_id": name}
    if kind == "alert":
        return shown | {"lane": "alert", "role": "mark", "label": row["description"] or "alert"}
    if kind == "incident":
        return shown | {"lane": "response", "role": "mark", "label": row["status"] or "mark"}
    words = (row["service"], kind.replace("_", " "), row["version"])
    label = " ".join(word for word in words if word)
    if kind == "flag" and row["description"]:
        label = str(row["description"])
    if incident is None:
        return shown | {"lane": "change", "role": "ruled_out", "label": label}
    during = row["time"] > incident.onset and (
        not incident.recovered or row["time"] < incident.recovered
    )
    found = next((s.probability for s in incident.suspects if s.change.id == name), 0.0)
    why = next((c.excluded_because for c in incident.changes_considered if c.id == name), None)
    if during and kind in ACTS:
        effect = next((m.effect for m in incident.mitigations if m.change == name), None)
        note = f"effect: {effect}" if effect else None
        return shown | {"lane": "response", "role": "mitigation", "label": label, "note": note}
    role = "suspect" if found >= SUSPECTED else "ruled_out"
    return shown | {
        "lane": "change",
        "role": role,
        "label": label,
        "probability": found,
        "note": why,
    }


def _times(grid: Grid) -> pa.Array:
    starts = grid.start_us + np.arange(grid.bins) * grid.width_s * MICROS
    return pa.array(starts).cast(UTC)
