"""The files of a store: in order, pruned by time, compacted, checked, and of older versions."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from store_cases import KEY, append, content, expected, files_of, read_lines, tables

import authlogs as al
from authlogs.engine.queries import run_sql
from authlogs.errors import AuthlogsError, BadCall, DamagedStore
from authlogs.logs import StoreWriter, compact
from authlogs.logs.store import check_files, compaction, runs, shards
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TIME

ONE = b"E 1 a\nC 2\nE 90000 b\nbad\n"
TWO = b"E 0 c\nE 90001 d\nC 3\nworse\n"
KEYS = ["time", "source_file", "byte_offset"]
BEGIN = datetime(2024, 5, 3, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    for name, data in (("one.log", ONE), ("two.log", TWO)):
        (tmp_path / name).write_bytes(data)
        append(tmp_path / "store", tmp_path / name)
    return tmp_path / "store"


def event_files(store):
    return sorted((store / "events").rglob("*.parquet"))


def keys(table):
    """The order of rows, told by plain Python; no time comes last."""
    rows = table.select(KEYS).to_pylist()
    return [(row["time"] is None, row["time"] or 0, *list(row.values())[1:]) for row in rows]


def untimed(*times, name="t.log"):
    """Events at these seconds; None has no time."""
    rows = [
        {
            "time": None if at is None else BEGIN + timedelta(seconds=at),
            "source_file": name, "line_no": n, "byte_offset": n, "service": f"s{n % 3}",
        }
        for n, at in enumerate(times)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, EVENTS)


def put(store, *events):
    with StoreWriter(store, key=KEY) as writer:
        for table in events:
            writer.add(table, CHANGES.empty_table(), REJECTS.empty_table())
        writer.commit(SOURCES.empty_table())


def test_the_events_of_a_store_come_by_time_file_and_offset(store, tmp_path):
    rows = keys(al.load(store).events)
    assert rows == sorted(rows) and len(rows) == 4
    put(tmp_path / "other", untimed(9, None, 2 * 86_400, 1), untimed(9, None, name="a.log"))
    rows = keys(al.load(tmp_path / "other").events)
    assert rows == sorted(rows) and len(rows) == 6
    assert {path.parent.name for path in event_files(tmp_path / "other")} == {
        "date=2024-05-03", "date=2024-05-05", "date=none",
    }  # fmt: skip


def test_load_gives_what_read_gave(sample_logs, tmp_path):
    sample_logs.save(tmp_path / "store")
    again = al.load(tmp_path / "store")
    texts = pa.schema(
        [(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in EVENTS]
    )
    order = [(name, "ascending") for name in [*KEYS, "action_raw", "message", "extra", "user"]]
    one, other = (logs.events.cast(texts).sort_by(order) for logs in (sample_logs, again))
    assert one.equals(other)
    assert again.events.schema.equals(EVENTS)
    for name in ("changes", "rejects", "sources"):
        assert getattr(again, name).to_pylist() == getattr(sample_logs, name).to_pylist()
    assert (again.warnings, again.key) == (sample_logs.warnings, sample_logs.key)


def test_words_come_back_as_words_and_have_statistics(store):
    events = al.load(store).dataset.to_table()
    assert events.schema.equals(EVENTS)
    group = pq.ParquetFile(event_files(store)[0]).metadata.row_group(0)
    told = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    assert told["service"].statistics.min == told["service"].statistics.max == "web"
    assert told["time"].statistics.has_min_max and told["time"].compression == "ZSTD"


def test_a_dictionary_with_other_words_does_not_blur_the_statistics(tmp_path):
    put(tmp_path / "store", untimed(0, 0, 0).slice(1, 1))
    group = pq.ParquetFile(event_files(tmp_path / "store")[0]).metadata.row_group(0)
    service = next(
        group.column(n) for n in range(group.num_columns)
        if group.column(n).path_in_schema == "service"
    )  # fmt: skip
    assert (service.statistics.min, service.statistics.max) == ("s1", "s1")


def test_a_filter_on_a_day_does_not_open_the_files_of_another(store):
    logs = al.load(store)
    for path in event_files(store):
        if "2024-05-05" in str(path):
            path.unlink()
    day = pc.field("time") < pa.scalar(datetime(2024, 5, 4, tzinfo=UTC), TIME)
    assert logs.dataset.to_table(filter=day)["message"].to_pylist() == ["E 0 c", "E 1 a"]
    before = "SELECT count(*) AS n FROM events WHERE time < TIMESTAMPTZ '2024-05-04 00:00:00Z'"
    assert run_sql(before, events=logs.dataset)["n"].to_pylist() == [2]
    with pytest.raises(DamagedStore, match="missing"):
        run_sql("SELECT max(time) FROM events", events=logs.dataset)
    with pytest.raises(DamagedStore, match=r"date=2024-05-05.*missing"):
        _ = logs.events


def test_load_opens_no_file_of_events(store):
    for path in event_files(store):
        path.write_bytes(b"x" * path.stat().st_size)
    logs = al.load(store)
    assert len(logs.changes) == 2
    with pytest.raises(DamagedStore, match="no whole Parquet file"):
        _ = logs.events


def test_compact_leaves_one_file_for_each_date_and_all_rows(store):
    before = content(al.load(store))
    compact(store)
    assert len(event_files(store)) == 2
    assert len(list((store / "changes").iterdir())) == 1
    assert content(al.load(store)) == before == expected(("one.log", ONE), ("two.log", TWO))
    after = files_of(store)
    compact(store)
    assert files_of(store) == after
    assert not check_files(store)


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.lists(st.none() | st.integers(0, 200_000), max_size=9), max_size=7))
def test_compact_merges_any_files_into_order(appends):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "_AT_ONCE", 2)
        patch.setattr(runs, "_ROWS", 3)
        patch.setattr(shards, "ROWS", 4)
        store = Path(folder) / "store"
        put(store)
        for number, times in enumerate(appends):
            put(store, untimed(*times, name=f"{number % 3}.log"))
        before = sorted(keys(al.load(store).events))
        compact(store)
        logs = al.load(store)
        assert keys(logs.dataset.to_table()) == keys(logs.events) == before
        dates = {path.parent.name for path in event_files(store)}
        assert len(event_files(store)) == len(dates)


def test_a_buffer_that_is_full_is_written_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROWS", 10)
    monkeypatch.setattr(shards, "MOST_GROUPS", 3)
    times = [(at * 37) % 100 for at in range(95)]
    put(tmp_path / "store", untimed(*times))
    groups = [
        file.read_row_group(at)
        for file in map(pq.ParquetFile, event_files(tmp_path / "store"))
        for at in range(file.num_row_groups)
    ]
    assert [len(group) for group in groups] == [10] * 9 + [5]
    assert all(keys(group) == sorted(keys(group)) for group in groups)
    assert len(event_files(tmp_path / "store")) == 4
    compact(tmp_path / "store")
    rows = [row for path in event_files(tmp_path / "store") for row in keys(pq.read_table(path))]
    assert rows == sorted(rows) and len(rows) == 95


def test_numbers_are_kept_as_steps_from_row_to_row_whatever_they_are(tmp_path):
    ends = [0, 2**63 - 1, -(2**63), None, 1, -1, 2**62, 2**31, -(2**33)]
    events = untimed(*range(len(ends))).set_column(
        EVENTS.get_field_index("line_no"), "line_no", pa.array(ends, pa.int64())
    )
    put(tmp_path / "store", events)
    dataset = al.load(tmp_path / "store").dataset
    assert dataset.to_table(columns=["line_no"])["line_no"].to_pylist() == ends
    assert run_sql("SELECT line_no FROM events", events=dataset)["line_no"].to_pylist() == ends
    group = pq.ParquetFile(event_files(tmp_path / "store")[0]).metadata.row_group(0)
    columns = (group.column(at) for at in range(group.num_columns))
    steps = {one.path_in_schema for one in columns if "DELTA_BINARY_PACKED" in one.encodings}
    assert steps == {"time", "observed_time", "iat", "nbf", "exp", "line_no", "byte_offset"}


def test_very_many_dates_share_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "MOST_DATES", 5)
    days = [at * 86_400 for at in range(40)]
    far = pa.array([9 * 10**17], pa.int64()).cast(TIME)
    put(tmp_path / "store", untimed(*days, 86_401), untimed(0).set_column(0, "time", far))
    names = {path.parent.name for path in event_files(tmp_path / "store")}
    assert len(names) == 6 and "date=mixed" in names and "date=2024-05-04" in names
    assert al.load(tmp_path / "store").events.num_rows == 42
    compact(tmp_path / "store")
    assert al.load(tmp_path / "store").events.num_rows == 42


def test_what_is_damaged_is_named(store):
    file = event_files(store)[0]
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    with pytest.raises(DamagedStore, match=file.name):
        al.load(store)
    file.write_bytes(whole[:-9] + b"x" + whole[-8:])
    assert check_files(store) == {file.relative_to(store).as_posix(): "altered"}
    file.unlink()
    with pytest.raises(DamagedStore, match=f"{file.name}: is missing"):
        al.load(store)
    assert check_files(store) == {file.relative_to(store).as_posix(): "missing"}


def test_no_append_and_no_compaction_hides_a_damage(store, tmp_path):
    for path in event_files(store):
        path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(DamagedStore):
        compact(store)
    (tmp_path / "one.log").write_bytes(ONE + b"E 5 e\n")
    with pytest.raises(AuthlogsError):
        append(store, tmp_path / "one.log")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"rows": 1', '"rows": 2'),
        ('"path": "events/', '"path": "../events/'),
        ('"key_id"', '"key"'),
    ],
)
def test_an_altered_manifest_is_named(store, old, new):
    manifest = store / "manifest.json"
    manifest.write_text(manifest.read_text().replace(old, new, 1))
    with pytest.raises(DamagedStore, match=r"manifest\.json"):
        al.load(store)
    assert check_files(store) == {"manifest.json": "altered"}


def test_a_manifest_cannot_name_files_outside_its_store(tmp_path):
    old = first_version(tmp_path / "store")
    manifest = tmp_path / "store" / "manifest.json"
    told = json.loads(manifest.read_text())
    told["files"]["../events.parquet"] = "0"
    manifest.write_text(json.dumps(told))
    with pytest.raises(DamagedStore, match=r"manifest\.json"):
        al.load(old)


def first_version(store):
    """A store as the first version wrote it, of which two columns were not known yet."""
    store.mkdir()
    rows, tally = read_lines(ONE, "one.log")
    parts = dict(zip(("events", "changes", "rejects"), tables(rows), strict=True))
    parts["events"] = parts["events"].drop_columns(["region", "issuer_version"])
    row = {"source_file": "one.log", "path": str(store.parent / "one.log"), **tally}
    row |= {"sha256": "0" * 64, "size": len(ONE)}
    parts["sources"] = pa.Table.from_pylist([row], SOURCES)
    for name, table in parts.items():
        pq.write_table(table, store / f"{name}.parquet", compression="zstd")
    manifest = {
        "schema_version": "1", "authlogs": "0.1.0",
        "files": {f"{name}.parquet": "0" * 64 for name in parts},
        "sources": [{"source_file": "one.log", "path": "x", "sha256": "0" * 64, "size": 1}],
        "warnings": ["as it was"],
    }  # fmt: skip
    (store / "manifest.json").write_text(json.dumps(manifest, indent=1))
    store.with_name("store.key").write_bytes(KEY)
    return store


def test_a_store_of_the_first_version_is_read_and_appended_to(tmp_path):
    store = first_version(tmp_path / "store")
    logs = al.load(store)
    assert content(logs, "events", "changes", "rejects") == {
        name: rows for name, rows in expected(("one.log", ONE)).items() if name != "sources"
    }
    assert logs.events["region"].null_count == 2 and logs.events.schema.equals(EVENTS)
    assert (logs.key, logs.warnings) == (KEY, ("as it was",))
    (tmp_path / "two.log").write_bytes(TWO)
    append(store, tmp_path / "two.log")
    whole = content(al.load(store), "events", "changes", "rejects")
    both = expected(("one.log", ONE), ("two.log", TWO))
    assert whole == {name: rows for name, rows in both.items() if name != "sources"}
    compact(store)
    assert content(al.load(store), "events", "changes", "rejects") == whole
    assert not (store / "events.parquet").exists()
    assert len(event_files(store)) <= 4


def test_a_newer_store_is_refused_by_readers_and_writers(store):
    manifest = store / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"schema_version": "2"', '"schema_version": "3"')
    )
    for use in (al.load, StoreWriter, compact, check_files):
        with pytest.raises(BadCall, match="schema version 3"):
            use(store)


def test_a_store_can_be_saved_over_itself(store):
    before = content(al.load(store))
    al.load(store).save(store)
    assert content(al.load(store)) == before


def test_a_store_is_given_as_events(store):
    from authlogs.engine.base import as_events

    for path in (store, str(store)):
        assert as_events(path).count_rows() == 4


def test_filters_tell_which_row_groups_lack_a_token(tmp_path):
    import duckdb
    import pyarrow.dataset as ds

    told = [{"token_hash": f"t{at}", "source_file": "a.log"} for at in range(500)]
    rows = pa.Table.from_pylist(told, EVENTS)
    others = (table.empty_table() for table in (CHANGES, REJECTS, SOURCES))
    al.Logs(ds.dataset(rows), *others).save(tmp_path / "store")
    (file,) = al.load(tmp_path / "store").dataset.files
    for value, excluded in (("t7", False), ("t500", True)):
        asked = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'token_hash', '{value}')"
        assert duckdb.execute(asked, [file]).fetchall() == [(excluded,)]
