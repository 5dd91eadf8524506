"""Sign-ins as people live them: password, second factor, token, first use, later uses, retries.

All people of one round act at once, as columns; whoever failed comes back in the next round.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints, pick
from authlogs.simulation.incidents.background import Background
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.fault import Fault
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.people import People
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.incidents.played import (
    CHALLENGE,
    FAILURE,
    ISSUE,
    LOGIN,
    MFA,
    SUCCESS,
    USE,
    VALIDATE,
    Played,
    Vanished,
    together,
)
from authlogs.simulation.incidents.reasons import REASONS
from authlogs.simulation.incidents.tries import Tries

ROUNDS: Final = 25
TIMEOUT: Final = REASONS.index("timeout")
EXPIRED: Final = REASONS.index("token_expired")
LOCKED: Final = REASONS.index("account_locked")
USUAL_MILLIS: Final = {LOGIN: 90.0, MFA: 40.0, ISSUE: 25.0, VALIDATE: 6.0, USE: 5.0}


@dataclass(frozen=True)
class Batch:
    """People about to sign in; `count` is how often they failed in a row."""

    moments: Floats
    user: Ints
    count: Ints

    def where(self, chosen: Bools | Ints) -> "Batch":
        """Return some of them."""
        return Batch(self.moments[chosen], self.user[chosen], self.count[chosen])


@dataclass
class Journeys:
    """Plays a case round by round and collects what could be logged."""

    plan: Plan
    people: People
    services: dict[str, Service]
    background: Background
    fault: Fault
    rng: np.random.Generator
    lifetime: float
    lockout: bool
    rows: list[dict[str, Any]] = field(default_factory=list)
    vanished: list[Batch] = field(default_factory=list)
    traces: int = 0
    fresh: bool = True
    """whether this round is people's own coming; what follows is provoked by a failure"""
    again: list[Batch] = field(default_factory=list)

    def play(self, arrivals: Floats) -> tuple[Played, Vanished]:
        """Return all rows, and the attempts that left none."""
        user = pick(self.rng, self.people.weight, arrivals.size)
        batch = Batch(arrivals, user, np.zeros(arrivals.size, dtype=np.int64))
        for turn in range(ROUNDS):
            self.again = []
            self.fresh = turn == 0
            self.sign_in(batch)
            batch = self._next()
            if not batch.moments.size:
                break
        played = together(self.rows)
        seen = (played.moments >= 0) & (played.moments < self.plan.length)
        gone = Vanished(
            np.concatenate([each.moments for each in self.vanished] or [np.empty(0)]),
            np.concatenate([each.user for each in self.vanished] or [np.empty(0, np.int64)]),
        )
        return played.where(seen), gone

    def _next(self) -> Batch:
        parts = self.again or [Batch(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))]
        batch = Batch(
            np.concatenate([each.moments for each in parts]),
            np.concatenate([each.user for each in parts]),
            np.concatenate([each.count for each in parts]),
        )
        return batch.where(batch.moments < self.plan.length)

    def sign_in(self, batch: Batch) -> None:
        """Let everybody of a batch sign in once."""
        host = self.services["login"].choose(self.rng, batch.user)
        none = np.full(batch.moments.size, -1.0)
        tries = Tries("login", batch.moments, batch.user, host, none, none.astype(np.int64))
        dead = self.fault.hits(self.rng, "arrival", tries) > 0
        if dead.any():
            self.vanished.append(batch.where(dead))
            self.retry(batch.where(dead), 0.6)
        batch, host = batch.where(~dead), host[~dead]
        trace = self.traces + np.arange(batch.moments.size)
        self.traces += batch.moments.size
        none = none[~dead]
        tries = Tries("login", batch.moments, batch.user, host, none, none.astype(np.int64))
        reason, faulty = self.judge("login", tries)
        if self.lockout:
            locked = (batch.count >= 5) & (reason == 0) & (self.rng.random(reason.size) < 0.5)
            reason = np.where(locked, LOCKED, reason)
        failed = reason > 0
        self.note(LOGIN, tries, reason, faulty, trace, only=failed)
        self.retry(batch.where(failed), 1.0)
        well = np.flatnonzero(~failed)
        then, passed = self.second_factor(batch.where(well), tries, well, trace[well])
        well = well[passed]
        done = Tries("login", then[passed], batch.user[well], host[well], *_nobody(well.size))
        calm = np.zeros(well.size, dtype=np.int64)
        self.note(LOGIN, done, calm, calm > 0, trace[well])
        self.token(Batch(then[passed], batch.user[well], batch.count[well]), trace[well])

    def second_factor(
        self, batch: Batch, tries: Tries, well: Ints, trace: Ints
    ) -> tuple[Floats, Bools]:
        """Return when each person was through, and who was."""
        then = batch.moments + 0.02
        passed = np.ones(batch.moments.size, dtype=np.bool_)
        asked = np.flatnonzero(self.people.mfa[batch.user] == 1)
        if not asked.size:
            return then, passed
        prompt = Tries(
            "login", then[asked], batch.user[asked], tries.host[well][asked], *_nobody(asked.size)
        )
        stuck = self.fault.hits(self.rng, "challenge", prompt) > 0
        left = ~stuck & (self.rng.random(asked.size) < 0.02)
        zero = np.zeros(asked.size, dtype=np.int64)
        self.note(MFA, prompt, zero, stuck, trace[asked], outcome=CHALLENGE)
        then[asked] += self.rng.lognormal(2.1, 0.5, asked.size)
        answer = Tries("login", then[asked], prompt.user, prompt.host, *_nobody(asked.size))
        wrong = self.background.fails(self.rng, "challenge", answer.moments)
        answered = ~stuck & ~left
        self.note(MFA, answer, wrong, zero > 0, trace[asked], only=answered)
        passed[asked] = answered & (wrong == 0)
        again = Batch(then[asked], prompt.user, batch.count[asked])
        self.retry(again.where(stuck), 0.9, wait=40.0)
        self.retry(again.where(answered & (wrong > 0)), 1.0)
        return then, passed

    def token(self, batch: Batch, trace: Ints) -> None:
        """Issue a token to everybody and let it be presented for the first time."""
        then = batch.moments + 0.03 + self.rng.exponential(0.08, batch.moments.size)
        issuer = self.services["issuer"].choose(self.rng, batch.user)
        tries = Tries("issuer", then, batch.user, issuer, *_nobody(then.size))
        reason, faulty = self.judge("issue", tries)
        self.note(ISSUE, tries, reason, faulty, trace, token=np.where(reason, -1, trace))
        failed = reason > 0
        self.retry(batch.where(failed), 1.0)
        good = np.flatnonzero(~failed)
        bad = self.fault.hits(self.rng, "token", tries)[good]
        held = Batch(then[good], batch.user[good], batch.count[good])
        self.present(held, issuer[good], bad, trace[good])

    def present(self, held: Batch, issuer: Ints, bad: Ints, trace: Ints) -> None:
        """Present tokens at the gateway, for the first time and later."""
        then = held.moments + self.rng.uniform(0.2, 2.5, held.moments.size)
        host = self.services["gateway"].choose(self.rng, held.user)
        tries = Tries("gateway", then, held.user, host, held.moments, issuer)
        reason, faulty = self.judge("validate", tries, bad)
        self.note(VALIDATE, tries, reason, faulty, trace, token=trace)
        failed = reason > 0
        loops = self.people.loops[held.user]
        people_alone = failed & (loops == 0)
        self.retry(Batch(then, held.user, held.count).where(people_alone), 1.0)
        self.later(tries, bad, trace, np.flatnonzero(failed & (loops > 0)), loop=True)
        self.later(tries, bad, trace, np.flatnonzero(~failed), loop=False)

    def later(self, tries: Tries, bad: Ints, trace: Ints, which: Ints, *, loop: bool) -> None:
        """Present tokens again: as people work on, or as a client that repeats by itself."""
        if loop:
            counts = self.rng.integers(1, 30, which.size)
        else:
            counts = self.rng.poisson(self.rng.gamma(0.7, self.plan.uses / 0.7, which.size))
        which = np.repeat(which, counts)
        if loop:
            order = np.concatenate([np.arange(1, n + 1) for n in counts] or [np.empty(0)])
            wait = order * self.people.loops[tries.user[which]]
        else:
            wait = self.rng.exponential(0.25 * self.lifetime, which.size)
        then = tries.moments[which] + wait
        host = self.services["gateway"].choose(self.rng, tries.user[which])
        uses = Tries("gateway", then, tries.user[which], host, tries.issued[which],
                     tries.issuer[which])  # fmt: skip
        reason, faulty = self.judge("use", uses, bad[which])
        old = then - uses.issued > self.lifetime
        reason, faulty = np.where(old, EXPIRED, reason), faulty & ~old
        own = self.traces + np.arange(which.size)
        self.traces += which.size
        self.note(USE, uses, reason, faulty, own, token=trace[which])
        if not loop:
            failed = Batch(then, uses.user, np.zeros(which.size, dtype=np.int64))
            self.retry(failed.where(reason > 0), 0.8)

    def judge(self, stage: str, tries: Tries, bad: Ints | None = None) -> tuple[Ints, Bools]:
        """Return for which reason each attempt fails, 0 if it does not, and whose fault it is."""
        usual = self.background.fails(self.rng, stage, tries.moments)
        blip = self.background.blipped(self.rng, tries.role, tries.host, tries.moments)
        fault = self.fault.hits(self.rng, stage, tries)
        if bad is not None:
            fault = np.where(bad > 0, bad, fault)
        innocent = np.where(usual > 0, usual, blip)
        return np.where(innocent > 0, innocent, fault), (innocent == 0) & (fault > 0)

    def note(
        self,
        event: int,
        tries: Tries,
        reason: Ints,
        faulty: Bools,
        trace: Ints,
        *,
        outcome: int | None = None,
        token: Ints | None = None,
        only: Bools | None = None,
    ) -> None:
        """Keep what a service could log about these attempts."""
        size = tries.moments.size
        millis = self.rng.lognormal(np.log(USUAL_MILLIS[event]), 0.5, size)
        millis *= self.fault.slow(tries.moments)
        waited = self.rng.uniform(5_000, 30_000, size)
        told = np.where(reason > 0, FAILURE, SUCCESS) if outcome is None else outcome
        row = {
            "moments": tries.moments,
            "event": np.full(size, event),
            "host": tries.host,
            "user": tries.user,
            "outcome": np.broadcast_to(told, (size,)).astype(np.int64),
            "reason": reason,
            "faulty": faulty,
            "trace": trace,
            "token": np.full(size, -1) if token is None else token,
            "issuer": tries.issuer,
            "issued": tries.issued,
            "millis": np.where(reason == TIMEOUT, waited, millis),
            "fresh": np.full(size, self.fresh and event != USE),
            "address": tries.user,
        }
        self.rows.append(row if only is None else {k: v[only] for k, v in row.items()})

    def retry(self, failed: Batch, eagerness: float, wait: float = 9.0) -> None:
        """Let those who failed try again soon, or give up and perhaps come back much later."""
        size = failed.moments.size
        if not size:
            return
        keen = self.people.persistence[failed.user] * 0.93**failed.count * eagerness
        draw = self.rng.random(size)
        soon = draw < keen
        back = ~soon & (self.rng.random(size) < 0.35)
        after = wait * self.rng.lognormal(0, 0.7, size)
        loops = self.people.loops[failed.user]
        after = np.where(loops > 0, loops, after)
        after = np.where(back, self.rng.uniform(600, 5400, size), after)
        count = np.where(soon, failed.count + 1, 0)
        batch = Batch(failed.moments + after, failed.user, count)
        self.again.append(batch.where(soon | back))


def _nobody(size: int) -> tuple[Floats, Ints]:
    """Return the issue time and issuing host of tokens that are not there yet."""
    return np.full(size, -1.0), np.full(size, -1, dtype=np.int64)


def journeys(
    plan: Plan,
    chance: Chance,
    people: People,
    services: dict[str, Service],
    *,
    usual: Background,
    fault: Fault,
) -> Journeys:
    """Return the player of a case."""
    rng = chance.stream("journeys")
    lifetime = 60 * float(rng.uniform(15, 60))
    lockout = bool(rng.random() < 0.4)
    return Journeys(plan, people, services, usual, fault, rng, lifetime, lockout)


def arrivals(rng: np.random.Generator, load: Floats, step: float, before: float) -> Floats:
    """Return when people arrive; some of them before the logs begin, with sessions still alive."""
    early = np.full(int(before / step), load[: max(1, int(1800 / step))].mean())
    rates = np.concatenate([early, load])
    counts = rng.poisson(rates)
    first = -early.size * step
    starts = np.repeat(first + step * np.arange(rates.size), counts)
    return np.asarray(np.sort(starts + rng.uniform(0, step, starts.size)))
