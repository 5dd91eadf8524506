"""What the command line's tests share: how to run it, and small folders of logs."""

import contextlib
import gzip
import io
import json
import subprocess
import sys
from dataclasses import dataclass

from places import ROOT, SAMPLE

from authlogs.cli import main

ASKED = [str(SAMPLE), "--tz", "America/Bogota", "--year", "2024"]
LOGIN = {
    "@timestamp": "2024-05-03T14:00:00Z",
    "event": {"action": "login", "outcome": "success"},
    "user": {"name": "ana"},
    "source": {"ip": "192.0.2.7"},
    "service": {"name": "web"},
    "log": {"level": "info"},
    "message": "login",
}
NAIVE = (
    '2024-05-03 09:41:04,870 INFO  [org.keycloak.events] (executor-1) type="LOGIN", '
    'realmId="acme", clientId="web", userId="u1", ipAddress="192.0.2.1", username="ana"\n'
)
DEPLOY = {
    "time": "2024-05-03T14:30:00Z",
    "change_type": "deploy",
    "service": "web",
    "version": "1.2.0",
    "id": "d1",
}


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def all(self):
        return self.out + self.err


def authlogs(*words):
    """Run the command line inside this process, which is fast."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return Ran(int(code), out.getvalue(), err.getvalue())


def authlogs_process(*words, **options):
    """Run the command line as a process of its own, as people do."""
    command = [sys.executable, "-m", "authlogs", *map(str, words)]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300, **options
    )
    return Ran(run.returncode, run.stdout, run.stderr)


def logins(count=20, **changed):
    """JSON lines of logins, a minute apart."""
    lines = []
    for minute in range(count):
        told = LOGIN | {"@timestamp": f"2024-05-03T14:{minute:02d}:00Z"} | changed
        lines.append(json.dumps(told) + "\n")
    return "".join(lines)


def folder_of(path, **files):
    """A folder with these files: `name_ext=text or bytes`; a name's last `_` becomes a dot."""
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (path / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return path


def cut_gzip(text, keep=0.6):
    """A gzip of `text` that ends too early."""
    whole = gzip.compress(text.encode(), mtime=0)
    return whole[: int(len(whole) * keep)]
