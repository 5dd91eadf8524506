"""Zones, keys, stores and samples: what the options come to."""

import io
import json
import sys

import pytest
from cli_cases import NAIVE, authlogs, folder_of, logins

from authlogs.cli.options import Asked
from authlogs.cli.samples import failures
from authlogs.cli.terminal import progress
from authlogs.errors import BadCall
from authlogs.parse.registry import load_registry

KEYS = (b"k" * 32, b"another key of 32 bytes, or more")


@pytest.fixture
def store(tmp_path):
    """Twenty logins between 14:00 and 14:19 UTC, as a store."""
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    assert authlogs("parse", folder, "--out", tmp_path / "store").code == 0
    return tmp_path / "store"


@pytest.mark.parametrize(
    ("given", "zones", "shown"),
    [
        ((), None, None),
        (("America/Bogota",), "America/Bogota", "America/Bogota"),
        (("auth*.log=UTC",), {"auth*.log": "UTC"}, None),
        (
            ("America/Bogota", "auth*.log=UTC", "a=b.log=-05:00"),
            {"auth*.log": "UTC", "a=b.log": "-05:00", "*": "America/Bogota"},
            "America/Bogota",
        ),
    ],
)
def test_zones_speak_for_all_or_for_a_glob(given, zones, shown):
    asked = Asked(paths=(), tz=given)
    assert asked.zones() == zones
    assert asked.display_zone == shown
    if isinstance(zones, dict):  # the first glob that fits counts, so the rest comes last
        assert list(asked.zones())[-1] == list(zones)[-1]


def test_two_zones_for_everything_are_refused():
    with pytest.raises(BadCall, match="both UTC and America/Bogota"):
        Asked(paths=(), tz=("UTC", "America/Bogota")).zones()


def test_a_zone_for_one_of_two_files(tmp_path):
    folder = folder_of(tmp_path / "logs", one_log=NAIVE * 9, two_log=NAIVE * 9)
    half = authlogs("parse", folder, "--tz", "one*=America/Bogota", "--out", tmp_path / "half")
    assert half.code == 3
    assert "two.log" in half.err
    assert "not read: one.log" not in half.err
    zones = ["--tz", "one*=America/Bogota", "--tz", "UTC"]
    assert authlogs("parse", folder, *zones, "--out", tmp_path / "whole").code == 0


def test_a_key_makes_pseudonyms_the_same_again(tmp_path, sample_logs):
    from authlogs.cli.asking import shown as shown_logs
    from authlogs.cli.reading import Reading

    shown = []
    for number, key in enumerate((*KEYS, KEYS[0])):
        file = tmp_path / f"{number}.key"
        file.write_bytes(key)
        logs = shown_logs(Reading(sample_logs), Asked(paths=(), key_file=file))
        shown.append(logs.events["user"].drop_null()[0].as_py())
    assert shown[0] == shown[2] != shown[1]


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ([], 20),
        (["--since", "2024-05-03T14:10:00Z"], 10),
        (["--since", "14:05", "--until", "14:10", "--tz", "UTC"], 5),
        (["--since", "4m"], 5),
        (["--since", "4m", "--until", "2024-05-03T14:10:00Z"], 4),
    ],
    ids=str,
)
def test_a_store_is_read_within_a_window(store, words, events):
    ran = authlogs("investigate", store, "--json", *words)
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)["accounting"]
    assert counts["events"] == events
    assert counts["filtered"] == 20 - events


def test_a_store_is_read_alone(store, tmp_path):
    ran = authlogs("investigate", store, tmp_path / "logs")
    assert ran.code == 2
    assert "alone" in ran.err


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_store_that_was_harmed(store, harm):
    table = "events" if harm == "altered" else "sources"
    file = next((store / table).rglob("*.parquet"))
    file.write_bytes(file.read_bytes() + b"x") if harm == "altered" else file.unlink()
    ran = authlogs("verify", store)
    assert ran.code == 1
    assert f"{file.name}: {harm}" in ran.out


def test_logs_that_grew_are_told_apart(store, tmp_path):
    with (tmp_path / "logs" / "app.jsonl").open("a", encoding="utf-8") as log:
        log.write(logins(1))
    ran = authlogs("verify", store)
    assert ran.code == 1
    assert "app.jsonl: rotated" in ran.out


def test_a_long_list_of_unread_files_is_cut(tmp_path):
    many = {f"file{number:02d}_bin": bytes(range(256)) * 9 for number in range(25)}
    folder = folder_of(tmp_path / "logs", app_jsonl=logins(), **many)
    ran = authlogs("investigate", folder)
    assert ran.code == 3
    assert "not read: 5 more" in ran.err
    nothing = folder_of(tmp_path / "nothing", **many)
    (nothing / "list.txt").write_text("eggs\n", encoding="utf-8")
    assert "and " in authlogs("investigate", nothing).err


def test_a_sample_that_lies_is_told():
    from dataclasses import replace

    good = load_registry().named("keycloak_events")
    right = good.samples[0]
    wrong = replace(right, want={**right.want, "user": "somebody else"})
    refused = replace(right, reject=True)
    several = replace(right, line=f"{right.line}\n{right.line}")
    told = list(failures(replace(good, name="mine", samples=(wrong, refused, several))))
    assert any("user is" in line and "somebody else" in line for line in told)
    assert any("should be a reject" in line for line in told)
    assert any("gives 2 rows" in line for line in told)
    assert any("is read as keycloak_events" in line for line in told)
    assert not list(failures(replace(good, samples=(right,))))


def test_a_failing_contract_exits_1(monkeypatch):
    monkeypatch.setattr("authlogs.cli.samples.failures", lambda one: iter([f"{one.name}: no"]))
    ran = authlogs("formats", "sshd", "--test")
    assert ran.code == 1
    assert ran.out == "sshd: no\n"


@pytest.mark.parametrize("watched", [True, False])
def test_progress_is_for_those_who_watch(watched, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return watched

    monkeypatch.setattr(sys, "stderr", Terminal())
    progress("reading …")
    assert sys.stderr.getvalue() == ("reading …\n" if watched else "")
