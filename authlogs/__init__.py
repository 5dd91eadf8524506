"""Find out what broke the logins, from the logs that are there.

>>> import authlogs as al
>>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
>>> found = al.investigate(logs)
>>> found.incidents[0].verdict
'change'

The public names are all here and each is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from authlogs.analysis.attribution import attribute
    from authlogs.analysis.detection import detect
    from authlogs.analysis.first_look import FirstLook, triage
    from authlogs.analysis.investigation import investigate
    from authlogs.analysis.result import Finding, Incident, Investigation, Suspect, Theory
    from authlogs.analysis.rollups import rollup
    from authlogs.errors import (
        AuthlogsError,
        BadCall,
        BadFormatFile,
        BadRule,
        DamagedStore,
        NothingToRead,
        UnknownFormat,
        UnknownPath,
        Unwritable,
        ZoneNeeded,
    )
    from authlogs.logs import Logs, load, read
    from authlogs.plot.timeline import plot_timeline
    from authlogs.plot.trail_figure import plot_trail
    from authlogs.pseudonyms import pseudonymise
    from authlogs.query.login_journeys import journeys
    from authlogs.query.sigma import run_rules
    from authlogs.query.trails import Trail, trail
    from authlogs.report.folder import write_report
    from authlogs.simulation.folder import simulate
    from authlogs.window import Window

__version__: Final = "0.1.0"
__all__ = [
    "AuthlogsError",
    "BadCall",
    "BadFormatFile",
    "BadRule",
    "DamagedStore",
    "Finding",
    "FirstLook",
    "Incident",
    "Investigation",
    "Logs",
    "NothingToRead",
    "Suspect",
    "Theory",
    "Trail",
    "UnknownFormat",
    "UnknownPath",
    "Unwritable",
    "Window",
    "ZoneNeeded",
    "attribute",
    "detect",
    "investigate",
    "journeys",
    "load",
    "plot_timeline",
    "plot_trail",
    "pseudonymise",
    "read",
    "rollup",
    "run_rules",
    "simulate",
    "trail",
    "triage",
    "write_report",
]

_HOMES: Final = {
    "analysis.attribution": ("attribute",),
    "analysis.detection": ("detect",),
    "analysis.first_look": ("FirstLook", "triage"),
    "analysis.investigation": ("investigate",),
    "analysis.result": ("Finding", "Incident", "Investigation", "Suspect", "Theory"),
    "analysis.rollups": ("rollup",),
    "errors": (
        "AuthlogsError",
        "BadCall",
        "BadFormatFile",
        "BadRule",
        "DamagedStore",
        "NothingToRead",
        "UnknownFormat",
        "UnknownPath",
        "Unwritable",
        "ZoneNeeded",
    ),
    "logs": ("Logs", "load", "read"),
    "plot.timeline": ("plot_timeline",),
    "plot.trail_figure": ("plot_trail",),
    "pseudonyms": ("pseudonymise",),
    "query.login_journeys": ("journeys",),
    "query.sigma": ("run_rules",),
    "query.trails": ("Trail", "trail"),
    "report.folder": ("write_report",),
    "simulation.folder": ("simulate",),
    "window": ("Window",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'authlogs' has no attribute {name!r}")
    value = getattr(import_module(f"authlogs.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
