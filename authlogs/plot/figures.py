"""Every figure by its name, for whoever wants one or all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from authlogs.analysis.result import Investigation
from authlogs.plot.coverage import coverage_data, plot_coverage
from authlogs.plot.drawn import timeline_data
from authlogs.plot.journey import journey_data, plot_journey
from authlogs.plot.phases import phases_data, plot_phases
from authlogs.plot.segments import plot_segments, segments_data
from authlogs.plot.suspects import plot_suspects, suspects_data
from authlogs.plot.timeline import plot_timeline
from authlogs.plot.token_plane import plot_token_plane, token_plane_data
from authlogs.plot.versions import plot_versions, versions_data

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Drawable:
    """A figure: what draws it, and what gives the tables and the words that are drawn."""

    plot: Callable[..., Any]
    data: Callable[[Investigation], Any]


FIGURES: Final[Mapping[str, Drawable]] = {
    "timeline": Drawable(plot=plot_timeline, data=timeline_data),
    "suspects": Drawable(plot=plot_suspects, data=suspects_data),
    "token-plane": Drawable(plot=plot_token_plane, data=token_plane_data),
    "versions": Drawable(plot=plot_versions, data=versions_data),
    "segments": Drawable(plot=plot_segments, data=segments_data),
    "journey": Drawable(plot=plot_journey, data=journey_data),
    "phases": Drawable(plot=plot_phases, data=phases_data),
    "coverage": Drawable(plot=plot_coverage, data=coverage_data),
}


def draw_figure(name: str, investigation: Investigation, **look: Any) -> tuple["Figure", str]:
    """Return a figure of FIGURES and its alt text; `look` are `style`, `dark` and its own options.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> figure, alt = draw_figure("phases", al.investigate(logs), style="slide")
    """
    drawable = FIGURES[name]
    axes = drawable.plot(investigation, **look)
    alt: str = drawable.data(investigation).alt
    return axes.figure.canvas.figure, alt
