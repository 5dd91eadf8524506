"""DuckDB reads the files of a dataset itself, and finds in them what Arrow finds."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

import authlogs as al

LOGS = al.read("sample_logs/login-lockout/gateway.log.gz", tz="America/Bogota", year=2024)


@pytest.mark.parametrize("folder", ["service=other", "a*", "x?z", "p[l]ain", "it's"])
def test_a_path_adds_nothing_to_what_a_store_holds(tmp_path: Path, folder: str) -> None:
    LOGS.save(tmp_path / folder / "store")
    for sibling in ("ab", "xyz", "plain"):  # what the names above would stand for, as patterns
        shutil.copytree(tmp_path / folder / "store", tmp_path / sibling / "store")

    store = al.load(tmp_path / folder / "store")

    of_gateway = store.events["service"].to_pylist().count("gateway")
    assert al.search(store, "service:gateway").num_rows == of_gateway > 0
    assert al.search(store, "service:other").num_rows == 0
    counted = store.sql("SELECT count(*) AS n FROM events WHERE service = 'gateway'")
    assert counted["n"].to_pylist() == [of_gateway]


def test_the_files_of_a_dataset_are_looked_for_where_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    for folder, user in (("inner", "right"), (".", "wrong")):
        pq.write_table(pa.table({"user": [user]}), tmp_path / folder / "one.parquet")
    monkeypatch.chdir(tmp_path)
    inner = fs.SubTreeFileSystem(str(tmp_path / "inner"), fs.LocalFileSystem())

    found = al.search(ds.dataset("one.parquet", filesystem=inner), "*:*")

    assert found["user"].to_pylist() == ["right"]


def test_the_name_of_a_column_is_no_sql(tmp_path: Path) -> None:
    written = tmp_path / "written"
    name = f"""x" FROM (SELECT 1 AS x); COPY (SELECT 1) TO '{written}'; --"""
    pq.write_table(pa.table({name: [7]}), tmp_path / "one.parquet")

    found = al.search(ds.dataset(str(tmp_path / "one.parquet")), "*:*")

    assert found.to_pydict() == {name: [7]}
    assert not written.exists()


def test_the_name_of_a_column_is_no_parameter() -> None:
    table = pa.table({"user": ["a", "b"], "cost in $1": [1, 2]})

    found = al.search(table, "user:b")

    assert found.to_pydict() == {"user": ["b"], "cost in $1": [2]}
