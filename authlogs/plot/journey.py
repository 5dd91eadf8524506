"""The figure of the journey: at which stage of signing in people are lost."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.result import Incident, Investigation
from authlogs.analysis.stage_counts import STAGES
from authlogs.plot.bins import THIN
from authlogs.plot.frame import Words, open_frame, room_pt, say_empty
from authlogs.plot.incidents import charts_of, main_incident, seen_when
from authlogs.plot.journey_ink import draw_journey
from authlogs.plot.style import Style, ink_rules, look_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = {stage: stage.replace("_", " ") for stage in STAGES}
PASSAGES = pa.schema(
    [
        ("stage", pa.string()),
        ("period", pa.string()),
        ("tried_per_hour", pa.float64()),
        ("passed_per_hour", pa.float64()),
        ("share", pa.float64()),
        ("thin", pa.bool_()),
        ("logged", pa.bool_()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class JourneyData(Words):
    """What `plot_journey` draws.

    passages: stage (those of NAMES, in order), period (usual, incident), tried_per_hour and
              passed_per_hour (people, once in five minutes), share (that passes), thin (under ten
              people), logged (false where no log tells the stage: then all is null)
    """

    passages: pa.Table
    worst: str | None


def journey_data(investigation: Investigation) -> JourneyData:
    """Return how many people pass each stage of signing in, as `plot_journey` draws it.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.journey_data(al.investigate(logs)).worst
    'first_use'
    """
    incident = main_incident(investigation)
    counts = charts_of(investigation).journey
    found = {(row["stage"], row["period"]): row for row in counts.to_pylist()}
    rows = [
        _passage(stage, period, found.get((stage, period)))
        for stage in STAGES
        for period in ("usual", "incident")
        if stage != "challenge" or any(name == stage for name, _ in found)
    ]
    if not found:
        rows = []
    losses = _losses(rows)
    worst = max(losses, key=lambda stage: losses[stage], default=None)
    title = _title(rows, worst, losses, incident)
    return JourneyData(
        title=title,
        subtitle=seen_when(investigation, incident),
        notes=(
            "People per hour, each once in five minutes and stage. Usual: the logs outside the "
            "incident. Hatched: no log tells this stage. Pale: under 10 people.",
        )
        if rows
        else (),
        alt=_alt(title, rows),
        passages=pa.Table.from_pylist(rows, schema=PASSAGES),
        worst=worst,
    )


def plot_journey(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw how many people try and pass each stage of signing in, in the incident and as usual.

    The stages are those of the authorization code flow (RFC 6749, section 4.1), with the challenge
    (second factor, consent) where there is one, the session and the first use of the token. A stage
    that no log tells is hatched, never zero. Returns the axes; the bars are in its `child_axes`.
    With `ax` all but title and notes stands in its box. `style` and `dark` are those of
    `plot_timeline`. Raises BadCall for an unknown style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_journey(al.investigate(logs))
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = journey_data(investigation)
        share = 0.36 if data.passages.num_rows else 0.08
        frame = open_frame(ax, data, look, height_pt=room_pt(ax, look, share=share))
        if data.passages.num_rows:
            draw_journey(frame, data.passages.to_pylist(), NAMES)
        else:
            say_empty(frame.host, "no stage of a sign-in could be told apart", look)
    return frame.host


def _passage(stage: str, period: str, row: dict[str, Any] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"stage": stage, "period": period, "logged": row is not None}
    if row is None:
        return told | dict.fromkeys(("tried_per_hour", "passed_per_hour", "share", "thin"))
    hours = row["hours"]
    return told | {
        "tried_per_hour": row["tried"] / hours if hours else None,
        "passed_per_hour": row["passed"] / hours if hours else None,
        "share": row["passed"] / row["tried"] if row["tried"] else None,
        "thin": row["tried"] < THIN,
    }


def _losses(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return, by stage, how much smaller a share passes in the incident than usually."""
    shares = {(row["stage"], row["period"]): row["share"] for row in rows if not row["thin"]}
    return {
        stage: shares[stage, "usual"] - shares[stage, "incident"]
        for stage in STAGES
        if shares.get((stage, "usual")) is not None and shares.get((stage, "incident")) is not None
    }


def _title(
    rows: list[dict[str, Any]],
    worst: str | None,
    losses: dict[str, float],
    incident: Incident | None,
) -> str:
    if not rows:
        none = "no stage of a sign-in could be told apart"
        return f"No incident was found; {none}" if incident is None else none.capitalize()
    if worst is None:
        return "No stage can be compared with the usual day"
    if losses[worst] < 0.01:
        return "At every stage as many pass as on the usual day"
    usual, meanwhile = (
        next(r["share"] for r in rows if (r["stage"], r["period"]) == (worst, period))
        for period in ("usual", "incident")
    )
    return (
        f"People are lost at {NAMES[worst]}: {meanwhile:.0%} pass in the incident, "
        f"{usual:.0%} on the usual day"
    )


def _alt(title: str, rows: list[dict[str, Any]]) -> str:
    told = []
    for stage in dict.fromkeys(row["stage"] for row in rows):
        own = {row["period"]: row for row in rows if row["stage"] == stage and row["logged"]}
        said = [
            f"{row['passed_per_hour']:,.0f} of {row['tried_per_hour']:,.0f} people an hour pass "
            f"{'in the incident' if period == 'incident' else 'usually'}"
            for period, row in own.items()
            if row["tried_per_hour"] is not None
        ]
        told.append(f"{NAMES[stage]}: {', '.join(said) or 'not in these logs'}")
    return f"{title}." + (f" {'; '.join(told)}." if rows else "")
