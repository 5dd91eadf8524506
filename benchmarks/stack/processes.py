"""The processes of one stack: started, replaced by another build, killed, set to a clock."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from stack.settings import Settings

HERE = Path(__file__).parent
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
OVERLAP_S = 0.3
"""Both builds listen for a moment, so that a deploy loses no connection."""


@dataclass
class Running:
    settings: Settings
    module: str
    child: subprocess.Popen[bytes]


@dataclass
class Processes:
    folder: Path
    running: dict[str, Running] = field(default_factory=dict)
    clocked: str | None = None
    """The instance whose clock can be set, by libfaketime and a file."""

    def clock(self, offset_s: float) -> None:
        (self.folder / "clock").write_text(f"{offset_s:+.0f}s\n")

    def _environment(self, instance: str) -> Mapping[str, str]:
        paths = {"PYTHONPATH": str(HERE.parent), "TZ": "UTC", "PATH": os.environ["PATH"]}
        if instance != self.clocked:
            return paths
        return paths | {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    async def start(self, module: str, settings: Settings) -> None:
        """Start a process and wait until it listens."""
        path = self.folder / f"{settings.instance}.json"
        settings.save(path)
        child = subprocess.Popen(
            [sys.executable, "-m", f"stack.{module}", str(path)],
            env=dict(self._environment(settings.instance)),
            stderr=(self.folder / f"{settings.instance}.stderr").open("ab"),
        )
        self.running[settings.instance] = Running(settings, module, child)
        ready = self.folder / f"{settings.instance}.{child.pid}.ready"
        for _ in range(3000):
            if ready.exists():
                return
            if child.poll() is not None:
                break
            await asyncio.sleep(0.05)
        said = (self.folder / f"{settings.instance}.stderr").read_text()
        raise RuntimeError(f"{settings.instance} did not start: {said[-600:]}")

    async def replace(self, instance: str, version: str, build: Mapping[str, object]) -> None:
        """Start another build beside the one that runs, then stop that one."""
        old = self.running[instance]
        settings = replace(old.settings, version=version, build=old.settings.build | dict(build))
        if old.child.poll() is None:
            old.child.send_signal(signal.SIGCONT)
        await self.start(old.module, settings)
        await asyncio.sleep(OVERLAP_S)
        await self.stop(old)

    async def stop(self, one: Running) -> None:
        one.child.terminate()
        for _ in range(100):
            if one.child.poll() is not None:
                return
            await asyncio.sleep(0.05)
        one.child.kill()
        one.child.wait()

    def send(self, instance: str, what: signal.Signals) -> None:
        """SIGSTOP hangs it, SIGCONT lets it go on, SIGKILL is a crash."""
        child = self.running[instance].child
        child.send_signal(what)
        if what == signal.SIGKILL:
            child.wait()

    async def end(self) -> None:
        for one in self.running.values():
            if one.child.poll() is None:
                one.child.send_signal(signal.SIGCONT)
                await self.stop(one)
