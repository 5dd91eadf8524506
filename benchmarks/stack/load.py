"""The traffic of one stack: people arrive by chance, leave, and come back with what they kept."""

import asyncio
import math
import random
import ssl
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from stack.attempts import Attempts, now
from stack.browsers import KINDS, Browser
from stack.people import Person
from stack.visits import Visitor


@dataclass
class Load:
    base: str
    provider: str
    per_minute: float
    crowd: list[Person]
    jobs: list[Person]
    attempts: Attempts
    dice: random.Random
    newer_browser: float = 0.0
    """Chance that a visitor's Chrome has been updated since the last visit."""
    at_work: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, seconds: float) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        connector = TCPConnector(limit=0, ssl=trust, keepalive_timeout=20)
        timeout = ClientTimeout(total=12)
        async with ClientSession(
            connector=connector, timeout=timeout, cookie_jar=DummyCookieJar()
        ) as calls:
            visitors = [self.visitor(person, calls) for person in self.crowd]
            jobs = [self.visitor(person, calls) for person in self.jobs]
            begun = now()
            for job in jobs:
                self.begin(self.job(job, begun + seconds))
            await self.arrivals(visitors, begun, begun + seconds)
            for task in self.at_work:
                task.cancel()
            await asyncio.gather(*self.at_work, return_exceptions=True)

    def visitor(self, person: Person, calls: ClientSession) -> Visitor:
        dice = random.Random(self.dice.random())
        return Visitor(person, self.base, self.provider, calls, self.attempts, dice)

    def begin(self, doing: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(doing)
        self.at_work.add(task)
        task.add_done_callback(self.at_work.discard)

    async def arrivals(self, visitors: list[Visitor], begun: float, ends: float) -> None:
        """Poisson arrivals whose rate breathes by a fifth; nobody visits twice at once."""
        away = list(visitors)
        while now() < ends:
            breath = 1 + 0.2 * math.sin((now() - begun) / 140)
            await asyncio.sleep(self.dice.expovariate(self.per_minute * breath / 60))
            if away:
                one = away.pop(self.dice.randrange(len(away)))
                self.begin(self.come(one, away))

    async def come(self, one: Visitor, away: list[Visitor]) -> None:
        if one.person.kind == "chrome" and self.dice.random() < self.newer_browser:
            one.person.kind = "chrome-next"
            one.browser = Browser(KINDS["chrome-next"], one.browser.jar)
        try:
            await one.visit(self.dice.uniform(45, 260))
        finally:
            away.append(one)

    async def job(self, one: Visitor, ends: float) -> None:
        while now() < ends:
            if await one.entered():
                for _ in range(self.dice.randrange(3, 9)):
                    await one.call()
                    await one.think(3, 15)
            await one.think(5, 25)
