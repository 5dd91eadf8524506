"""From logs to an investigation: detect, attribute, and everything that goes beside them."""

import dataclasses
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from authlogs.analysis.attribution import weigh_case
from authlogs.analysis.case import Case, open_case
from authlogs.analysis.caveats import caveats
from authlogs.analysis.charts import draw_up, empty_charts, quiet_charts
from authlogs.analysis.claims import read_claims
from authlogs.analysis.clock_offsets import clock_offsets
from authlogs.analysis.coverage import cover
from authlogs.analysis.detection import detect
from authlogs.analysis.facts import gather_facts
from authlogs.analysis.impact import measure_impact
from authlogs.analysis.mitigations import judge_mitigations
from authlogs.analysis.phases import time_phases
from authlogs.analysis.priors import Priors
from authlogs.analysis.result import Charts, Incident, Investigation, hit_most
from authlogs.analysis.segments import compare_segments
from authlogs.analysis.series import edges_of, find_grid, moment
from authlogs.engine.base import Events, as_events
from authlogs.engine.remembering import remembered
from authlogs.engine.spark_table import SparkTable
from authlogs.logs import Logs
from authlogs.progress import Advance, bar
from authlogs.schema import TALLY
from authlogs.window import parse_zone

CALIBRATION = (
    "probabilities are model probabilities under the stated priors; they have not been calibrated "
    "on labelled incidents yet"
)
SHOWN = (
    "source_file", "kind", "sha256", "size", "compression", "encoding", "format", "confidence",
    "zone", "year", "year_from", "first_time", "last_time", "logs_success", "truncated", "error",
    *TALLY,
)  # fmt: skip
LIBRARIES = ("pyarrow", "duckdb", "numpy")


@remembered()
def investigate(
    logs: Logs,
    *,
    display_zone: str | None = None,
    priors: Priors | None = None,
    history: Any = None,
) -> Investigation:
    """Find the incidents in `logs`, weigh what could have caused each, and gather what goes beside.

    `display_zone` is the zone people read times in; by default the one that was given for naive
    sources, else UTC. `history` holds events of healthy days of the same service (Logs, a table, a
    store's path): they say how many sign-ins there would have been. Logs without incidents give an
    Investigation without incidents.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.investigate(logs).incidents[0].verdict
    'change'
    """
    zone, usual = display_zone or _zone_of(logs), None if history is None else as_events(history)
    grid = find_grid(logs.dataset)
    with bar("looking for incidents", 1, unit="step"):
        found = detect(logs) if grid else ()
    with bar("weighing causes", 2 * len(found), unit="step") as advance:
        cases = [_opened(i, logs, priors or Priors(), advance) for i in found]
        incidents = tuple(_complete(case, advance, usual) for case in cases)
    ledger = cover(logs.dataset, logs.sources, grid) if grid else ()
    times = _times(logs)
    return Investigation(
        display_zone=zone,
        analysed=(moment(grid.start_us), moment(grid.end_us)) if grid else times,
        data_through=times[1],
        incidents=incidents,
        coverage=ledger,
        clock_offsets=clock_offsets(logs.dataset) if grid else (),
        warnings=caveats(logs, grid, found),
        calibration=CALIBRATION,
        accounting=_accounting(logs),
        sources=tuple(_source(row) for row in logs.sources.to_pylist()),
        software=_software(logs),
        charts=_charts(logs, cases, incidents, ledger, zone),
        facts=gather_facts(logs.changes, zip(cases, incidents, strict=True)),
    )


def _opened(incident: Incident, logs: Logs, priors: Priors, advance: Advance) -> Case:
    case = open_case(incident, logs.dataset, logs.changes, priors)
    advance(1)
    return case


def _complete(case: Case, advance: Advance, usual: Events | None) -> Incident:
    incident = weigh_case(case)
    advance(1)
    return dataclasses.replace(
        incident,
        mitigations=judge_mitigations(case, incident),
        impact=measure_impact(case, usual),
        phases=time_phases(case, incident),
        segments=compare_segments(case),
    )


def _charts(
    logs: Logs,
    cases: list[Case],
    incidents: tuple[Incident, ...],
    ledger: tuple[dict[str, Any], ...],
    zone: str,
) -> Charts:
    """Draw up the charts of the incident that hit most people."""
    if not incidents:
        grid = find_grid(logs.dataset)
        return quiet_charts(logs.dataset, grid, logs.changes, ledger) if grid else empty_charts()
    incident = hit_most(incidents) or incidents[0]
    case = cases[incidents.index(incident)]
    there = parse_zone(zone)
    claims = read_claims(logs.sources, incident.onset.astimezone(there).date(), there)
    return draw_up(case, incident, ledger, claims)


def _zone_of(logs: Logs) -> str:
    zones = [zone for zone in logs.sources["zone"].to_pylist() if zone]
    return max(sorted(set(zones)), key=zones.count) if zones else "UTC"


def _times(logs: Logs) -> tuple[datetime, datetime]:
    """Return the first and last time of the events; the epoch where there is none."""
    first, last = edges_of(logs.dataset)
    return first or moment(0), last or moment(0)


def _accounting(logs: Logs) -> Mapping[str, int]:
    sums = {name: sum(logs.sources[name].to_pylist()) for name in TALLY}
    return {"files": len(logs.sources)} | sums


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN}


def _software(logs: Logs) -> dict[str, str]:
    found = {"authlogs": _version("authlogs"), "python": platform.python_version()}
    engine = ("pyspark",) if isinstance(logs.dataset, SparkTable) else ()
    return found | {name: _version(name) for name in (*LIBRARIES, *engine)}


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "unknown"
