"""The sentences that the summary, the chart's title and the report share."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from authlogs.analysis.result import ChangeRef, Impact, Incident, Interval, Investigation, Suspect
from authlogs.window import parse_zone

LEAST_TAIL_S = 60
FOLLOWED = {"token", "jti", "session"}
"""Lineage that follows a token from its issue to its use: only then a tail is explained."""


def offset_label(when: datetime) -> str:
    """Return the UTC offset of an aware time, as in `UTC-05:00`."""
    text = when.strftime("%z")
    return "UTC" if text == "+0000" else f"UTC{text[:3]}:{text[3:5]}"


def local(when: datetime, zone: str, *, seconds: bool = True) -> str:
    """Return the wall-clock time in `zone`, with its offset."""
    there = when.astimezone(parse_zone(zone))
    return f"{there:%H:%M:%S} {offset_label(there)}" if seconds else f"{there:%H:%M}"


@dataclass(frozen=True)
class Clock:
    """Tells times as people of one zone read them: always the offset, the date unless it is `day`.

    >>> from datetime import UTC, timezone
    >>> clock = Clock(timezone(timedelta(hours=-5)), date(2024, 5, 3))
    >>> clock.time(datetime(2024, 5, 3, 14, 41, tzinfo=UTC))
    '09:41:00 UTC-05:00'
    """

    zone: tzinfo
    day: date

    def time(self, when: datetime) -> str:
        """Return `09:41:14 UTC-05:00`, with the date in front where it is another day's."""
        there = when.astimezone(self.zone)
        return f"{self._plain(there)} {offset_label(there)}"

    def stretch(self, interval: Interval) -> str:
        """Return `09:41:11 to 09:41:16 UTC-05:00`; both offsets where the clocks change between."""
        low, high = (when.astimezone(self.zone) for when in interval)
        first = "" if offset_label(low) == offset_label(high) else f" {offset_label(low)}"
        return f"{self._plain(low)}{first} to {self._plain(high)} {offset_label(high)}"

    def weekday(self) -> str:
        """Return the day in words: `Friday 3 May 2024`."""
        return f"{self.day:%A} {self.day.day} {self.day:%B %Y}"

    def _plain(self, there: datetime) -> str:
        return f"{there:%H:%M:%S}" if there.date() == self.day else f"{there:%Y-%m-%d %H:%M:%S}"


def clock_of(investigation: Investigation, incident: Incident | None = None) -> Clock:
    """Return the clock of an incident's day, or of the first day that was analysed."""
    zone = parse_zone(investigation.display_zone)
    first = incident.onset if incident else investigation.analysed[0]
    return Clock(zone, first.astimezone(zone).date())


def span(seconds: float) -> str:
    """Return a duration in the two largest units that matter.

    >>> span(228), span(1680), span(13_740)
    ('3 min 48 s', '28 min', '3 h 49 min')
    """
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(int(whole.total_seconds()), 3600)
    minutes, left = divmod(rest, 60)
    units = (hours, "h"), (minutes, "min"), (left, "s")
    told = [f"{count} {unit}" for count, unit in units[: 2 if hours else 3] if count]
    return " ".join(told) or "0 s"


def change_title(change: ChangeRef) -> str:
    """Return `web deploy 5.13.0`."""
    words = [change.service or "unnamed service", change.change_type.replace("_", " ")]
    return " ".join([*words, change.version] if change.version else words)


def suspect_name(suspect: Suspect, zone: str) -> str:
    """Return `web deploy 5.13.0 of 09:41`."""
    return f"{change_title(suspect.change)} of {local(suspect.change.time, zone, seconds=False)}"


def change_names(investigation: Investigation, clock: Clock) -> dict[str, str]:
    """Return `gateway deploy 4.3.2 (09:43:00 UTC-05:00)` for every record of a change, by its id.

    The records stand in order of time. Alerts and other marks are among them.
    """
    suspects = [s.change for incident in investigation.incidents for s in incident.suspects]
    named = {c.id: (c.time, change_title(c)) for c in suspects}
    rows = investigation.charts.lanes.to_pylist() if investigation.charts else []
    named |= {r["change_id"]: (r["time"], r["label"]) for r in rows if r["lane"] != "claim"}
    ordered = sorted(named.items(), key=lambda item: item[1][0])
    return {found: f"{label} ({clock.time(when)})" for found, (when, label) in ordered}


def marks_of(investigation: Investigation) -> set[str]:
    """Return the ids of the records that mark what was noticed: alerts, acknowledgements."""
    rows = investigation.charts.lanes.to_pylist() if investigation.charts else []
    return {row["change_id"] for row in rows if row["role"] == "mark"}


def headline(investigation: Investigation, incident: Incident) -> str:
    """Return the verdict in one sentence."""
    zone = investigation.display_zone
    until = local(incident.recovered, zone) if incident.recovered else "still going on"
    when = f"{local(incident.onset, zone)} to {until}"
    what = f"{incident.signal.reason} on {incident.signal.service or 'every service'}"
    if first := incident.blamed:
        cause = f"most supported: {suspect_name(first, zone)} ({first.probability:.0%})"
    elif incident.verdict == "no_change" and incident.theories:
        best = max(incident.theories, key=lambda theory: theory.probability)
        cause = f"no recorded change; most supported: {theory_name(best.name)}"
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


def people_counted(impact: Impact) -> str:
    """Return what was counted as people: `addresses` where the logs name nobody."""
    return "addresses" if impact.identity_basis == "source_ip" else "people"


def tail_words(incident: Incident) -> str | None:
    """Return why failures went on after the reversal; null where none was seen."""
    tail = incident.phases.tail_s
    if tail is None or tail < LEAST_TAIL_S:
        return None
    told = f"failures went on for {span(tail)} after the reversal ended"
    if incident.lineage.level not in FOLLOWED:
        return told
    return f"{told}: tokens issued before it were still presented until they expired"
