"""The committed sample, and a slow reader of its logs that shares nothing with the library."""

import csv
import gzip
import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from authlogs.simulation import simulate

BOGOTA = timezone(timedelta(hours=-5))
GATEWAY_LINE = re.compile(
    r"(?P<time>2024-05-03 \d\d:\d\d:\d\d,\d{3}) (?:INFO|WARNING) gateway\.auth: token_validate "
    r"outcome=(?P<outcome>\w+)(?: reason=(?P<reason>\w+))? status=\d+ service=gateway "
    r"version=(?P<version>\S+) instance=(?P<instance>\S+) zone=(?P<zone>\S+) "
    r'jti=(?P<jti>\S+) user=(?P<user>"(?:[^"\\]|\\.)*"|\S+) client=(?P<client>\S+) '
    r'request_id=(?P<request_id>\S+) duration_ms=\d+(?: authorization="[^"]*")?'
)


def text_lines(content):
    """The lines of a file that are valid UTF-8."""
    for line in content.split(b"\n"):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            continue


def local(text, layout="%Y-%m-%d %H:%M:%S,%f"):
    return datetime.strptime(text, layout).replace(tzinfo=BOGOTA)


def contents(folder):
    """Content of every file, uncompressed, by its name without .gz."""
    return {
        path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz"
        else path.read_bytes()
        for path in folder.iterdir()
    }


@pytest.fixture(scope="session")
def committed(sample):
    """The files of the sample as they are committed."""
    return contents(sample)


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """The sample written again: its folder, and the truth that was returned."""
    out = tmp_path_factory.mktemp("made") / "deep" / "lockout"
    return out, simulate("login-lockout", str(out))


@pytest.fixture(scope="session")
def made(written):
    """The files of the sample written again."""
    return contents(written[0])


@pytest.fixture(scope="session")
def truth(sample):
    """The committed truth, as it was written."""
    return json.loads(sample.with_name("login-lockout.truth.json").read_text())


@pytest.fixture(scope="session")
def validated(committed):
    """What the gateway made of tokens: one dict a line, with an aware time."""
    matches = map(GATEWAY_LINE.fullmatch, text_lines(committed["gateway.log"]))
    return [match.groupdict() | {"time": local(match["time"])} for match in matches if match]


@pytest.fixture(scope="session")
def web_events(committed):
    """The frontend's records that are whole and of that day."""
    found = []
    for line in text_lines(committed["web-app.jsonl"]):
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if record["timestamp"].startswith("2024-05-03"):
            found.append(record | {"time": datetime.fromisoformat(record["timestamp"])})
    return found


@pytest.fixture(scope="session")
def deployments(committed):
    """Deployments by id, with service, version, and the aware time each state was entered."""
    found = {}
    for record in json.loads(committed["deployments.json"]):
        states = {s["state"]: datetime.fromisoformat(s["created_at"]) for s in record["statuses"]}
        found[str(record["id"])] = record["payload"] | {"task": record["task"]} | states
    return found


@pytest.fixture(scope="session")
def first_alert(committed):
    """When the first alert began to fire."""
    alerts = json.loads(committed["alerts.json"])
    return min(datetime.fromisoformat(alert["startsAt"]) for alert in alerts)


@pytest.fixture(scope="session")
def changes(committed, deployments):
    """Every change that could be to blame, as (start, id, service), in order of time."""
    found = [(each["in_progress"], key, each["service"]) for key, each in deployments.items()]
    for row in csv.DictReader(committed["changes.csv"].decode().splitlines()):
        if row["change_type"] != "incident":
            start = local(row["time"], "%Y-%m-%d %H:%M:%S")
            found.append((start, row["change_id"], row["service"]))
    return sorted(found)
