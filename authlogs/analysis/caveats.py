"""What was assumed, what was not searched, and what limits the answer: said, never swallowed."""

from authlogs.analysis.case import CENSORED_S
from authlogs.analysis.result import Incident
from authlogs.analysis.series import ATTEMPTS, MICROS, Grid, micros, moment
from authlogs.engine.queries import run_sql
from authlogs.logs import Logs

FAILING_THROUGHOUT = 0.5
SEARCHED = f"""
SELECT count(*) FILTER (WHERE NOT inside) AS outside, min(at_us) FILTER (WHERE NOT inside) AS first,
       max(at_us) FILTER (WHERE NOT inside) AS last, count(*) FILTER (WHERE inside) AS attempts,
       count(*) FILTER (WHERE inside AND outcome = 'failure') AS failed
FROM (SELECT outcome, unix_micros("time") AS at_us,
             unix_micros("time") >= $1 AND unix_micros("time") < $2 AS inside
      FROM events WHERE {ATTEMPTS})
"""


def caveats(logs: Logs, grid: Grid | None, found: tuple[Incident, ...]) -> tuple[str, ...]:
    """Return a sentence for everything that the reader should hold against the answer."""
    limits = searched(logs, grid, found) if grid else ["no attempt to sign in was found"]
    said = [*logs.warnings, *_sources(logs), *limits]
    if not len(logs.changes):
        said.append("there are no change records: only causes without a record could be weighed")
    return tuple(said)


def _sources(logs: Logs) -> list[str]:
    rows = logs.sources.to_pylist()
    said = [f"{row['source_file']}: {row['error']}" for row in rows if row["error"]]
    zones: dict[str, list[str]] = {}
    years: dict[str, list[str]] = {}
    for row in rows:
        if row["zone"]:
            zones.setdefault(row["zone"], []).append(row["source_file"])
        if row["year"]:
            years.setdefault(f"{row['year']} ({row['year_from']})", []).append(row["source_file"])
    said += [f"times without a zone were read as {z}: {', '.join(f)}" for z, f in zones.items()]
    said += [f"times without a year were read as {y}: {', '.join(f)}" for y, f in years.items()]
    return said


def searched(logs: Logs, grid: Grid, found: tuple[Incident, ...]) -> list[str]:
    """Return what limits a search: attempts outside it, no quiet time, an onset before the logs."""
    told = run_sql(SEARCHED, [grid.start_us, grid.end_us], events=logs.dataset).to_pylist()[0]
    said = []
    if told["outside"]:
        said.append(
            f"{told['outside']} attempts between {moment(told['first']):%Y-%m-%d %H:%M} and "
            f"{moment(told['last']):%Y-%m-%d %H:%M} UTC lie more than a day from the others and "
            "were not searched: narrow the window with since and until"
        )
    share = told["failed"] / max(1, told["attempts"])
    if not found and share >= FAILING_THROUGHOUT:
        said.append(f"{share:.0%} of all attempts fail throughout: nothing quiet to compare with")
    edge = grid.start_us + CENSORED_S * MICROS
    said += [
        f"{incident.incident_id} may have begun before these logs: its onset tells nothing"
        for incident in found
        if micros(incident.onset) < edge
    ]
    return said
