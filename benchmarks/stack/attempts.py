"""What the users themselves saw: the truth that is kept beside the logs."""

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    time: float
    step: str
    kind: str
    user: str
    ok: bool
    error: str


Failing = Callable[[Attempt], bool]
"""Tells the attempts that the fault made fail from those that fail every day."""


@dataclass
class Attempts:
    made: list[Attempt] = field(default_factory=list)

    def note(self, begun: float, step: str, kind: str, user: str, error: str = "") -> None:
        """Keep one attempt, at the time when it began; without an error it went well."""
        self.made.append(Attempt(begun, step, kind, user, not error, error))

    def span(self, failing: Failing, since: float, until: float) -> tuple[float, float, int] | None:
        """First and last attempt that the fault made fail, and how many there were."""
        times = [a.time for a in self.made if since <= a.time <= until and not a.ok and failing(a)]
        return (min(times), max(times), len(times)) if times else None

    def stray(self, failing: Failing) -> int:
        """How many attempts ran into a server's fault or a time-out that is not of the story."""
        slow = ("unavailable", "http 5", "Timeout", "Disconnected")
        return sum(any(word in a.error for word in slow) and not failing(a) for a in self.made)

    def save(self, path: Path) -> None:
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["time", "step", "kind", "user", "ok", "error"])
            rows.writerows(
                (f"{a.time:.3f}", a.step, a.kind, a.user, a.ok, a.error) for a in self.made
            )


def now() -> float:
    return time.time()
