"""Rows come in order from every store, whether its files lie in order already or are sorted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.logs import StoreWriter, compact
from authlogs.logs.store import lies_in_order, shards
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES

BEGIN = datetime(2024, 5, 3, 23, 59, tzinfo=UTC)
KEYS = ["time", "source_file", "byte_offset"]


def rows():
    return st.fixed_dictionaries(
        {
            "time": st.none() | st.integers(0, 4).map(lambda n: BEGIN + timedelta(seconds=30 * n)),
            "source_file": st.sampled_from([None, "a.log", "B.log", "ö.log", "日.log"]),
            "byte_offset": st.none() | st.integers(0, 3),
        }
    )


def put(store, events):
    with StoreWriter(store, key=b"k" * 32) as writer:
        writer.add(
            pa.Table.from_pylist(events, EVENTS), CHANGES.empty_table(), REJECTS.empty_table()
        )
        writer.commit(SOURCES.empty_table())


def key(row):
    """The place of a row, told by plain Python; what is null comes last."""
    return [(row[name] is None, row[name] or 0) for name in KEYS]


@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.lists(rows(), max_size=9), max_size=4), st.booleans())
def test_rows_come_by_time_file_and_offset(appends, compacted):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "ROWS", 4)
        store = Path(folder) / "store"
        put(store, [])
        for events in appends:
            put(store, events)
        if compacted:
            compact(store)
        expected = sorted((one for events in appends for one in events), key=key)
        assert al.search(store, "*", columns=KEYS).to_pylist() == expected
        assert al.search(store, "*", columns=KEYS, limit=3).to_pylist() == expected[:3]
        assert al.load(store).events.select(KEYS).to_pylist() == expected
        timed = [one for one in expected if one["time"] is not None]
        kept = al.load(store).dataset.filter(pa.compute.field("time").is_valid())
        assert al.search(kept, "*", columns=KEYS).to_pylist() == timed


def event(seconds, name="a.log", offset=0):
    time = None if seconds is None else BEGIN + timedelta(seconds=seconds)
    return {"time": time, "source_file": name, "byte_offset": offset}


@pytest.mark.parametrize(
    ("appends", "ordered"),
    [
        ([], True),
        ([[event(0), event(90_000), event(None)]], True),
        ([[event(0), event(1)], [event(2)]], True),
        ([[event(0), event(2)], [event(1)]], False),
        ([[event(0), event(1, "b.log")], [event(1)]], False),
        ([[event(None)], [event(None)]], False),
        ([[event(None)], [event(0)]], True),
    ],
)
def test_a_store_knows_whether_its_files_lie_in_order(tmp_path, appends, ordered):
    put(tmp_path / "store", [])
    for events in appends:
        put(tmp_path / "store", events)
    dataset = al.load(tmp_path / "store").dataset
    assert lies_in_order(dataset) is ordered
    assert not lies_in_order(dataset.filter(pa.compute.field("time").is_valid()))
    assert not lies_in_order(dataset.to_table())
    compact(tmp_path / "store")
    assert lies_in_order(al.load(tmp_path / "store").dataset)
