"""The incidents of real software: what is kept, how they are scored, how cookies are cut."""

import csv
import json
import tarfile
from functools import cache
from pathlib import Path

import pytest
from stack.browsers import KINDS, Browser
from stack.scoring import blame, overlapping

KEPT = Path(__file__).parents[1] / "benchmarks" / "real_stack_logs"
ARCHIVES = sorted(KEPT.glob("*.tar.xz"))
NAMES = [archive.name.removesuffix(".tar.xz") for archive in ARCHIVES]


@cache
def files(archive):
    with tarfile.open(archive) as logs:
        return {member.name: logs.extractfile(member).read() for member in logs.getmembers()}


def truth(archive):
    name = archive.name.removesuffix(".tar.xz")
    return json.loads(archive.with_name(f"{name}.truth.json").read_text())


def change_ids(found):
    if "logs/changes.csv" in found:
        rows = csv.DictReader(found["logs/changes.csv"].decode().splitlines())
        return {row["change_id"] for row in rows}
    if "logs/deploys.jsonl" in found:
        lines = found["logs/deploys.jsonl"].decode().splitlines()
        return {json.loads(line)["change_id"] for line in lines}
    return {str(one["id"]) for one in json.loads(found["logs/deployments.json"])}


def test_at_least_twelve_incidents_are_kept():
    assert len(ARCHIVES) >= 12


@pytest.mark.parametrize("archive", ARCHIVES, ids=NAMES)
def test_an_archive_is_small_and_names_no_machine(archive):
    assert archive.stat().st_size < 1_500_000
    for name, text in files(archive).items():
        for word in (b"/tmp/", b"/work/", b"/home/", b"/root/", b"truth", b"guilty"):
            assert word not in text, (name, word)


def test_every_story_that_is_kept_is_told():
    told = (KEPT / "README.md").read_text()
    assert [name for name in NAMES if f"| `{name}` |" not in told] == []


@pytest.mark.parametrize("archive", ARCHIVES, ids=NAMES)
def test_the_guilty_change_is_among_the_records(archive):
    told = truth(archive)
    ids = change_ids(files(archive))
    assert len(ids) == told["changes"]
    assert told["guilty"] is None or told["guilty"] in ids
    assert told["guilty"] is None or told["cause_class"] == "change"


@pytest.mark.parametrize("archive", ARCHIVES, ids=NAMES)
def test_an_onset_follows_its_fault(archive):
    told = truth(archive)
    if told["onset"] is None:
        assert (told["cause_class"], told["attempts_failed_by_the_fault"]) == (None, 0)
    else:
        assert told["fault_began"] <= told["onset"] <= (told["recovered"] or "9")
        assert told["attempts_failed_by_the_fault"] >= 15


TRUE = {"guilty": "7", "onset": "2026-01-01T10:00:00Z", "recovered": None,
        "fault_ended": "2026-01-01T10:05:00Z"}  # fmt: skip


def told(verdict, change="7"):
    return {"verdict": verdict, "suspects": [{"change": {"id": change}}]}


@pytest.mark.parametrize(
    ("one", "guilty", "said"),
    [
        (told("change"), "7", "right"),
        (told("change", "8"), "7", "wrong"),
        (told("change"), None, "wrong"),
        (told("no_change"), None, "right"),
        (told("no_change"), "7", "wrong"),
        (told("undetermined"), "7", "abstained"),
        (None, "7", "missed"),
    ],
)
def test_blame_is_judged(one, guilty, said):
    assert blame(one, TRUE | {"guilty": guilty}) == said


def test_an_incident_an_hour_away_is_another():
    def lasting(start, stop):
        return {"onset": f"2026-01-01T{start}Z", "recovered": f"2026-01-01T{stop}Z"}

    near, far = lasting("10:01:00", "10:04:00"), lasting("11:00:00", "11:10:00")
    assert overlapping({"incidents": [far, near]}, TRUE) == [near]


def test_browsers_keep_cookies_by_their_own_rules():
    long = "sid=" + "a" * 3000
    kiosk, firefox = Browser(KINDS["kiosk"]), Browser(KINDS["firefox"])
    for browser in (kiosk, firefox):
        browser.take([long])
    assert (len(kiosk.cookies()), firefox.cookies()) == (2049, long)
    firefox.take(["sid=" + "b" * 5000])
    assert firefox.cookies() == long, "a cookie over 4,096 bytes is refused whole"


@pytest.mark.parametrize(
    ("kind", "cookie", "sent"),
    [
        ("chrome", "s=1", "s=1"),
        ("chrome-next", "s=1", ""),
        ("chrome-next", "s=1; SameSite=None; Secure", "s=1"),
        ("chrome", "s=1; SameSite=Lax", ""),
    ],
)
def test_a_post_from_another_site_carries_what_samesite_allows(kind, cookie, sent):
    browser = Browser(KINDS[kind])
    browser.take([cookie])
    assert browser.cookies(cross_site_post=True) == sent
    assert browser.cookies() == "s=1"
