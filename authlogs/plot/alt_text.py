"""The timeline in words, from the numbers that it draws: for people who cannot see it."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.result import Charts, Incident, Investigation
from authlogs.analysis.words import Clock, clock_of, headline, tail_words
from authlogs.plot.bins import unit_name
from authlogs.plot.incidents import main_incident

STAGES = (("login", "signing in"), ("issue", "issuing"), ("first_use", "first use"))


def alt_text(investigation: Investigation) -> str:
    """Return what the timeline shows in a few sentences."""
    incident = main_incident(investigation)
    clock = clock_of(investigation, incident)
    told = [f"Timeline, {clock.weekday()}, {clock.stretch(investigation.analysed)}"]
    if incident is None:
        return f"{told[0]}. No incident was found."
    told.append(headline(investigation, incident))
    if investigation.charts is not None:
        told += _drawn(investigation.charts, incident, clock)
    if tail := tail_words(incident):
        told.append(tail)
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in told if sentence)


def _drawn(charts: Charts, incident: Incident, clock: Clock) -> Iterator[str]:
    lanes = charts.lanes["lane"].to_pylist()
    counts = [(lanes.count("change"), "change"), (lanes.count("response"), "responders' act")]
    counts += [(lanes.count("alert"), "alert"), (lanes.count("claim"), "claimed time")]
    shown = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count]
    if shown:
        yield f"the lanes show {', '.join(shown)}"
    if charts.minutes.num_rows:
        peak = max(charts.minutes.to_pylist(), key=lambda row: row["people_failing"])
        when = f"in the {unit_name(charts.bin_s)} from {clock.time(peak['time'])}"
        yield f"at most {peak['people_failing']:,} people fail {when}"
    rates = [
        f"{words} {rate:.0%}"
        for name, words in STAGES
        if (rate := _rate(charts, name, incident)) is not None
    ]
    if rates:
        yield f"from onset to recovery these succeed: {', '.join(rates)}"


def _rate(charts: Charts, stage: str, incident: Incident) -> float | None:
    """Return the share of a stage that succeeds from the onset until new sign-ins are well."""
    fresh = incident.recovery.get("new_sign_ins")
    end = fresh.time if fresh else incident.recovered
    rows = charts.stages.filter(pc.equal(charts.stages["stage"], stage))
    rows = rows.filter(pc.greater_equal(rows["time"], pa.scalar(incident.onset, rows["time"].type)))
    if end is not None:
        rows = rows.filter(pc.less(rows["time"], pa.scalar(end, rows["time"].type)))
    tried = pc.sum(rows["attempts"]).as_py() or 0
    return (pc.sum(rows["successes"]).as_py() or 0) / tried if tried else None
