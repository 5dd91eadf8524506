"""The day's sign-ins and token presentations, played event by event."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from authlogs.simulation import behaviour as habits
from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, SECOND
from authlogs.simulation.signin import Presentation, SignIn, presentation, sign_in
from authlogs.simulation.timeline import END, START, TOKEN_LIFE
from authlogs.simulation.world import Crowd, User

SLOT = SECOND // 4
MALFORMED_A_MINUTE = 0.06


@dataclass(frozen=True)
class Traffic:
    """Everything that was attempted, in time order."""

    sign_ins: tuple[SignIn, ...]
    presentations: tuple[Presentation, ...]
    gave_up: frozenset[str]
    """names of users who stopped trying at least once"""


def _arrivals(rate_a_minute: float, moment: int, dice: Dice) -> Iterator[int]:
    # At most one arrival a quarter of a second: no logarithm, whose last bits differ by platform.
    if dice.chance(rate_a_minute * SLOT / MINUTE):
        yield dice.within(moment, SLOT)


class _Day:
    """Queue of what will happen; people react to what the gateway tells them."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed, "traffic")
        self.crowd = Crowd(Dice(seed, "users"))
        self.queue: list[tuple[int, int, SignIn | User | None, int]] = []
        self.pushed = 0
        self.away: dict[str, int] = {}
        self.sign_ins: list[SignIn] = []
        self.presentations: list[Presentation] = []
        self.gave_up: set[str] = set()

    def push(self, moment: int, what: SignIn | User | None, count: int) -> None:
        self.pushed += 1
        heapq.heappush(self.queue, (moment, self.pushed, what, count))

    def play(self) -> Traffic:
        for slot in range(START, END, SLOT):
            for moment in _arrivals(habits.demand(slot), slot, self.dice):
                self.push(moment, self.crowd.someone(self.dice), 0)
            for moment in _arrivals(MALFORMED_A_MINUTE, slot, self.dice):
                self.push(moment, None, 0)
        while self.queue:
            moment, _, what, count = heapq.heappop(self.queue)
            if moment >= END:
                break
            if isinstance(what, User):
                self.arrive(what, moment, count)
            else:
                self.present(what, moment, count)
        by_time = sorted(self.sign_ins, key=lambda each: each.arrived_at)
        return Traffic(tuple(by_time), tuple(self.presentations), frozenset(self.gave_up))

    def arrive(self, user: User, moment: int, tries: int) -> None:
        """Somebody signs in; `tries` counts the tokens refused to them in a row."""
        if tries == 0 and self.away.get(user.name, 0) > moment:
            return
        made = sign_in(user, moment, self.dice)
        if made.issued_at >= END:
            return
        self.sign_ins.append(made)
        self.away[user.name] = made.issued_at + 4 * MINUTE
        if made.outcome == "issued":
            if not self.dice.chance(habits.NEVER_PRESENTED):
                delay = int(self.dice.between(0.25, 1.9) * SECOND)
                self.push(made.issued_at + delay, made, tries)
        elif self.dice.chance(habits.TRIES_AGAIN_AFTER_TYPO):
            again = made.issued_at + int(self.dice.between(4, 30) * SECOND)
            self.push(again, user, max(tries, 1))

    def present(self, token: SignIn | None, moment: int, tries: int) -> None:
        """A token reaches the gateway; `tries` is -1 for its later presentations."""
        first = tries >= 0
        shown = presentation(token, moment, self.dice, first=first)
        self.presentations.append(shown)
        if token is None:
            return
        if shown.reason == "token_expired":
            self.push(moment + int(self.dice.between(2, 12) * SECOND), token.user, 1)
        elif first and not shown.reason:
            self.use(token, moment)
        elif first and token.user.polling:
            self.poll(token, moment)
        elif first:
            self.retry(token.user, moment, tries)

    def use(self, token: SignIn, moment: int) -> None:
        """Later calls with an accepted token: the gateway logs a sample of them."""
        draw = self.dice.unit()
        calls = sum(draw >= share for share in habits.PRESENTED_AGAIN)
        calls += 3 if token.user.polling else 0
        for _ in range(calls):
            self.push(moment + int(self.dice.between(40, 1780) * SECOND), token, -1)
        if self.dice.chance(habits.PRESENTED_TOO_LATE):
            late = token.issued_at + TOKEN_LIFE + int(self.dice.between(1, 400) * SECOND)
            self.push(late, token, -1)

    def poll(self, token: SignIn, moment: int) -> None:
        """A polling tab shows a refused token until its cookie dies with the token."""
        dies = token.issued_at + TOKEN_LIFE
        self.away[token.user.name] = dies
        moment += int(self.dice.between(*habits.POLL_EVERY))
        while moment < dies:
            self.push(moment, token, -1)
            moment += int(self.dice.between(*habits.POLL_EVERY))
        if self.dice.chance(habits.POLLER_SIGNS_IN_AGAIN):
            self.push(dies + int(self.dice.between(5, 90) * SECOND), token.user, 1)

    def retry(self, user: User, moment: int, tries: int) -> None:
        """Somebody whose token was refused signs in again, or gives up for a while."""
        step = min(tries, len(habits.RETRY_DELAY) - 1)
        if self.dice.chance(habits.RETRY_AFTER_REJECT[step]):
            again = moment + int(self.dice.between(*habits.RETRY_DELAY[step]))
            self.away[user.name] = again + 1
            self.push(again, user, tries + 1)
            return
        self.gave_up.add(user.name)
        back = moment + int(self.dice.between(*habits.AWAY_AFTER_GIVING_UP))
        self.away[user.name] = back
        if self.dice.chance(habits.COMES_BACK):
            self.push(back, user, 0)


def play(seed: int) -> Traffic:
    """Return one day of traffic."""
    return _Day(seed).play()
