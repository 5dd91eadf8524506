"""The figure of phases: how long until detection, mitigation and the end, for every incident."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.chart_tables import UTC
from authlogs.analysis.result import Incident, Investigation
from authlogs.analysis.words import clock_of, span
from authlogs.plot.frame import Words, size_pt
from authlogs.plot.incidents import between
from authlogs.plot.lettering import literal, shorten
from authlogs.plot.rows import Row, open_rows
from authlogs.plot.shading import missing_fill, tail_fill
from authlogs.plot.style import Ink, Look, Style, ink_rules, look_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PHASES = pa.schema(
    [
        ("incident_id", pa.string()),
        ("incident", pa.string()),
        ("phase", pa.string()),
        ("start_s", pa.float64()),
        ("end_s", pa.float64()),
        ("end", UTC),
    ]
)
NAMES = {
    "ttd": "TTD, time to detect",
    "tta": "TTA, time to acknowledge",
    "ttm": "TTM, time to mitigate",
    "ttr": "TTR, time to recover",
    "tail": "tail, after the reversal",
}
"""The field's words, as in the SRE workbook: each counts from the onset, but for the tail."""
SAID = {"ttd": "detected", "tta": "acknowledged", "ttm": "mitigated", "ttr": "recovered"}
COLOURS = {"ttd": "purple", "tta": "green", "ttm": "blue", "ttr": "deep", "tail": "grey"}
HATCHES = {"ttd": "", "tta": "....", "ttm": "\\\\", "ttr": "", "tail": "////"}
STEPS_S = (10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800)


@dataclass(frozen=True, kw_only=True)
class PhasesData(Words):
    """What `plot_phases` draws.

    phases: incident_id, incident (its name), phase (ttd, tta, ttm, ttr, tail), start_s and end_s
            (seconds after the onset; end_s is null where no record tells), end (UTC)
    """

    phases: pa.Table


def phases_data(investigation: Investigation) -> PhasesData:
    """Return how long each phase of each incident lasted, as `plot_phases` draws them.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.phases_data(al.investigate(logs)).phases["phase"].to_pylist()
    ['ttd', 'tta', 'ttm', 'ttr', 'tail']
    """
    rows = [row for incident in investigation.incidents for row in _rows(investigation, incident)]
    title, alt = _told(rows)
    return PhasesData(
        title=title,
        subtitle=between(investigation, investigation.analysed),
        notes=("Each phase counts from the onset; the tail from the end of the reversal.",)
        if rows
        else (),
        alt=alt,
        phases=pa.Table.from_pylist(rows, schema=PHASES),
    )


def plot_phases(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw how long detection, acknowledgement, mitigation, recovery and the tail took.

    What no record tells is hatched, never zero. Returns the axes; the rows are in its
    `child_axes`. With `ax` all but title and notes stands in its box. `style` and `dark` are those
    of `plot_timeline`. Raises BadCall for an unknown style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_phases(al.investigate(logs), style="paper")
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = phases_data(investigation)
        found = _with_heads(data.phases.to_pylist())
        drawn = open_rows(
            ax, data, [_row(row, look) for row in found], look, gid="phases",
            rest=lambda kept: _rest(found[kept:]), empty="no incident, no phases", text_share=0.25,
        )  # fmt: skip
        if drawn.panel is not None:
            _draw(drawn.panel, found[: drawn.kept], look)
    return drawn.host


def _rows(investigation: Investigation, incident: Incident) -> list[dict[str, Any]]:
    phases, clock = incident.phases, clock_of(investigation, incident)
    name = f"{incident.signal.reason}, {clock.day} {clock.time(incident.onset)}"
    ends = {name: getattr(phases, f"{name}_s") for name in SAID}
    found: list[dict[str, Any]] = []
    for phase, seconds in ends.items():
        found.append(_phase(incident, name, phase, (0.0, seconds)))
    if phases.tail_s is not None:
        over = ends["ttr"] if ends["ttr"] is not None else phases.tail_s
        found.append(_phase(incident, name, "tail", (over - phases.tail_s, over)))
    return found


def _phase(
    incident: Incident, name: str, phase: str, stretch: tuple[float, float | None]
) -> dict[str, Any]:
    start, end = stretch
    return {
        "incident_id": incident.incident_id,
        "incident": literal(name),
        "phase": phase,
        "start_s": start,
        "end_s": end,
        "end": incident.onset + timedelta(seconds=end) if end is not None else None,
    }


def _with_heads(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put a line with the incident's name above its phases, where there are several."""
    ids = dict.fromkeys(row["incident_id"] for row in rows)
    if len(ids) < 2:
        return rows
    found: list[dict[str, Any]] = []
    for wanted in ids:
        own = [row for row in rows if row["incident_id"] == wanted]
        found += [own[0] | {"phase": "head"}, *own]
    return found


def _row(row: dict[str, Any], look: Look) -> Row:
    if row["phase"] == "head":
        return Row(name="")
    return Row(name=NAMES[row["phase"]], text=_long(row), text_colour=look.ink)


def _long(row: dict[str, Any]) -> str:
    if row["end_s"] is None:
        return "not recorded"
    long = row["end_s"] - row["start_s"]
    return f"{span(abs(long))} before the onset" if long < 0 else span(long)


def _draw(panel: "Axes", rows: list[dict[str, Any]], look: Look) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    ends = [row["end_s"] for row in rows if row["end_s"] is not None]
    low, high = min(0.0, *ends, 0.0), max(60.0, *ends, 60.0)
    panel.set_xlim(low, high * 1.02)
    step = next((s for s in STEPS_S if (high - low) / s <= 8), (high - low) / 8)
    panel.xaxis.set_major_locator(MultipleLocator(step))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))
    panel.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)
    panel.set_xlabel("after the onset", fontsize=look.text_pt, color=look.ink, labelpad=1)
    panel.axvline(0.0, color=look.ink, linewidth=0.9, gid="moment:onset")
    for number, row in enumerate(rows):
        if row["phase"] == "head":
            _head(panel, number, row, look)
        else:
            _bar(panel, number, row, look)


def _head(panel: "Axes", number: int, row: dict[str, Any], look: Look) -> None:
    """Write an incident's name above its phases."""
    wide = size_pt(panel)[0]
    name = shorten(row["incident"], wide - 6.0, look.text_pt, bold=True)
    ink: Ink = {"fontsize": look.text_pt, "fontweight": "bold", "color": look.ink, "gid": "label"}
    where = panel.get_yaxis_transform()
    panel.text(3.0 / wide, number + 0.5, name, transform=where, va="center_baseline", **ink)


def _rest(rows: list[dict[str, Any]]) -> str:
    many = sum(row["phase"] == "head" for row in rows)
    return f"and {many} more incidents" if many else "and further phases"


def _bar(panel: "Axes", number: int, row: dict[str, Any], look: Look) -> None:
    y, tall, gid = number + 0.2, 0.6, f"phase:{row['phase']}"
    if row["end_s"] is None:
        last = panel.get_xlim()[1]
        panel.broken_barh([(0.0, last)], (y, tall), gid=gid, zorder=2, **missing_fill(look))
        return
    ink: Ink = {
        "facecolor": getattr(look, COLOURS[row["phase"]]),
        "edgecolor": look.paper,
        "hatch": HATCHES[row["phase"]] or None,
        "linewidth": 0.5,
    }
    if row["phase"] == "tail":
        ink = tail_fill(look) | {"edgecolor": look.quiet, "linewidth": 0.8}
    wide = row["end_s"] - row["start_s"]
    panel.broken_barh([(row["start_s"], wide)], (y, tall), gid=gid, zorder=2, **ink)


def _tick(seconds: float) -> str:
    return span(seconds) if seconds >= 0 else f"-{span(-seconds)}"


def _told(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the title and the alt text."""
    if not rows:
        title = "No incident was found, so there are no phases"
        return title, f"{title}."
    many = len({row["incident_id"] for row in rows})
    if many > 1:
        longest = max((row["end_s"] or 0.0 for row in rows), default=0.0)
        title = f"{many} incidents; the longest phase ends {span(longest)} after its onset"
    else:
        known = {row["phase"]: row["end_s"] for row in rows if row["end_s"] is not None}
        said = [f"{SAID[phase]} after {span(known[phase])}" for phase in SAID if phase in known]
        tail = [span(row["end_s"] - row["start_s"]) for row in rows if row["phase"] == "tail"]
        said += [f"with a tail of {tail[0]}"] if tail and tail[0] != "0 s" else []
        first = ", ".join(said) or "no record tells how it was answered"
        title = f"{first[0].upper()}{first[1:]}"
    told = [f"{row['incident']}: {NAMES[row['phase']]}, {_long(row)}" for row in rows]
    return title, f"{title}. {'; '.join(told)}."
