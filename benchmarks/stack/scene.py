"""The stage of a story: the stack as it runs, and what people and faults do to it."""

import asyncio
import datetime as dt
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stack import directory, keys
from stack.attempts import Attempts, now
from stack.load import Load
from stack.people import people, scripts
from stack.plan import DRESSES, Plan
from stack.processes import Processes
from stack.proxy import Proxy
from stack.records import Record, Records
from stack.settings import Settings

MODULES = {
    "web": "frontend", "token-issuer": "issuer", "api-gateway": "gateway",
    "directory": "directory", "session-store": "sessions", "push-service": "pushes",
    "corp-idp": "provider",
}  # fmt: skip
VERSIONS = {
    "web": "5.2.1", "token-issuer": "2.7.3", "api-gateway": "4.0.1", "directory": "1.12.0",
    "session-store": "3.1.0", "push-service": "1.4.2", "corp-idp": "-", "nginx": "41",
}  # fmt: skip
POOLS = {"frontend": "web", "issuer": "token-issuer", "gateway": "api-gateway"}
ACTORS = ["mvargas", "sduque", "ttanaka", "lbecker"]
SECRET = "an-old-client-secret-of-the-shop-0001"
NEW_SECRET = "a-new-client-secret-of-the-shop-0002"


@dataclass
class Scene:
    plan: Plan
    folder: Path
    port: int
    seconds: float
    seed: int
    pace: float = 1.0
    """Below 1 a rehearsal: the story's moments come sooner, all else keeps its time."""
    guilty: Record | None = None
    fault: float | None = None
    cured: float | None = None
    attempts: Attempts = field(default_factory=Attempts)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.logs = self.folder / "logs"
        for place in (self.logs, self.folder / "keys"):
            place.mkdir(parents=True)
        self.dress = DRESSES[self.plan.dress]
        self.processes = Processes(self.folder, clocked=self.plan.options.get("clocked"))
        self.records = Records(self.dress.records)
        self.versions = dict(VERSIONS)
        told = self.plan.options
        self.crowd = people(
            self.dice, 280, told.get("shares", {}), told.get("sso", 0.28), told.get("mfa", 0.35)
        )
        base, provider = f"http://127.0.0.1:{self.port}", f"https://127.0.0.1:{self.port + 19}"
        self.load = Load(
            base, provider, self.plan.per_minute, self.crowd, scripts(self.dice), self.attempts,
            self.dice,
        )  # fmt: skip
        self.links = {
            "issuer": base, "jwks": f"{base}/.well-known/jwks.json", "provider": provider,
            "directory": f"http://127.0.0.1:{self.port + 16}",
            "sessions": f"http://127.0.0.1:{self.port + 17}",
            "pushes": f"http://127.0.0.1:{self.port + 18}",
        }  # fmt: skip

    def layout(self) -> dict[str, tuple[str, int]]:
        """Every process by its instance: its service and its port."""
        base, found = self.port, {}
        for service, first, count in (
            ("web", 1, 1), ("token-issuer", 4, 2), ("api-gateway", 8, self.plan.gateways),
            ("directory", 16, 1), ("session-store", 17, 1), ("push-service", 18, 1),
            ("corp-idp", 19, 1),
        ):  # fmt: skip
            for n in range(count):
                found[f"{service}-{n + 1}"] = (service, base + first + n)
        return found

    def settings(self, instance: str, service: str, port: int) -> Settings:
        ours = service in self.dress.styles
        log = self.logs / f"{service}.log" if ours else self.folder / "provider.log"
        return Settings(
            service=service, instance=instance, version=VERSIONS[service], port=port,
            folder=str(self.folder), links=self.links, log_file=str(log),
            log_style=self.dress.styles.get(service, "json"),
            log_version=service in self.dress.versioned, build=self.build(service),
        )  # fmt: skip

    def build(self, service: str) -> dict[str, Any]:
        told: dict[str, dict[str, Any]] = {
            "web": {"cookie_secret": "first-cookie-secret", "client_secret": SECRET},
            "api-gateway": {"log_jti": self.dress.log_jti},
            "corp-idp": {"certificate": "provider", "secrets": self.secrets()},
        }
        return told.get(service, {}) | self.plan.options.get("builds", {}).get(service, {})

    def secrets(self) -> dict[str, float]:
        """The client secrets that the provider knows, and until when."""
        far = now() + 10**7
        ends = self.plan.options.get("secret_ends_at")
        return {SECRET: self.begun + ends * self.pace if ends else far, NEW_SECRET: far}

    async def open(self) -> None:
        """Make what the processes share, start them all, and the proxy before them."""
        self.begun = now() + 15 + self.dice.uniform(0, 60) * self.pace
        keys.make_signing_keys(self.folder / "keys", ["2026-10", "2026-11", "2027-02"])
        ends = self.plan.options.get("certificate_ends_at", 10**7)
        until = dt.datetime.fromtimestamp(self.begun + ends * self.pace, dt.UTC)
        keys.make_certificate(self.folder / "keys", "provider", until=until)
        far = until + dt.timedelta(days=90)
        keys.make_certificate(self.folder / "keys", "provider-renewed", until=far)
        rows = [(p.name, p.password, p.mfa) for p in self.crowd]
        directory.fill(self.folder / "users.db", rows)
        self.processes.clock(0)
        layout = self.layout()
        pools = {
            name: {port: 4 for service, port in layout.values() if service == of}
            for name, of in POOLS.items()
        }
        self.proxy = Proxy(self.folder, self.logs, self.port, self.dress.tail, pools)
        self.proxy.start()
        for instance, (service, port) in layout.items():
            settings = self.settings(instance, service, port)
            await self.processes.start(MODULES[service], settings)

    async def at(self, second: float) -> None:
        """Wait until this second of the run, give or take a little."""
        await asyncio.sleep(
            max(0, self.begun + second * self.pace + self.dice.uniform(-4, 4) - now())
        )

    def begins(self) -> None:
        self.fault = now()

    def ends(self) -> None:
        self.cured = now()

    # what people do, with a record

    def record(self, kind: str, service: str, what: str = "", version: str = "") -> Record:
        """Keep a record from now; versions that are named become those that run."""
        previous = self.versions.get(service, "") if version else ""
        if version:
            self.versions[service] = version
        made = Record(
            self.records.new_id(), kind, service, now(), now(), version, previous,
            self.dice.choice(ACTORS), what,
        )  # fmt: skip
        self.records.kept.append(made)
        return made

    async def deploy(
        self, service: str, version: str, what: str = "", *, kind: str = "deploy",
        pause_s: float = 12, only: str | None = None, **build: Any,
    ) -> Record:  # fmt: skip
        """Replace the instances of a service one by one; the record ends with the last."""
        made = self.record(kind, service, what, version)
        chosen = [name for name, (of, _) in self.layout().items() if of == service]
        for number, instance in enumerate([only] if only else chosen):
            if number:
                await asyncio.sleep(pause_s)
            await self.processes.replace(instance, self.versions[service], build)
        made.end = now()
        return made

    async def restart(self, service: str) -> Record:
        """The same build once more."""
        made = await self.deploy(service, "", "routine restart", kind="restart")
        made.previous = ""
        return made

    def configure_proxy(self, version: str, what: str, *, kind: str = "config") -> Record:
        """Reload nginx with what `self.proxy` says now."""
        made = self.record(kind, "nginx", what, version)
        self.proxy.reload()
        return made

    # what happens by itself, without one

    def send(self, instance: str, what: signal.Signals) -> None:
        self.processes.send(instance, what)

    async def come_back(self, instance: str, **build: Any) -> None:
        """Start a process that died, as its supervisor would."""
        service = instance.rsplit("-", 1)[0]
        await self.processes.replace(instance, self.versions[service], build)

    async def close(self) -> None:
        await self.processes.end()
        self.proxy.stop()
        self.records.save(self.logs)
