"""The records of a result: frozen, plain, and the same shape as `authlogs.investigation/1`.

Times are aware UTC datetimes; the zone people read them in is `Investigation.display_zone`.
Durations are seconds, probabilities lie in [0, 1], log Bayes factors are natural logarithms.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa

from authlogs.analysis.chart_tables import BUILDS, JOURNEY, REASONS, TOKENS
from authlogs.schema import RESULT_SCHEMA

Interval = tuple[datetime, datetime]
Number = float | int | str | None
ASIDE = ("charts", "facts")
"""Fields of an Investigation that are no part of the JSON document."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One question put to the data: what was seen, with numbers and the rows behind them."""

    kind: str
    direction: Literal["for", "against", "unknown"]
    statement: str
    log_bayes_factor: float | None = None
    numbers: Mapping[str, Number] = field(default_factory=dict)
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChangeRef:
    """A recorded change, as a result names it."""

    id: str
    time: datetime
    end_time: datetime | None
    service: str | None
    version: str | None
    change_type: str
    previous_version: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A recorded change with its probability of having caused the incident.

    `by_change_share`: the same probability where another share of all incidents (0.3, 0.5, 0.7) is
    taken to be caused by changes.
    """

    change: ChangeRef
    probability: float
    bayes_factor: float
    prior: float
    group: str | None = None
    by_change_share: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Finding, ...] = ()

    def _repr_html_(self) -> str:
        from authlogs.analysis.glances import of_suspect

        return of_suspect(self)


@dataclass(frozen=True, kw_only=True)
class Theory:
    """A cause that is no recorded change, with what the data say of it."""

    name: str
    probability: float
    verdict: Literal["supported", "contradicted", "untestable"]
    statement: str
    evidence: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A change that was looked at; `excluded_because` is null where it stayed a suspect."""

    id: str
    excluded_because: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mitigation:
    """What a responder's act did to the failures."""

    change: str
    effect: Literal["complete", "partial", "none"]
    probability: float


@dataclass(frozen=True, kw_only=True)
class Signal:
    """The series in which the incident was seen first and most clearly.

    `where` is the part of the people that it counts, a dimension and its value; null for everybody.
    """

    service: str | None
    event_type: str
    reason: str
    denominator: Literal["attempts", "proxy", "none"]
    where: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """When a kind of traffic was well again."""

    time: datetime
    interval: Interval


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """How rejected tokens were joined to the builds that issued them."""

    level: Literal["token", "jti", "session", "iat", "user", "none"] = "none"
    match_rate: float | None = None
    false_join_rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class Impact:
    """Who was hit. Counts are people and tokens, beyond what is normal where that is known."""

    users_attempting: int
    users_affected: int
    failed_logins: int
    rejected_tokens: int
    lost_logins: int | None
    lost_logins_interval: tuple[int, int] | None
    peak_rate: float | None
    identity_basis: str


@dataclass(frozen=True, kw_only=True)
class Phases:
    """The course of the response; every duration in seconds after the onset."""

    detected: datetime | None = None
    acknowledged: datetime | None = None
    mitigated: datetime | None = None
    resolved: datetime | None = None
    ttd_s: float | None = None
    tta_s: float | None = None
    ttm_s: float | None = None
    ttr_s: float | None = None
    tail_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A slice of the traffic whose failure rate differs from the rest."""

    where: Mapping[str, str]
    rate: float
    rest: float
    rate_ratio: float
    interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One stretch of abnormal failures, and, once attributed, what most likely caused it."""

    incident_id: str
    status: Literal["ongoing", "over"]
    onset: datetime
    onset_interval: Interval
    recovered: datetime | None
    recovered_interval: Interval | None
    signal: Signal
    echoes: tuple[Signal, ...] = ()
    recovery: Mapping[str, Recovery | None] = field(default_factory=dict)
    verdict: Literal["change", "no_change", "undetermined"] = "undetermined"
    cause_class: str = "unknown"
    none_probability: float = 1.0
    suspects: tuple[Suspect, ...] = ()
    theories: tuple[Theory, ...] = ()
    none: Mapping[str, float] = field(default_factory=dict)
    changes_considered: tuple[Considered, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    lineage: Lineage = Lineage()
    impact: Impact | None = None
    phases: Phases = Phases()
    segments: tuple[Segment, ...] = ()

    @property
    def blamed(self) -> Suspect | None:
        """The recorded change that the verdict names; None where it names none."""
        return self.suspects[0] if self.verdict == "change" and self.suspects else None

    def to_dict(self) -> dict[str, Any]:
        """Return the incident as plain JSON values."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    def _repr_html_(self) -> str:
        from authlogs.analysis.glances import of_incident

        return of_incident(self)


@dataclass(frozen=True, kw_only=True)
class Charts:
    """The tables that the figures draw: data first, so that tests can read them.

    minutes: time, attempts, attempts_low, attempts_high, people_failing, covered (bool)
    stages:  time, stage (login, issue, first_use, challenge), attempts, successes
    issuing: time, version, tokens          (issued tokens by issuing version)
    lanes:   time, end_time, lane (change, response, alert, claim), label, change_id,
             role (suspect, ruled_out, mitigation, mark, claim), probability, note
    gaps:    source_file, start, end, why
    reasons: time, reason, people             (failing at the signal's service, by reason)
    tokens:  issued, used, failed, version, stands_for   (a sample; each stands for so many)
    builds:  time, role (issue, use), service, version, attempts, failures
    journey: stage, period (usual, incident), hours, tried, passed   (people per five minutes)
    `time` is the start of a bin of `bin_s` seconds.
    """

    minutes: pa.Table
    stages: pa.Table
    issuing: pa.Table
    lanes: pa.Table
    gaps: pa.Table
    reasons: pa.Table = field(default_factory=REASONS.empty_table)
    tokens: pa.Table = field(default_factory=TOKENS.empty_table)
    builds: pa.Table = field(default_factory=BUILDS.empty_table)
    journey: pa.Table = field(default_factory=JOURNEY.empty_table)
    bin_s: int = 60


@dataclass(frozen=True, kw_only=True)
class Investigation:
    """Everything that was found, and everything that could not be checked."""

    display_zone: str
    analysed: Interval
    data_through: datetime
    incidents: tuple[Incident, ...]
    coverage: tuple[Mapping[str, Any], ...] = ()
    clock_offsets: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    calibration: str = ""
    accounting: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    software: Mapping[str, str] = field(default_factory=dict)
    charts: Charts | None = None
    facts: pa.Table | None = field(default=None, repr=False)
    """What the records and logs say happened, with their lines: a table of `facts.FACTS`."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON values, in the order of the schema."""
        shown = [f.name for f in dataclasses.fields(self) if f.name not in ASIDE]
        return {"schema": RESULT_SCHEMA} | {name: plain(getattr(self, name)) for name in shown}

    def to_json(self) -> str:
        """Return the one JSON document."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def _repr_html_(self) -> str:
        from authlogs.analysis.glances import of_investigation

        return of_investigation(self)


def plain(value: Any) -> Any:
    """Turn records, times and tuples into JSON values."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def hit_most(incidents: Sequence[Incident]) -> Incident | None:
    """Return the incident that hit most people, the first of equals; null where there is none."""
    return max(incidents, key=lambda i: i.impact.users_affected if i.impact else 0, default=None)
