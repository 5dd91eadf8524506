"""Which fact a claim means: by its kind, then the service and version it names, then its words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from authlogs.analysis.reconciliation.records import Claim

ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "deploy": ("deploy", "config", "infra", "migration"),
    "config": ("config", "deploy", "flag", "policy"),
    "flag": ("flag", "config"),
    "detected": ("alert",),
    "key_rotation": ("key_rotation", "secret_rotation"),
}
"""Kinds of fact that a claim of a kind may mean, where it is not its own kind alone."""
ALIASES: Final = {"db": "database", "postgres": "database", "gw": "gateway", "idp": "keycloak"}
VERSION: Final = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+(?:[-+][\w.]+)?)(?![\w])")
WORD: Final = re.compile(r"[a-z][a-z0-9_-]{3,}")
PLAIN: Final = frozenset(
    (
        *("acknowledged", "after", "alert", "alerts", "back", "been", "before", "call"),
        *("database", "deploy", "deployed", "disabled", "enabled", "fired", "flag", "flushed"),
        *("from", "have", "incident", "outage", "rollback", "rolled", "service", "session"),
        *("sessions", "that", "this", "users", "were", "with"),
    )
)
"""Words that tell nothing apart."""
NAMED, MISNAMED = 4.0, -6.0
WATCHED: Final = ("onset", "recovery", "new_sign_ins", "database_trouble", "network_trouble")
"""Kinds that the logs show whenever they happen: far from all of them it did not happen."""


@dataclass(frozen=True)
class Fact:
    """One row of FACTS, as matching and judging look at it."""

    kind: str
    at: datetime
    start: tuple[datetime, datetime]
    end: tuple[datetime, datetime] | None
    service: str | None
    version: str | None
    name: str
    words: frozenset[str]
    statement: str
    rows: tuple[str, ...]

    def away(self, moment: datetime) -> timedelta:
        """Return how far a moment lies from the nearer edge."""
        edges = [self.start] if self.end is None else [self.start, self.end]
        return min(distance(edge, moment) for edge in edges)


@dataclass(frozen=True)
class Match:
    """The fact that a claim means; null with the reason why none is."""

    fact: Fact | None
    why: str = ""


def distance(edge: tuple[datetime, datetime], moment: datetime) -> timedelta:
    """Return how far a moment lies outside an interval."""
    return max(edge[0] - moment, moment - edge[1], timedelta(0))


def facts_of(table: pa.Table) -> tuple[Fact, ...]:
    """Return the rows of FACTS as records."""
    return tuple(_fact(row) for row in table.to_pylist())


def _fact(row: Mapping[str, Any]) -> Fact:
    end = (row["end_time"], row["end_time_latest"]) if row["end_time"] else None
    return Fact(
        kind=row["kind"],
        at=row["at"],
        start=(row["time"], row["time_latest"]),
        end=end,
        service=row["service"],
        version=row["version"],
        name=row["change_id"] or row["kind"],
        words=_words(f"{row['words'] or ''} {row['statement']} {row['change_id'] or ''}"),
        statement=row["statement"],
        rows=tuple(row["rows"] or ()),
    )


def find_fact(claim: Claim, facts: Sequence[Fact]) -> Match:
    """Return the fact that a claim means.

    Of several that fit its words alike the nearest in time is meant, unless the claim names nothing
    by which to tell them apart and lies near none.
    """
    kinds = ALIKE.get(claim.kind, (claim.kind,))
    fits = [fact for fact in facts if fact.kind in kinds]
    if not fits:
        return Match(None, f"no {claim.kind.replace('_', ' ')} is in the logs or records")
    services = {str(fact.service) for fact in facts if fact.service}
    scores = [_score(claim, fact, services) for fact in fits]
    best = max(scores)
    if best < 0:
        return Match(None, "the record that it names is not there")
    chosen = [fact for fact, score in zip(fits, scores, strict=True) if score == best]
    if claim.time is None:
        return Match(None, "no clock shows this time")
    moment = claim.time
    chosen.sort(key=lambda fact: fact.away(moment))
    unsaid = best == 0 and len(chosen) > 1 and claim.kind not in WATCHED
    if unsaid and chosen[0].away(moment) > claim.slack:
        return Match(None, f"{len(chosen)} records could be meant, and it is near none")
    return Match(chosen[0])


def _score(claim: Claim, fact: Fact, services: Iterable[str]) -> float:
    if claim.kind in ("onset", "recovery"):
        return 0.0
    text = claim.text.lower()
    score = 0.0
    versions = VERSION.findall(text)
    if versions and fact.version:
        score += NAMED if str(fact.version).lstrip("v") in versions else MISNAMED
    named = {word for word in services if _names(text, word)}
    if fact.service and named:
        score += NAMED / 2 if fact.service in named else MISNAMED / 2
    return score + min(1.5, 0.5 * len(fact.words & _words(text)))


def _names(text: str, service: str) -> bool:
    spoken = [service.lower(), *(alias for alias, name in ALIASES.items() if name == service)]
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) for word in spoken)


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower())) - PLAIN
