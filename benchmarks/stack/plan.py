"""An incident as it is planned: its story, its truth, its traffic, how its processes write."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.attempts import Attempt

if TYPE_CHECKING:
    from stack.scene import Scene

Story = Callable[["Scene"], Awaitable[None]]


@dataclass(frozen=True)
class Dress:
    """How a stack logs: styles by service, who names its version, how deploys are recorded."""

    styles: dict[str, str]
    versioned: frozenset[str]
    tail: str
    records: str
    log_jti: bool = True


DRESSES = {
    "json": Dress(
        {"web": "json", "token-issuer": "json", "api-gateway": "logfmt", "directory": "plain",
         "session-store": "json", "push-service": "json"},
        frozenset({"web", "token-issuer", "api-gateway"}), "timed", "github",
    ),
    "plain": Dress(
        {"web": "dashes", "token-issuer": "python_json", "api-gateway": "dashes",
         "directory": "plain", "session-store": "logfmt", "push-service": "dashes"},
        frozenset(), "combined", "csv", log_jti=False,
    ),
    "mixed": Dress(
        {"web": "logfmt", "token-issuer": "json", "api-gateway": "python_json",
         "directory": "json", "session-store": "plain", "push-service": "logfmt"},
        frozenset({"token-issuer"}), "quoted", "jsonl",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    story: Story
    cause_class: str | None
    failing: Callable[[Attempt], bool]
    dress: str
    per_minute: float
    gateways: int = 2
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.story.__name__)  # type: ignore[attr-defined]


PLANS: dict[str, Plan] = {}


def incident(
    cause_class: str | None,
    failing: Callable[[Attempt], bool],
    *,
    dress: str,
    per_minute: float,
    gateways: int = 2,
    **options: Any,
) -> Callable[[Story], Story]:
    """Register a story under its name."""

    def kept(story: Story) -> Story:
        made = Plan(story, cause_class, failing, dress, per_minute, gateways, options)
        PLANS[made.name] = made
        return story

    return kept


def says(*words: str, step: str | None = None) -> Callable[[Attempt], bool]:
    """Attempts whose answer had one of the words in it, at one step if that is named."""
    return lambda a: (step is None or a.step == step) and any(word in a.error for word in words)
