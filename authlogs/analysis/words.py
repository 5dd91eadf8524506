"""The sentences that the summary, the chart's title and the report share."""

from datetime import datetime, timedelta

from authlogs.analysis.result import Incident, Interval, Investigation, Suspect
from authlogs.window import parse_zone


def offset_label(when: datetime) -> str:
    """Return the UTC offset of an aware time, as in `UTC-05:00`."""
    text = when.strftime("%z")
    return "UTC" if text == "+0000" else f"UTC{text[:3]}:{text[3:5]}"


def local(when: datetime, zone: str, *, seconds: bool = True) -> str:
    """Return the wall-clock time in `zone`, with its offset."""
    there = when.astimezone(parse_zone(zone))
    return f"{there:%H:%M:%S} {offset_label(there)}" if seconds else f"{there:%H:%M}"


def stretch(interval: Interval, zone: str) -> str:
    """Return `09:41:11 to 09:41:16 UTC-05:00`."""
    low, high = (when.astimezone(parse_zone(zone)) for when in interval)
    return f"{low:%H:%M:%S} to {high:%H:%M:%S} {offset_label(high)}"


def span(seconds: float) -> str:
    """Return a duration in the two largest units that matter."""
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(int(whole.total_seconds()), 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def suspect_name(suspect: Suspect, zone: str) -> str:
    """Return `web deploy 5.13.0 of 09:41`."""
    change = suspect.change
    words = [change.service or "unnamed service", change.change_type.replace("_", " ")]
    words += [change.version] if change.version else []
    return f"{' '.join(words)} of {local(change.time, zone, seconds=False)}"


def headline(investigation: Investigation, incident: Incident) -> str:
    """Return the verdict in one sentence."""
    zone = investigation.display_zone
    until = local(incident.recovered, zone) if incident.recovered else "still going on"
    when = f"{local(incident.onset, zone)} to {until}"
    what = f"{incident.signal.reason} on {incident.signal.service or 'every service'}"
    if incident.verdict == "change" and incident.suspects:
        first = incident.suspects[0]
        cause = f"most supported: {suspect_name(first, zone)} ({first.probability:.0%})"
    elif incident.verdict == "no_change" and incident.theories:
        best = max(incident.theories, key=lambda theory: theory.probability)
        cause = f"no recorded change; most supported: {best.name.replace('_', ' ')}"
        cause += f" ({best.probability:.0%})"
    else:
        cause = "undetermined"
    return f"{what}, {when}; {cause}"


def theory_name(name: str) -> str:
    """Return a theory's name as words: `unlisted change (token-issuer)`."""
    kind, _, place = name.partition("@")
    return f"{kind.replace('_', ' ')} ({place})" if place else kind.replace("_", " ")


def chance(probability: float) -> str:
    """Return a probability as people write it: never a bare 0 or 1."""
    if probability < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if probability > 0.999 else f"{probability:.1%}".replace("%", " %")


def tail_words(incident: Incident) -> str | None:
    """Return why failures went on after the reversal; null where none was seen."""
    tail = incident.phases.tail_s
    if tail is None or tail < 60:
        return None
    return (
        f"failures went on for {span(tail)} after the reversal ended: tokens issued before it were "
        "still presented until they expired"
    )


def change_names(investigation: Investigation) -> dict[str, str]:
    """Return `gateway deploy 4.3.2 of 09:43 (id)` for every recorded change, by its id."""
    lanes = investigation.charts.lanes.to_pylist() if investigation.charts else []
    zone = investigation.display_zone
    return {
        row["change_id"]: f"{row['label']} of {local(row['time'], zone, seconds=False)} "
        f"({row['change_id']})"
        for row in lanes
        if row["lane"] in {"change", "response"}
    }
