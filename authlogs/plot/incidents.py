"""Which incident a figure is about, and how its line below the title says so."""

from datetime import tzinfo

from authlogs.analysis.result import Charts, Incident, Interval, Investigation, hit_most
from authlogs.errors import BadCall
from authlogs.plot.lettering import literal
from authlogs.window import parse_zone, zone_label


def charts_of(investigation: Investigation) -> Charts:
    """Return the tables of an investigation, without a row where it has none."""
    from authlogs.analysis.charts import empty_charts

    return investigation.charts or empty_charts()


def main_incident(investigation: Investigation) -> Incident | None:
    """Return the incident that hit most people: the one the charts were drawn up for."""
    return hit_most(investigation.incidents)


def chosen_incident(investigation: Investigation, incident_id: str | None) -> Incident | None:
    """Return the incident of that id; without one, the one that hit most people.

    Raises BadCall where no incident has the id.
    """
    if incident_id is None:
        return main_incident(investigation)
    found = {incident.incident_id: incident for incident in investigation.incidents}
    if incident_id not in found:
        raise BadCall(
            f"no incident has the id {incident_id!r}",
            next_step=f"choose from {', '.join(found)}" if found else "no incident was found",
        )
    return found[incident_id]


def seen_when(investigation: Investigation, incident: Incident | None) -> str:
    """Return the line below the title: what failed where, from when to when, in which zone."""
    if incident is None:
        return between(investigation, investigation.analysed)
    seen = f"{incident.signal.reason} on {incident.signal.service or 'every service'}"
    until = incident.recovered or max(investigation.data_through, incident.onset)
    told = between(investigation, (incident.onset, until))
    goes_on = " and going on" if incident.status == "ongoing" else ""
    return literal(f"{seen}, {told}{goes_on}")


def between(investigation: Investigation, interval: Interval) -> str:
    """Return a stretch in local time, with its date and its zone."""
    zone = parse_zone(investigation.display_zone)
    first, last = (moment.astimezone(zone) for moment in interval)
    until = f"{last:%H:%M:%S}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M:%S}"
    place = zone_name(investigation.display_zone, zone, interval)
    return f"{first:%Y-%m-%d %H:%M:%S} to {until}, {place}"


def zone_name(name: str, zone: tzinfo, axis: Interval) -> str:
    """Return the zone with its offset; with both where the clocks change on the axis."""
    first, last = (zone_label(zone, moment) for moment in axis)
    offset = first if first == last else f"{first}, later {last}"
    return first if name.strip() in {"UTC", "Z"} else f"{literal(name.strip())} ({offset})"
