"""`Logs.sql`: the tables are read, and nothing else is reached."""

import getpass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import authlogs as al
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def logs():
    events = [
        {"time": NOON, "user": "ana", "outcome": "failure", "http_status": 500},
        {"time": NOON, "user": "eva", "outcome": "success", "http_status": 200},
    ]
    at = {"source_file": "a.log", "line_no": 1, "byte_offset": 0}
    return al.Logs(
        dataset=ds.dataset(pa.Table.from_pylist([row | at for row in events], EVENTS)),
        changes=pa.Table.from_pylist([{"time": NOON, "service": "web"} | at], CHANGES),
        rejects=REJECTS.empty_table(),
        sources=pa.Table.from_pylist(
            [
                {"source_file": "a.log", "path": "a.log", "size": 0, "sha256": "0"}
                | dict.fromkeys(TALLY, 0)
            ],
            SOURCES,
        ),
    )


@pytest.fixture(scope="module", params=["memory", "store"])
def held(logs, request, tmp_path_factory):
    """The same Logs in memory, and in a store whose name SQL would trip over."""
    if request.param == "memory":
        return logs
    store = tmp_path_factory.mktemp("sql") / "o'brien, store"
    logs.save(store)
    return al.load(store)


def test_all_four_tables_are_there(held):
    told = held.sql(
        'SELECT e."user", c.service, (SELECT count(*) FROM rejects) AS rejects, s.source_file '
        "FROM events AS e JOIN changes AS c USING (time), sources AS s WHERE outcome = ?",
        ["failure"],
    )
    assert told.to_pylist() == [
        {"user": "ana", "service": "web", "rejects": 0, "source_file": "a.log"}
    ]


def test_parameters_by_name(held):
    told = held.sql('SELECT http_status FROM events WHERE "user" = $who', {"who": "eva"})
    assert told["http_status"].to_pylist() == [200]


def test_times_are_utc_and_sums_whole_numbers(held):
    told = held.sql("SELECT max(time) AS last, sum(http_status) AS total FROM events")
    assert told.to_pylist() == [{"last": NOON, "total": 700}]
    assert told.schema.types == [pa.timestamp("us", "UTC"), pa.int64()]
    huge = held.sql("SELECT 170141183460469231731687303715884105727::HUGEINT AS n")
    assert str(huge["n"][0].as_py()).startswith("1701411834604692317316873037158841057")


SECRET = pa.table({"password": ["hunter2"]})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_parquet('{folder}/*.parquet')",
        "SELECT * FROM SECRET",
        "SELECT * FROM hidden",
        "SELECT * FROM query('COPY events TO ''{folder}/out.csv''')",
        "COPY events TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/out.db'",
        "CREATE TABLE mine AS SELECT 1",
        "DROP VIEW events",
        "DELETE FROM events",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA enable_external_access = true",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT 1; DROP VIEW events",
        "SELECT 1; SELECT 2",
        "",
        "SELEC 1",
        "SELECT nothing FROM events",
        "SELECT ? FROM events",
        "\0",
        None,
        5,
    ],
)
def test_nothing_else_is_reached(held, query, tmp_path):
    hidden = SECRET  # DuckDB would find a variable of this name
    assert hidden.num_rows
    (tmp_path / "secret.txt").write_text("hunter2", encoding="utf-8")
    asked = query
    if isinstance(query, str):
        asked = query.replace("{file}", f"{tmp_path}/secret.txt").replace("{folder}", str(tmp_path))
    with pytest.raises(al.QueryError) as error:
        held.sql(asked)
    assert "hunter2" not in str(error.value)
    assert [file.name for file in tmp_path.iterdir()] == ["secret.txt"]


def test_the_environment_is_not_told(held):
    with pytest.raises(al.QueryError, match="getenv"):
        held.sql("SELECT getenv('USER')")
    told = held.sql("SELECT current_user AS who")["who"].to_pylist()
    assert told == ["duckdb"] or getpass.getuser() not in told


def test_the_error_says_where_and_what_next(held):
    with pytest.raises(al.QueryError) as error:
        held.sql("SELECT usr FROM events")
    assert "usr" in str(error.value)
    assert "user" in str(error.value)
    assert "events, changes" in error.value.next_step


def test_a_damaged_store_is_said_to_be_one(logs, tmp_path):
    logs.save(tmp_path / "store")
    opened = al.load(tmp_path / "store")
    file = next((tmp_path / "store" / "events").rglob("*.parquet"))
    file.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(al.DamagedStore):
        opened.sql("SELECT count(*) FROM events")


def test_a_filtered_store_is_asked_as_it_is(logs, tmp_path):
    import pyarrow.compute as pc

    logs.save(tmp_path / "store")
    opened = al.load(tmp_path / "store")
    some = al.Logs(
        opened.dataset.filter(pc.field("outcome") == "failure"),
        opened.changes,
        opened.rejects,
        opened.sources,
    )
    assert some.sql("SELECT count(*) AS n FROM events")["n"].to_pylist() == [1]
