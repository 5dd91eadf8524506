"""A report's custody: who and how, what was altered since, and where the result now differs."""

import hashlib
import json
import re
import shutil

import pytest
from cli_cases import authlogs

from authlogs.report.comparing import first_difference


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A small simulated incident; nobody changes it."""
    folder = tmp_path_factory.mktemp("world") / "logs"
    assert (
        authlogs("simulate", "validator", "--out", folder, "--lines", 3000, "--seed", 1).code == 0
    )
    return folder


@pytest.fixture(scope="module")
def made(world, tmp_path_factory):
    """Its report, with what was printed."""
    out = tmp_path_factory.mktemp("made") / "report"
    ran = authlogs(
        "report", world, "--tz", "UTC", "--out", out, "--format", "html,md,json,csv,timesketch",
        "--obtained", "edge*=copied from edge-1 by scp", "--obtained", "handed over by the team",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return out, ran


@pytest.fixture
def moved(world, tmp_path):
    return shutil.copytree(world, tmp_path / "logs")


def test_the_hash_of_the_manifest_is_printed_and_stands_in_the_foot(made):
    out, ran = made
    digest = hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    assert ran.out == f"{digest}  {out / 'manifest.json'}\n"
    foot = (out / "report.html").read_text(encoding="utf-8").partition("<footer>")[2]
    assert digest in foot
    assert digest in (out / "report.md").read_text(encoding="utf-8").splitlines()[-1]


def test_the_manifest_tells_who_how_and_from_what(made, world):
    told = json.loads((made[0] / "manifest.json").read_text(encoding="utf-8"))
    assert told["command"].startswith("authlogs report ")
    assert {"user", "host", "system", "folder"} <= told["made_by"].keys()
    assert told["started"] <= told["created"]
    assert told["asked"]["tz"] == ["UTC"]
    assert told["identities"] is False
    assert re.fullmatch(r"[0-9a-f]{64}", told["environment"]["sha256"])
    for source in told["sources"]:
        stored = hashlib.sha256((world / source["source_file"]).read_bytes()).hexdigest()
        assert source["sha256"] == source["sha256_after"] == stored
        edge = source["source_file"].startswith("edge")
        how = "copied from edge-1 by scp" if edge else "handed over by the team"
        assert source["obtained"] == how


def test_nobody_is_named_in_any_file(made, world):
    text = (world / "accounts.log").read_text(encoding="utf-8")
    people = set(re.findall(r'"username":"(\w{4,})"', text))
    addresses = set(re.findall(r'"remoteAddress":"([\w.:]+)"', text))
    assert len(people) > 50
    for file in made[0].rglob("*"):
        if file.is_file() and file.suffix != ".png":
            text = file.read_text(encoding="utf-8")
            assert not [one for one in people | addresses if one in text], file.name


def test_a_fresh_report_is_verified_by_reading_again(made):
    ran = authlogs("verify", made[0])
    assert (ran.code, ran.out) == (0, ""), ran.all
    assert "nothing was altered" in ran.err


def test_sources_are_told_apart_and_the_first_difference_is_named(made, moved):
    accounts, edge = moved / "accounts.log", moved / "edge.log"
    with (moved / "token-issuer.log").open("ab") as file:
        file.write(b"\n")
    (moved / "alerts.json").unlink()
    # A name and an address less: each record is what it was.
    first, rest = accounts.read_text(encoding="utf-8").split("\n", 1)
    told = json.loads(first) | {"username": "someone", "remoteAddress": "203.0.113.99"}
    accounts.write_text(f"{json.dumps(told)}\n{rest}", encoding="utf-8")
    # Failures become something else: the result does too.
    text = edge.read_text(encoding="utf-8")
    edge.write_text(text.replace('err="', 'err="jwt expired ', 60), encoding="utf-8")
    ran = authlogs("verify", made[0], "--logs", moved)
    assert ran.code == 1
    states = dict(re.findall(r"(?m)^([\w.-]+): ([\w-]+)", ran.out))
    assert states == {
        "alerts.json": "missing", "accounts.log": "re-redacted", "edge.log": "altered",
        "token-issuer.log": "rotated",
    }  # fmt: skip
    (line,) = [line for line in ran.out.splitlines() if line.startswith("result.json ")]
    assert re.match(r"result\.json \$\.[a-z_]+(\[\d+\])?[\w.\[\]]*: .+ before, .+ now$", line)


def test_an_altered_page_is_seen_before_anything_is_read(made, tmp_path):
    out = shutil.copytree(made[0], tmp_path / "report")
    page = out / "report.html"
    page.write_text(page.read_text(encoding="utf-8").replace("edge", "edgy", 1), encoding="utf-8")
    ran = authlogs("verify", out)
    assert ran.code == 1
    assert ran.out == "report.html: altered\n"


def test_identities_are_recorded(world, tmp_path):
    ran = authlogs(
        "report", world, "--tz", "UTC", "--out", tmp_path / "r", "--format", "json", "--identities"
    )
    assert ran.code == 0
    told = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert told["identities"] is True
    assert told["asked"]["identities"] is True


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"a": 1}, {"a": 1}, None),
        ({"a": 1}, {"a": 2}, "$.a"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "$.a[1]"),
        ({"a": [1, 2]}, {"a": [1]}, "$.a.length"),
        ({"a": {"b": None}}, {"a": {}}, None),
        ({"a": {}}, {"a": {"x y": 1}}, "$.a['x y']"),
        ({"a": 1, "b": 1}, {"b": 2, "a": 2}, "$.a"),
        ({"software": {"x": 1}}, {"software": {"x": 2}}, None),
        ({"a": "user-0123456789abcdef, 192.0.2.1"}, {"a": "user-fedcba9876543210, 10.1.2.3"}, None),
        (
            {"a": ["user-0123456789abcdef", "user-0123456789abcdef"]},
            {"a": ["user-fedcba9876543210", "user-0000000000000000"]},
            "$.a[1]",
        ),
        ({"a": "2001:db8::1 x"}, {"a": "2001:db9:0:1:2:3:4:5 x"}, None),
        ({"a": "at 09:41:14 UTC-05:00"}, {"a": "at 09:42:14 UTC-05:00"}, "$.a"),
    ],
)
def test_the_first_difference(before, after, path):
    found = first_difference(before, after)
    assert (found and found.path) == path


def test_healthy_days_that_were_asked_are_read_again(world, tmp_path):
    days, out = tmp_path / "days", tmp_path / "report"
    assert authlogs("simulate", "healthy", "--out", days, "--lines", 500, "--seed", 2).code == 0
    asked = ("--tz", "UTC", "--history", days, "--out", out, "--format", "json")
    assert authlogs("report", world, *asked).code == 0
    told = authlogs("verify", out)
    assert told.code == 0, told.all
    assert "not read again" not in told.all
    told = json.loads((out / "manifest.json").read_text())["history"]
    assert {one["source_file"] for one in told} >= {"auth.log", "deployments.json"}
    sums = {one["source_file"]: one["sha256"] for one in told}
    assert sums["auth.log"] == hashlib.sha256((days / "auth.log").read_bytes()).hexdigest()


def test_an_altered_file_of_the_healthy_days_is_named(moved, tmp_path):
    days, out = tmp_path / "days", tmp_path / "report"
    assert authlogs("simulate", "healthy", "--out", days, "--lines", 500, "--seed", 2).code == 0
    asked = ("--tz", "UTC", "--history", days, "--out", out, "--format", "md,json")
    assert authlogs("report", moved, *asked).code == 0
    assert "--history auth.log" in (out / "report.md").read_text()
    grown, changed = days / "auth.log", days / "api-gateway.log"
    grown.write_bytes(grown.read_bytes() + grown.read_bytes())
    changed.write_bytes(changed.read_bytes()[:-200])
    told = authlogs("verify", out)
    assert told.code == 1
    assert "--history auth.log: rotated" in told.out
    assert "--history api-gateway.log: altered" in told.out
    shutil.rmtree(days)
    told = authlogs("verify", out)
    assert told.code == 0, told.all
    assert (
        f"the history was not read again, nor the result compared: it is not at {days}" in told.err
    )
    log = next(moved.glob("*.log"))
    log.write_bytes(log.read_bytes()[:-200])
    told = authlogs("verify", out)
    assert told.code == 1
    assert f"{log.name}: altered" in told.out
