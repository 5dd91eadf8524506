"""Saving, loading and verifying Logs."""

import gzip
import hashlib
import json
import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import authlogs as al
from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.schema import EVENTS

KEY = b"k" * 32
DATED = (
    '{{"time":"2024-05-03T{}Z","level":"info","event":"login","outcome":"success","user":"ana"}}\n'
)


@pytest.fixture
def folder(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "dated.jsonl").write_text(DATED.format("14:41:00") + DATED.format("14:51:00") + "bad\n")
    return logs


def test_a_store_gives_back_what_was_saved(folder, tmp_path):
    logs = al.read(folder, key=KEY)
    store = tmp_path / "store"
    logs.save(store)
    again = al.load(store)
    for name in ("events", "changes", "rejects", "sources"):
        assert getattr(again, name).equals(getattr(logs, name))
    assert again.key == KEY and again.tally() == logs.tally()
    key = tmp_path / "store.key"
    assert key.read_bytes() == KEY and stat.S_IMODE(key.stat().st_mode) == 0o600
    manifest = json.loads((store / "manifest.json").read_text())
    assert manifest["sources"][0]["sha256"] == logs.sources["sha256"][0].as_py()
    logs.save(store)
    assert al.load(store).events.equals(logs.events)


def test_an_empty_table_survives_a_store(tmp_path):
    (tmp_path / "a.log").write_text("nothing here\n")
    al.read(tmp_path).save(tmp_path / "store")
    assert al.load(tmp_path / "store").events.schema.equals(EVENTS)


def test_what_is_no_store_or_no_place_for_one(folder, tmp_path):
    with pytest.raises(UnknownPath, match="manifest"):
        al.load(folder)
    logs = al.read(folder)
    with pytest.raises(Unwritable, match="other things"):
        logs.save(folder)
    with pytest.raises(Unwritable):
        logs.save(folder / "dated.jsonl" / "store")
    logs.save(tmp_path / "store")
    manifest = tmp_path / "store" / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"schema_version": "2"', '"schema_version": "9"')
    )
    with pytest.raises(BadCall, match="schema version 9"):
        al.load(tmp_path / "store")


def test_originals_are_verified(folder):
    for name in ("grown", "changed", "gone"):
        (folder / f"{name}.log").write_text(DATED.format("14:41:00"))
    logs = al.read(folder)
    assert logs.verify().holds
    with (folder / "grown.log").open("a") as file:
        file.write(DATED.format("15:41:00"))
    (folder / "changed.log").write_text(DATED.format("14:41:01"))
    (folder / "gone.log").unlink()
    told = logs.verify()
    assert dict(told.files) == {
        "changed.log": "altered", "dated.jsonl": "same", "gone.log": "missing",
        "grown.log": "rotated",
    }  # fmt: skip
    assert not told.holds and told.to_arrow().num_rows == 4


def test_hashes_are_those_of_the_stored_bytes(folder):

    path = folder / "dated.jsonl.gz"

    path.write_bytes(gzip.compress(DATED.format("14:41:00").encode()))
    rows = {row["source_file"]: row for row in al.read(folder).sources.to_pylist()}
    assert rows[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert rows[path.name]["compression"] == "gzip"


def test_a_store_is_read_by_others(folder, tmp_path):
    al.read(folder).save(tmp_path / "store")
    table = pq.read_table(tmp_path / "store" / "events")
    assert isinstance(table, pa.Table) and table["user"].to_pylist() == ["ana", "ana"]
