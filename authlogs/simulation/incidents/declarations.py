"""The kinds of incident as they are declared: one TOML file a kind, read without numpy."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "kinds"


@dataclass(frozen=True)
class Way:
    """One way in which an incident of a kind may come about; ranges are (low, high)."""

    cause: str
    """the theory's plain name"""
    cause_class: str
    weight: float = 1.0
    changes: Mapping[str, float] = field(default_factory=dict)
    """types of the guilty change with their weights; empty: no change is guilty"""
    lag: str = ""
    """name of the law in `lags.LAWS` by which the effect follows the change"""
    role: str = "login"
    """the service that is broken: login, issuer or gateway"""
    stages: tuple[str, ...] = ()
    """where it hits: arrival, login, challenge, issue, token, validate, use; attack and flood
    bring attempts of their own, lines loses them"""
    scope: tuple[str, ...] = ()
    """what an attempt must have to be hit, all of them; names of functions in `scopes`"""
    severity: tuple[float, float] = (0.2, 1.0)
    """share of the attempts in scope that are hit"""
    wobble: tuple[float, float] = (0.15, 0.7)
    """standard deviation of the severity's logit over time"""
    course: str = "wobble"
    """wobble, load (only what exceeds a cap is hit) or bursts"""
    ramp: tuple[float, float] = (0.0, 0.0)
    """minutes until the full severity is reached"""
    span: tuple[float, float] = (12.0, 100.0)
    """minutes until it is mended, or over"""
    slow: tuple[float, float] = (1.0, 1.0)
    """answers take this many times as long"""
    lead: tuple[float, float] = (0.0, 0.0)
    """minutes by which slowness comes before failures"""
    round_start: bool = False
    """begins at a round wall-clock time"""
    adoption: tuple[float, float] = (0.0, 0.0)
    """minutes until everybody has the browser release that is to blame"""
    cure: str = ""
    """type of the recorded change that ends it, where none caused it"""
    plot: str = "plain"
    """what people do around it: plain, canary, overlap, wrong_rollback, decoy, unlisted"""
    reasons: Mapping[str, float] = field(default_factory=dict)

    @property
    def guilty(self) -> bool:
        """Return whether a recorded change is to blame."""
        return bool(self.changes) and self.plot != "unlisted"


@dataclass(frozen=True)
class Kind:
    """A kind of incident: its name, one line, and the ways in which it comes about."""

    name: str
    title: str
    ways: tuple[Way, ...]

    @property
    def guilty(self) -> float:
        """Return the share of its incidents that a recorded change caused."""
        total = sum(way.weight for way in self.ways) or 1.0
        return sum(way.weight for way in self.ways if way.guilty) / total


def _way(told: Mapping[str, Any]) -> Way:
    fixed: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    return Way(**fixed)


def _read(path: Path) -> Kind:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    shared = told.get("every", {})
    ways = tuple(_way(shared | way) for way in told.get("way", ()))
    return Kind(path.stem, told["title"], ways)


@cache
def declared() -> Mapping[str, Kind]:
    """Return every kind by its name.

    >>> declared()["healthy"].ways
    ()
    """
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}
