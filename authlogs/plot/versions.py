"""The figure of versions: how often each build failed in the incident, and its share over time."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.likelihood import rate_interval
from authlogs.analysis.result import Incident, Investigation
from authlogs.errors import BadCall
from authlogs.plot.bins import THIN, clip_bins, shares_of
from authlogs.plot.drawn import TimelineData, blamed_version, timeline_data
from authlogs.plot.frame import Words, open_frame, room_pt, say_empty
from authlogs.plot.incidents import charts_of, main_incident, seen_when
from authlogs.plot.lettering import literal
from authlogs.plot.rows import fitting, row_pt
from authlogs.plot.style import Style, ink_rules, look_of
from authlogs.plot.version_ink import FOOT_PT, draw_rates, draw_rollout

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATES = pa.schema(
    [
        ("version", pa.string()),
        ("attempts", pa.int64()),
        ("failures", pa.int64()),
        ("rate", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("thin", pa.bool_()),
        ("role", pa.string()),
    ]
)
Z95 = 1.959964
SHARE_PT = 150.0


@dataclass(frozen=True, kw_only=True)
class VersionsData(Words):
    """What `plot_versions` draws.

    rates:   version, attempts and failures in the incident, rate with its 95 % interval (low, high;
             Wilson 1927), thin (under ten attempts), role (most_supported or recorded)
    timeline: the axis, and in its `issuing` the share of each version over time
    """

    service: str | None
    path: str | None
    rates: pa.Table
    timeline: TimelineData


def versions_data(investigation: Investigation, *, service: str | None = None) -> VersionsData:
    """Return failing shares and rollout of the versions of a service, for `plot_versions`.

    By default of the service whose change is blamed, else of the one whose versions differ most.
    Raises BadCall for a service that the logs name no version of.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.versions_data(al.investigate(logs)).rates["version"].to_pylist()
    ['5.13.0', '5.12.0']
    """
    incident = main_incident(investigation)
    builds = charts_of(investigation).builds
    inside = _inside(builds, incident)
    path = _path(builds, inside, incident, service)
    blamed = blamed_version(incident)
    rows = _rates(inside, path, blamed) if path else []
    title = _title(rows, path, incident)
    told = [f"{row['version']} {_said(row)}" for row in rows]
    return VersionsData(
        title=title,
        subtitle=seen_when(investigation, incident),
        notes=(
            "Dot: failing share in the incident with its 95 % interval; pale: under 10 attempts.",
        )
        if rows
        else (),
        alt=f"{title}." + (literal(f" {'; '.join(told)}.") if told else ""),
        service=path[1] if path else None,
        path=path[0] if path else None,
        rates=pa.Table.from_pylist(rows, schema=RATES),
        timeline=_shares(investigation, builds, path, blamed),
    )


def plot_versions(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    service: str | None = None,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw how often each version of a service failed, with intervals, and its share over time.

    Returns the axes; its `child_axes` are the rates and the shares. With `ax` all but title and
    notes stands in its box. `style` and `dark` are those of `plot_timeline`. Raises BadCall for an
    unknown service or style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_versions(al.investigate(logs), service="gateway")
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = versions_data(investigation, service=service)
        found = data.rates.to_pylist()
        below = SHARE_PT * look.scale
        taken = below + 2 * FOOT_PT * look.scale
        kept = fitting(len(found), room_pt(ax, look), look, taken=taken)
        tall = (min(len(found), kept + 1) or 3) * row_pt(look) + taken
        frame = open_frame(ax, data, look, height_pt=tall)
        if not found:
            say_empty(frame.host, "no attempt names the version of a service", look)
            return frame.host
        top = draw_rates(frame, found, kept, [_said(row) for row in found])
        draw_rollout(
            frame, data.timeline, f"Share of {literal(data.service or '')} by version", top=top
        )
    return frame.host


Path = tuple[str, str]
"""A role, `issue` or `use`, and a service."""


def _inside(builds: pa.Table, incident: Incident | None) -> pa.Table:
    if incident is None:
        return builds
    kept = builds.filter(pc.greater_equal(builds["time"], pa.scalar(incident.onset)))
    if incident.recovered is None:
        return kept
    return kept.filter(pc.less(kept["time"], pa.scalar(incident.recovered)))


def _path(
    builds: pa.Table, inside: pa.Table, incident: Incident | None, service: str | None
) -> Path | None:
    """Return the role and service to show: the one asked for, the blamed, or the most uneven."""
    known = builds.select(["role", "service"]).group_by(["role", "service"]).aggregate([])
    paths = sorted((row["role"], row["service"]) for row in known.to_pylist())
    if service is not None and service not in {name for _, name in paths}:
        names = ", ".join(sorted({name for _, name in paths})) or "none"
        raise BadCall(
            f"no version of {service!r} is in these logs", next_step=f"choose from {names}"
        )
    blamed = incident.suspects[0].change.service if incident and incident.suspects else None
    for wanted in (service, blamed):
        own = [path for path in paths if path[1] == wanted]
        if wanted and own:
            return max(own, key=lambda path: _unevenness(inside, path))
    return max(paths, key=lambda path: _unevenness(inside, path), default=None)


def _unevenness(inside: pa.Table, path: Path) -> float:
    """Return how far apart a service's versions fail; few attempts count less."""
    rates = [row["failures"] / (row["attempts"] + THIN) for row in _summed(inside, path)]
    return max(rates, default=0.0) - min(rates, default=0.0)


def _summed(builds: pa.Table, path: Path) -> list[dict[str, Any]]:
    own = builds.filter(
        pc.and_(pc.equal(builds["role"], path[0]), pc.equal(builds["service"], path[1]))
    )
    sums = own.group_by("version").aggregate([("attempts", "sum"), ("failures", "sum")])
    named = sums.rename_columns(["version", "attempts", "failures"])
    rows: list[dict[str, Any]] = named.sort_by("version").to_pylist()
    return rows


def _rates(inside: pa.Table, path: Path, blamed: str | None) -> list[dict[str, Any]]:
    rows = []
    for row in _summed(inside, path):
        low, high = rate_interval(row["failures"], row["attempts"], Z95)
        told = {"rate": row["failures"] / row["attempts"], "low": low, "high": high}
        thin = row["attempts"] < THIN
        role = "most_supported" if row["version"] == blamed else "recorded"
        rows.append(row | told | {"thin": thin, "role": role})
    return sorted(rows, key=lambda row: (-row["rate"], -row["attempts"], row["version"]))


def _shares(
    investigation: Investigation, builds: pa.Table, path: Path | None, blamed: str | None
) -> TimelineData:
    timeline = timeline_data(investigation)
    role, service = path or ("", "")
    own = builds.filter(
        pc.and_(pc.equal(builds["role"], role), pc.equal(builds["service"], service))
    )
    counted = own.select(["time", "version", "attempts"]).rename_columns(
        ["time", "version", "tokens"]
    )
    clipped = clip_bins(counted, (timeline.start, timeline.end))
    shares = shares_of(clipped, timeline.share_bin_s, keep=blamed)
    return replace(timeline, issuing=shares, blamed_version=blamed)


def _title(rows: list[dict[str, Any]], path: Path | None, incident: Incident | None) -> str:
    if not rows or path is None:
        return "No version can be told apart" if incident else "No incident was found"
    first, last = rows[0], rows[-1]
    name = literal(path[1])
    if len(rows) == 1:
        return f"{name} ran {literal(first['version'])} alone: {_said(first)}"
    return (
        f"{name} {literal(first['version'])} fails in {first['rate']:.0%} of its attempts, "
        f"{literal(last['version'])} in {last['rate']:.0%}"
    )


def _said(row: dict[str, Any]) -> str:
    """Return `412 of 412 fail, 100 % (99 % to 100 %)`."""
    rate, low, high = (f"{100 * row[name]:.3g} %" for name in ("rate", "low", "high"))
    return f"{row['failures']:,} of {row['attempts']:,} fail, {rate} ({low} to {high})"
