"""Reading on Spark gives what reading here gives: rows, rejects, tallies, and the investigation."""

import json
import os

import pytest
from cli_cases import ASKED, authlogs
from mixed_logs import ZONE, mixed_folder

import authlogs as al
from authlogs.engine.spark_files import SparkFiles
from authlogs.engine.spark_reading import read_on_spark
from authlogs.engine.spark_table import undictionaried
from authlogs.errors import BadCall, ZoneNeeded
from authlogs.logs import Logs
from authlogs.schema import EVENTS
from authlogs.simulation.folder import simulate

KEY = b"k" * 32
PLACES = [(name, "ascending") for name in ("source_file", "byte_offset", "line_no", "time_raw")]


def ordered(table):
    """Rows by file and offset, dictionaries as strings."""
    plain = undictionaried(table)
    return plain.sort_by([place for place in PLACES if place[0] in plain.column_names])


def agree(here: Logs, there: Logs):
    for name in ("events", "changes", "rejects"):
        left, right = getattr(here, name), getattr(there, name)
        assert left.schema == right.schema
        for column, told in zip(ordered(left).columns, ordered(right).columns, strict=True):
            assert column.equals(told), name
    assert here.sources.schema == there.sources.schema
    assert here.sources.to_pylist() == there.sources.to_pylist()
    assert (here.warnings, here.key) == (there.warnings, there.key)
    assert there.tally().holds


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return mixed_folder(tmp_path_factory.mktemp("mixed") / "logs")


def test_a_mixed_folder_with_large_files_in_pieces(spark, mixed, monkeypatch):
    jobs = []
    run = SparkFiles._run
    monkeypatch.setattr(
        SparkFiles, "_run", lambda self, given: (jobs.append(list(given)), run(self, given))[1]
    )
    asked = {"tz": ZONE, "year": 2024, "key": KEY}
    there = read_on_spark(mixed, session=spark, split_bytes=64 << 10, **asked)
    agree(al.read(mixed, **asked), there)
    pieces = {}
    for one in (job for batch in jobs for job in batch):
        pieces.setdefault(one.probed.found.name, []).append(one.piece)
    assert len(pieces["app.jsonl"]) > 3 and len(pieces["keycloak.log"]) > 2
    assert pieces["auth.log"] == pieces["old.jsonl.gz"] == [None]  # yearless; compressed
    assert len(pieces["late.log"]) > 2 and pieces["late.log"][-1] is None  # read again, whole


def test_years_come_from_dated_files_and_zones_are_asked_for(spark, mixed):
    names = [mixed / name for name in ("app2.jsonl", "auth.log", "keycloak.log", "changes.csv")]
    here = al.read(names, key=KEY, on_zone_needed="skip")
    there = read_on_spark(
        names, session=spark, key=KEY, on_zone_needed="skip", split_bytes=64 << 10
    )
    agree(here, there)
    with pytest.raises(ZoneNeeded, match=r"keycloak\.log") as told:
        read_on_spark(names, session=spark)
    with pytest.raises(ZoneNeeded) as wanted:
        al.read(names)
    assert str(told.value) == str(wanted.value)


def test_a_window_is_kept_and_counted(spark, mixed):
    asked = {"key": KEY, "since": "2024-05-03T14:05Z", "until": "2024-05-03T14:09Z"}
    names = [mixed / "app2.jsonl", mixed / "changes.csv"]
    agree(al.read(names, **asked), read_on_spark(names, session=spark, **asked))
    with pytest.raises(BadCall, match="can only be placed"):
        read_on_spark(names, session=spark, since="30m")


def sample(_):
    """The sample incident, as the command line asks for it."""
    if not os.environ.get("AUTHLOGS_THOROUGH"):
        pytest.skip("two minutes of Spark: AUTHLOGS_THOROUGH=1 (or make fuzz) runs it")
    return ASKED


def simulated(folder):
    """A smaller incident of the same kind: a service issues bad tokens."""
    simulate("bad-token", folder / "logs", seed=5, lines=20_000)
    return [str(folder / "logs"), "--tz", "UTC"]


@pytest.mark.parametrize("logs", [simulated, sample])
def test_the_command_line_answers_alike_on_both(logs, spark, tmp_path):
    """Parsed, pseudonymised and investigated there as here; only `software` may differ."""
    (tmp_path / "team.key").write_bytes(KEY)
    asked = ["investigate", *logs(tmp_path), "--key", str(tmp_path / "team.key"), "--json"]
    here, there = authlogs(*asked), authlogs(*asked, "--engine", "spark")
    assert there.code == here.code == 0
    left, right = json.loads(here.out), json.loads(there.out)
    assert left["incidents"]
    left.pop("software"), right.pop("software")
    assert left == right
    assert here.err == there.err


def test_events_of_spark_come_back_as_a_table_when_asked(spark, mixed):
    logs = read_on_spark(mixed / "app2.jsonl", session=spark, key=KEY)
    assert logs.dataset.count_rows() == logs.events.num_rows
    assert logs.events.schema.equals(EVENTS, check_metadata=True)
