"""Reading Logs, and every bad call with its advice."""

import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.dataset as ds
import pytest

import authlogs as al
from authlogs.errors import (
    AuthlogsError,
    BadCall,
    BadFormatFile,
    NothingToRead,
    UnknownFormat,
    UnknownPath,
    ZoneNeeded,
)
from authlogs.logs import Counts, Tally
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES
from authlogs.secrets import Fingerprints

KEY = b"k" * 32
DATED = (
    '{{"time":"2024-05-03T{}Z","level":"info","event":"login","outcome":"success","user":"ana"}}\n'
)
NAIVE = "2024-05-03 {} INFO web.auth: login outcome=success user=bo\n"
YEARLESS = "May  3 {} web-1 sshd[7]: Accepted password for cy from 192.0.2.1 port 22 ssh2\n"
DEPLOY = "time,end_time,change_type,service\n{},{},deploy,web\n"
AT = datetime(2024, 5, 3, 14, 41, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "dated.jsonl").write_text(DATED.format("14:41:00") + DATED.format("14:51:00") + "bad\n")
    return logs


def test_everything_is_in_the_schema_and_typed(folder):
    logs = al.read(folder)
    for table, schema in (
        (logs.events, EVENTS), (logs.changes, CHANGES), (logs.rejects, REJECTS),
        (logs.sources, SOURCES),
    ):  # fmt: skip
        assert table.schema.equals(schema, check_metadata=True)
    assert isinstance(logs.dataset, ds.Dataset)
    assert repr(logs) == "Logs(1 files, 3 lines: 2 events, 0 changes, 1 rejects)"
    assert "<table>" in logs._repr_html_()


def test_what_a_file_is_called_cannot_break_a_notebook(tmp_path):
    (tmp_path / "<img src=x onerror=alert(1)>.log").write_text(DATED.format("14:41:00"))
    assert "<img" not in al.read(tmp_path)._repr_html_()


def test_one_message_names_every_file_that_needs_a_zone_or_a_year(folder):
    (folder / "naive.log").write_text(NAIVE.format("09:41:00,123"))
    (folder / "deep").mkdir()
    (folder / "deep" / "more.log").write_text(NAIVE.format("09:41:00,123"))
    with pytest.raises(ZoneNeeded) as caught:
        al.read(folder)
    assert "naive.log" in str(caught.value) and "deep/more.log" in str(caught.value)
    assert "--tz" in caught.value.next_step and "dated" not in str(caught.value)


def test_without_a_zone_the_rest_can_be_read(folder):
    (folder / "naive.log").write_text(NAIVE.format("09:41:00,123") * 2)
    logs = al.read(folder, on_zone_needed="skip")
    assert len(logs.events) == 2
    rows = {row["source_file"]: row for row in logs.sources.to_pylist()}
    assert rows["naive.log"]["rejected"] == 2 and "--tz" in rows["naive.log"]["error"]
    assert set(logs.rejects["reason"].to_pylist()) == {"no_pattern", "needs_zone"}
    assert logs.tally().holds


def test_a_zone_may_speak_for_some_files_alone(folder):
    (folder / "east.log").write_text(NAIVE.format("23:41:00,000"))
    (folder / "west.log").write_text(NAIVE.format("09:41:00,000"))
    logs = al.read(folder, tz={"east*": "Asia/Tokyo", "*.log": "-05:00"})
    times = dict(zip(*(logs.events[n].to_pylist() for n in ("source_file", "time")), strict=True))
    assert times["east.log"] == times["west.log"] == AT
    zones = dict(zip(*(logs.sources[n].to_pylist() for n in ("source_file", "zone")), strict=True))
    assert zones == {"dated.jsonl": None, "east.log": "Asia/Tokyo", "west.log": "-05:00"}


def test_a_zone_speaks_for_naive_times_only(folder):
    before = al.read(folder).events["time"].to_pylist()
    logs = al.read(folder, tz="Asia/Tokyo")
    assert logs.events["time"].to_pylist() == before
    assert logs.sources["zone"].to_pylist() == [None]


def test_a_year_comes_from_dated_sources_and_is_said(folder):
    (folder / "a-auth.log").write_text(YEARLESS.format("14:45:00"))
    logs = al.read(folder, tz="UTC")
    (row,) = (row for row in logs.sources.to_pylist() if row["source_file"] == "a-auth.log")
    assert (row["year"], row["year_from"]) == (2024, "dated sources")
    assert logs.events["source_file"].to_pylist()[0] == "a-auth.log"
    assert logs.events["time_quality"].to_pylist()[0] == "assumed_both"


def test_a_year_is_not_taken_from_sources_that_span_more_than_one(folder):
    (folder / "old.jsonl").write_text(DATED.format("14:41:00").replace("2024", "2021"))
    (folder / "auth.log").write_text(YEARLESS.format("14:45:00"))
    with pytest.raises(ZoneNeeded, match=r"without a year in auth\.log"):
        al.read(folder, tz="UTC")
    logs = al.read(folder, tz="UTC", year={"auth*": 2022})
    assert max(logs.events["time"].to_pylist()[:1]).year == 2022


def test_new_year_s_eve_beside_dated_sources(tmp_path):
    (tmp_path / "auth.log").write_text(
        YEARLESS.format("23:59:59").replace("May  3", "Dec 31")
        + YEARLESS.format("00:00:01").replace("May  3", "Jan  1")
    )
    (tmp_path / "app.jsonl").write_text(
        DATED.format("14:41:00").replace("2024-05-03", "2024-01-01")
    )
    times = al.read(tmp_path, tz="UTC").events
    told = {str(t) for t in times["time"].to_pylist() if t.hour != 14}
    assert told == {"2023-12-31 23:59:59+00:00", "2024-01-01 00:00:01+00:00"}


def times_of(logs):
    return [moment.strftime("%H:%M") for moment in logs.events["time"].to_pylist()]


def test_a_window_filters_and_counts(folder):
    logs = al.read(folder, since=AT + timedelta(minutes=1))
    assert times_of(logs) == ["14:51"]
    assert logs.tally().total.filtered == 1 and logs.tally().holds
    assert times_of(al.read(folder, since=AT, until=AT + timedelta(minutes=10))) == ["14:41"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"since": "2024-05-03T14:45Z"}, ["14:51"]),
        ({"since": "2024-05-03T09:45", "tz": "-05:00"}, ["14:51"]),
        ({"since": "09:45", "tz": "-05:00"}, ["14:51"]),
        ({"until": "09:51", "tz": "-05:00"}, ["14:41"]),
        ({"since": "5m"}, ["14:51"]),
        ({"since": "10m"}, ["14:41", "14:51"]),
        ({"since": "1m", "until": "2024-05-03T14:42Z"}, ["14:41"]),
        ({"until": "1m"}, ["14:41"]),
    ],
)
def test_windows_as_people_type_them(folder, options, told):
    logs = al.read(folder, **options)
    assert times_of(logs) == told and logs.tally().holds


def test_a_bare_time_needs_a_zone_and_one_day(folder):
    with pytest.raises(BadCall, match="no zone"):
        al.read(folder, since="09:41")
    (folder / "next.jsonl").write_text(DATED.format("14:41:00").replace("05-03", "05-04"))
    with pytest.raises(BadCall, match="no day"):
        al.read(folder, since="09:41", tz="-05:00")
    with pytest.raises(BadCall, match="no zone"):
        al.read(folder, since=datetime(2024, 5, 3))


def test_a_change_before_the_window_stays_and_one_after_it_was_not_known(folder):
    sheet = DEPLOY.format("2024-05-03T14:30:00Z", "2024-05-03T14:48:00Z")
    (folder / "changes.csv").write_text(sheet + "2024-05-03T14:50:00Z,,rollback,web\n")
    for since, until in ((AT + timedelta(minutes=4), AT + timedelta(minutes=6)), ("1m", "14:47")):
        logs = al.read(folder, since=since, until=until, tz="UTC")
        (row,) = logs.changes.to_pylist()
        assert row["change_type"] == "deploy" and row["end_time"] is None
        assert logs.tally().holds and logs.tally().total.changes == 1


def test_the_format_can_be_said(folder):
    logs = al.read(folder, log_format={"*.jsonl": "nginx_access"})
    assert not len(logs.events) and len(logs.rejects) == 3
    (folder / "README.md").write_text("prose stays prose\n")
    logs = al.read(folder, log_format="json_lines")
    assert len(logs.events) == 2 and logs.tally().total.comments == 1
    with pytest.raises(UnknownFormat, match="jsonlines") as caught:
        al.read(folder, log_format="jsonlines")
    assert "json_lines" in caught.value.next_step


def test_strict_reading_raises_at_the_first_bad_record(folder):
    with pytest.raises(AuthlogsError) as caught:
        al.read(folder, strict=True)
    assert caught.value.where == "dated.jsonl:3" and "no_pattern" in str(caught.value)


def test_one_key_gives_one_fingerprint_over_reads(tmp_path):
    token = "t" * 30
    line = DATED.format("14:41:00").replace('"user"', f'"access_token":"Bearer {token}","user"')
    (tmp_path / "a.jsonl").write_text(line)
    told = [al.read(tmp_path, key=KEY).events["token_hash"][0].as_py() for _ in range(2)]
    assert told == [Fingerprints(KEY).one(token)] * 2
    assert al.read(tmp_path).events["token_hash"][0].as_py() != told[0]
    assert KEY.decode() not in repr(al.read(tmp_path, key=KEY))


def test_an_unknown_path(tmp_path):
    with pytest.raises(UnknownPath):
        al.read(tmp_path / "nothing")


def test_an_empty_folder(tmp_path):
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(NothingToRead, match=r"hidden"):
        al.read(tmp_path)


def test_nothing_that_can_be_read(tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "b.log").write_bytes(b"")
    with pytest.raises(NothingToRead) as caught:
        al.read(tmp_path)
    assert "a.bin: binary" in str(caught.value) and "b.log: empty" in str(caught.value)


def test_what_cannot_be_read_is_told_beside_what_can(folder):
    (folder / "core").write_bytes(b"\x7fELF" + bytes(500))
    os.mkfifo(folder / "pipe")
    logs = al.read(folder)
    errors = {row["source_file"]: row["error"] for row in logs.sources.to_pylist()}
    assert "program" in errors["core"] and "pipe" in errors["pipe"] and not errors["dated.jsonl"]
    assert len(logs.events) == 2 and logs.tally().holds


@contextmanager
def an_ordinary_user():
    """Root may read everything, so step down for a moment."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_file_without_permission(folder):
    with tempfile.TemporaryDirectory() as place:
        open_folder, closed = Path(place), Path(place) / "closed"
        closed.mkdir()
        (closed / "a.log").write_text("x")
        (open_folder / "secret.log").write_text(DATED.format("14:41:00"))
        (open_folder / "fine.log").write_text(DATED.format("14:41:00"))
        open_folder.chmod(0o777)
        for path in (closed, open_folder / "secret.log"):
            path.chmod(0)
        with an_ordinary_user():
            logs = al.read(open_folder)
            with pytest.raises(NothingToRead, match="no permission"):
                al.read(closed / "a.log")
        closed.chmod(0o700)
    errors = {row["source_file"]: row["error"] for row in logs.sources.to_pylist()}
    assert "permission" in errors["secret.log"] and "permission" in errors["closed"]
    assert errors["fine.log"] is None and len(logs.events) == 1 and logs.tally().holds


def test_a_broken_format_file_is_named(folder, tmp_path):
    (tmp_path / "mine" / "events").mkdir(parents=True)
    path = tmp_path / "mine" / "events" / "odd.toml"
    for text, word in (
        ("title = ", "odd.toml"),
        ('title = "x"\nshape = "yml"', "yml"),
        ('title = "x"\n[[pattern]]\nregex = "a(?=b)"', "anchored"),
        ('title = "x"\n[[pattern]]\nregex = "^a(?=b)$"', "looks around"),
        ('title = "x"\n[[pattern]]\nregex = "^(a$"', "compile"),
        ('title = "x"\nshape = "json"', "recognise"),
        ('title = "x"\nshape = "json"\n[recognise]\nall = []', "recognise"),
        ('title = "x"\nshape = "json"\nrecognise = {all = "a"}\n[columns]\nnope = "a"', "nope"),
        ('title = "x"\ncolour = 1', "colour"),
        ('shape = "text"', "title"),
        ('title = "x"\n[time]\nlayout = "roman"', "roman"),
        (
            'title = "x"\nshape="json"\nrecognise={all="a"}\n[columns]\nuser={from="a",table="no"}',
            "no",
        ),
    ):
        path.write_text(text)
        with pytest.raises(BadFormatFile) as caught:
            al.read(folder, formats=[tmp_path / "mine"])
        assert word in str(caught.value) and "odd" in str(caught.value)


def test_a_folder_of_formats_must_be_there_and_may_be_edited(folder, tmp_path):
    with pytest.raises(UnknownPath, match="no folder of format files"):
        al.read(folder, formats=tmp_path / "nowhere")
    (tmp_path / "mine" / "events").mkdir(parents=True)
    path = tmp_path / "mine" / "events" / "bad_lines.toml"
    for words, events in (("good", 2), ("bad", 3)):
        path.write_text(f"title = 'x'\n[[pattern]]\nname = 'x'\nregex = '^{words}$'\n")
        assert len(al.read(folder, formats=str(tmp_path / "mine")).events) == events


def test_counts_add_up():
    one, two = Counts(lines=2, events=2), Counts(lines=1, unpacked=1, rejected=2)
    assert one.holds and two.holds and (one + two).lines == 3
    assert not Tally(one + two, {"a": one, "b": Counts(lines=9)}).holds
