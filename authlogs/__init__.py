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
    from authlogs.analysis.alerts.proposals import propose_alerts
    from authlogs.analysis.alerts.replay import replay_alerts
    from authlogs.analysis.assessment import Assessment, assess_impact
    from authlogs.analysis.attribution import attribute
    from authlogs.analysis.commits.suspects import SuspectCode, suspect_code
    from authlogs.analysis.comparison import Comparison, compare_incidents
    from authlogs.analysis.detection import detect
    from authlogs.analysis.first_look import FirstLook, triage
    from authlogs.analysis.gate.check import check_rollout
    from authlogs.analysis.investigation import investigate
    from authlogs.analysis.reconciliation.checking import reconcile
    from authlogs.analysis.reconciliation.records import Reconciliation
    from authlogs.analysis.result import Finding, Incident, Investigation, Suspect, Theory
    from authlogs.analysis.rollback.proof import prove_rollbacks
    from authlogs.analysis.rollups import rollup
    from authlogs.analysis.token_issues import token_lineage
    from authlogs.errors import (
        AuthlogsError,
        BadCall,
        BadFormatFile,
        BadRule,
        DamagedStore,
        NothingToRead,
        QueryError,
        UnknownFormat,
        UnknownPath,
        Unwritable,
        ZoneNeeded,
    )
    from authlogs.logs import Logs, load, read
    from authlogs.plot.coverage import coverage_data, plot_coverage
    from authlogs.plot.drawn import timeline_data
    from authlogs.plot.journey import journey_data, plot_journey
    from authlogs.plot.phases import phases_data, plot_phases
    from authlogs.plot.segments import plot_segments, segments_data
    from authlogs.plot.suspects import plot_suspects, suspects_data
    from authlogs.plot.timeline import plot_timeline
    from authlogs.plot.token_plane import plot_token_plane, token_plane_data
    from authlogs.plot.trail_figure import plot_trail
    from authlogs.plot.versions import plot_versions, versions_data
    from authlogs.pseudonyms import pseudonymise
    from authlogs.query.contrasts import compare
    from authlogs.query.firsts import first_seen
    from authlogs.query.login_journeys import journeys
    from authlogs.query.rankings import top
    from authlogs.query.searching import search
    from authlogs.query.sigma import run_rules
    from authlogs.query.trails import Trail, trail
    from authlogs.report.folder import write_report
    from authlogs.simulation.folder import simulate
    from authlogs.window import Window

__version__: Final = "0.1.0"
__all__ = [
    "Assessment",
    "AuthlogsError",
    "BadCall",
    "BadFormatFile",
    "BadRule",
    "Comparison",
    "DamagedStore",
    "Finding",
    "FirstLook",
    "Incident",
    "Investigation",
    "Logs",
    "NothingToRead",
    "QueryError",
    "Reconciliation",
    "Suspect",
    "SuspectCode",
    "Theory",
    "Trail",
    "UnknownFormat",
    "UnknownPath",
    "Unwritable",
    "Window",
    "ZoneNeeded",
    "assess_impact",
    "attribute",
    "check_rollout",
    "compare",
    "compare_incidents",
    "coverage_data",
    "detect",
    "first_seen",
    "investigate",
    "journey_data",
    "journeys",
    "load",
    "phases_data",
    "plot_coverage",
    "plot_journey",
    "plot_phases",
    "plot_segments",
    "plot_suspects",
    "plot_timeline",
    "plot_token_plane",
    "plot_trail",
    "plot_versions",
    "propose_alerts",
    "prove_rollbacks",
    "pseudonymise",
    "read",
    "reconcile",
    "replay_alerts",
    "rollup",
    "run_rules",
    "search",
    "segments_data",
    "simulate",
    "suspect_code",
    "suspects_data",
    "timeline_data",
    "token_lineage",
    "token_plane_data",
    "top",
    "trail",
    "triage",
    "versions_data",
    "write_report",
]

_HOMES: Final = {
    "analysis.alerts.proposals": ("propose_alerts",),
    "analysis.alerts.replay": ("replay_alerts",),
    "analysis.assessment": ("Assessment", "assess_impact"),
    "analysis.attribution": ("attribute",),
    "analysis.commits.suspects": ("SuspectCode", "suspect_code"),
    "analysis.comparison": ("Comparison", "compare_incidents"),
    "analysis.detection": ("detect",),
    "analysis.first_look": ("FirstLook", "triage"),
    "analysis.gate.check": ("check_rollout",),
    "analysis.investigation": ("investigate",),
    "analysis.reconciliation.checking": ("reconcile",),
    "analysis.reconciliation.records": ("Reconciliation",),
    "analysis.result": ("Finding", "Incident", "Investigation", "Suspect", "Theory"),
    "analysis.rollback.proof": ("prove_rollbacks",),
    "analysis.rollups": ("rollup",),
    "analysis.token_issues": ("token_lineage",),
    "errors": (
        "AuthlogsError",
        "BadCall",
        "BadFormatFile",
        "BadRule",
        "DamagedStore",
        "NothingToRead",
        "QueryError",
        "UnknownFormat",
        "UnknownPath",
        "Unwritable",
        "ZoneNeeded",
    ),
    "logs": ("Logs", "load", "read"),
    "plot.drawn": ("timeline_data",),
    "plot.coverage": ("coverage_data", "plot_coverage"),
    "plot.journey": ("journey_data", "plot_journey"),
    "plot.phases": ("phases_data", "plot_phases"),
    "plot.segments": ("segments_data", "plot_segments"),
    "plot.suspects": ("suspects_data", "plot_suspects"),
    "plot.token_plane": ("token_plane_data", "plot_token_plane"),
    "plot.versions": ("versions_data", "plot_versions"),
    "plot.timeline": ("plot_timeline",),
    "plot.trail_figure": ("plot_trail",),
    "pseudonyms": ("pseudonymise",),
    "query.contrasts": ("compare",),
    "query.firsts": ("first_seen",),
    "query.rankings": ("top",),
    "query.searching": ("search",),
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
