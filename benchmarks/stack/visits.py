"""One person's visit: sign in, use the API for minutes, renew, retry, give up, come back."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession

from stack.attempts import Attempts, now
from stack.browsers import KINDS, Browser
from stack.people import Person

PATHS = ["/api/orders", "/api/profile", "/api/messages", "/api/search", "/api/cart"]
MFA_PATIENCE_S = 30
RENEW_BEFORE_S = 20


@dataclass
class Visitor:
    person: Person
    base: str
    provider: str
    calls: ClientSession
    attempts: Attempts
    dice: random.Random
    browser: Browser = field(init=False)
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browser = Browser(KINDS[self.person.kind])

    async def send(
        self, method: str, path: str, step: str, *, cross: bool = False, **body: Any
    ) -> tuple[int, dict[str, Any]]:
        """One real request; what came back is noted as this person saw it."""
        begun = now()
        heads = {
            "User-Agent": self.browser.kind.user_agent,
            "X-Forwarded-For": self.person.address,
            **body.pop("headers", {}),
        }
        cookies = self.browser.cookies(cross_site_post=cross)
        if cookies:
            heads["Cookie"] = cookies
        kind, name = self.browser.kind.name, self.person.name
        try:
            async with self.calls.request(method, self.base + path, headers=heads, **body) as got:
                self.browser.take(got.headers.getall("Set-Cookie", []))
                json = got.content_type == "application/json"
                told = await got.json() if json else {"error": f"http {got.status}"}
                status = got.status
        except (ClientError, TimeoutError) as error:
            self.attempts.note(begun, step, kind, name, type(error).__name__)
            return 0, {"error": type(error).__name__}
        why = "" if status < 400 else f"{told.get('error')} {told.get('why', '')}".strip()
        self.attempts.note(begun, step, kind, name, why)
        return status, told

    async def think(self, low: float, high: float) -> None:
        await asyncio.sleep(self.dice.uniform(low, high))

    # signing in

    async def sign_in(self) -> bool:
        person = self.person
        if person.kind == "script":
            return await self.client_credentials()
        if person.kind.startswith("mobile"):
            body = {"user": person.name, "password": self.typed()}
            return self.got(await self.send("POST", "/mobile/login", "login", json=body))
        await self.send("GET", "/login", "page")
        await self.think(0.5, 3)
        return await (self.by_company() if person.sso else self.by_password())

    def typed(self) -> str:
        return self.person.password + ("x" if self.dice.random() < 0.05 else "")

    async def by_password(self) -> bool:
        form = {"user": self.person.name, "password": self.typed()}
        if self.dice.random() < 0.01:
            form["user"] += "1"
        status, told = await self.send("POST", "/login", "login", data=form)
        if status != 202:
            return self.got((status, told))
        begun = now()
        while now() - begun < MFA_PATIENCE_S:
            await asyncio.sleep(2)
            status, answer = await self.send("GET", f"/login/mfa?challenge={told['mfa']}", "poll")
            if status != 202:
                return self.got((status, answer))
        self.attempts.note(begun, "mfa", self.browser.kind.name, self.person.name, "no answer")
        return False

    async def by_company(self) -> bool:
        status, told = await self.send("GET", "/login/sso", "sso")
        if status != 200:
            return False
        query = {"state": told["state"], "login_hint": self.person.name}
        begun = now()
        try:
            async with self.calls.get(f"{self.provider}/authorize", params=query) as got:
                form = await got.json()
        except (ClientError, TimeoutError) as error:
            kind = self.browser.kind.name
            self.attempts.note(begun, "provider", kind, self.person.name, type(error).__name__)
            return False
        await self.think(1, 6)
        back = await self.send("POST", "/auth/callback", "callback", cross=True, data=form)
        return self.got(back)

    async def client_credentials(self) -> bool:
        form = {"grant_type": "client_credentials", "client_id": self.person.name}
        return self.got(await self.send("POST", "/oauth/token", "token", data=form))

    def got(self, answer: tuple[int, dict[str, Any]]) -> bool:
        status, told = answer
        if status == 200 and "access_token" in told:
            self.tokens = self.tokens | told
            return True
        return False

    # using it

    async def renew(self) -> bool:
        """A fresh token by whatever this client holds; false means: sign in again."""
        if self.person.kind == "script":
            return await self.client_credentials()
        if "refresh_token" in self.tokens:
            form = {"grant_type": "refresh_token", "client_id": "mobile-app"}
            form["refresh_token"] = self.tokens["refresh_token"]
            return self.got(await self.send("POST", "/oauth/token", "refresh", data=form))
        if "sid" not in self.browser.jar:
            return False
        return self.got(await self.send("GET", "/session/token", "renew"))

    def ends_soon(self) -> bool:
        claims = jwt.decode(self.tokens["access_token"], options={"verify_signature": False})
        return self.person.early and float(claims["exp"]) - now() < RENEW_BEFORE_S

    async def call(self) -> bool:
        """One API call; a refused token is renewed once, as client libraries do."""
        if self.ends_soon():
            await self.renew()
        for _ in range(2):
            heads = {"Authorization": f"Bearer {self.tokens['access_token']}"}
            path = self.dice.choice(PATHS)
            status, _told = await self.send("GET", path, "api", headers=heads)
            if status != 401:
                return status == 200
            if not await self.renew():
                return False
        return False

    async def entered(self) -> bool:
        """In by an old session, or by signing in with a few tries."""
        if self.tokens and await self.renew():
            return True
        for _ in range(self.dice.choice([2, 3, 3, 4])):
            if await self.sign_in():
                return True
            await self.think(2, 9)
        return False

    async def visit(self, seconds: float) -> None:
        """Come, work for a while, and perhaps sign out; those who cannot get in try again later."""
        for _ in range(3):
            if await self.entered():
                break
            if self.dice.random() < 0.4:
                return
            await self.think(25, 80)
        else:
            return
        ends, lost = now() + seconds, 0
        while now() < ends and lost < 3:
            if await self.call():
                lost = 0
            else:
                lost += 1
                await self.think(1, 5)
                if not await self.entered():
                    return
            await self.think(8, 22)
        await self.leave()

    async def leave(self) -> None:
        """Sign out, or just close the browser and lose its cookies; applications keep theirs."""
        if self.person.kind.startswith("mobile") and self.dice.random() < 0.5:
            return
        if self.dice.random() < 0.15 and "sid" in self.browser.jar:
            await self.send("POST", "/logout", "logout")
        elif self.dice.random() < 0.25:
            return
        self.tokens = {}
        self.browser.jar.clear()
