"""CSV for spreadsheets and lines for Timesketch."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from example_investigation import FRESH, ONSET, at, example
from hostile_words import hostile

from authlogs.report.csv_tables import COLUMNS, csv_tables
from authlogs.report.quotes import Quote
from authlogs.report.timesketch import timesketch_lines

LINE = Quote(
    time=at("09:42"), source_file="gateway.log", line_no=7051, byte_offset=5, byte_length=9,
    sha256="ab" * 32, text="=cmd|' /C calc'!A0", behind=("token lineage", "symptom"),
)  # fmt: skip


def rows(text):
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def test_every_table_has_its_header_and_the_numbers_of_the_result():
    tables = csv_tables(example(), lines=[LINE])
    assert tables.keys() == COLUMNS.keys()
    (incident,) = rows(tables["incidents"])
    assert incident["onset"] == "2024-05-03T14:41:15Z"
    assert incident["reason"] == "invalid_signature"
    assert incident["users_affected"] == "1465"
    assert incident["ttm_s"] == "13725"
    suspects = rows(tables["suspects"])
    assert [(s["id"], s["probability"], s["incident_id"]) for s in suspects] == [
        ("D-1", "0.988", "I-1"), ("C-7", "0.001", "I-1"),
    ]  # fmt: skip
    lineage = next(e for e in rows(tables["evidence"]) if e["kind"] == "token_lineage")
    assert lineage["about"] == "D-1"
    assert json.loads(lineage["numbers"])["failed_under"] == 630
    assert lineage["rows"] == "gateway.log:7051 gateway.log:7063"
    assert len(rows(tables["minutes"])) == example().charts.minutes.num_rows
    assert rows(tables["sources"])[0]["lines"] == "1000"
    (line,) = rows(tables["lines"])
    assert (line["line_no"], line["byte_offset"]) == ("7051", "5")
    assert line["behind"] == "token lineage; symptom"


def test_rejects_stand_with_their_place_and_without_their_words():
    rejected = pa.table(
        {
            "source_file": ["a.log"], "line_no": [3], "byte_offset": [10], "byte_length": [4],
            "reason": ["no_pattern"], "first_bytes": ["secret"],
        }
    )  # fmt: skip
    assert rows(csv_tables(example(), rejects=rejected)["rejects"]) == [
        {"source_file": "a.log", "line_no": "3", "byte_offset": "10", "byte_length": "4",
         "reason": "no_pattern"}
    ]  # fmt: skip


def test_nothing_found_gives_headers_alone():
    tables = csv_tables(example(incidents=(), charts=None))
    assert rows(tables["incidents"]) == rows(tables["minutes"]) == []
    assert tables["incidents"].startswith(b'"incident_id","status","onset"')


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
)
def test_no_text_is_a_formula(start):
    (line,) = rows(csv_tables(example(), lines=[replace(LINE, text=start)])["lines"])
    assert line["text"] == f"'{start}"


@pytest.mark.parametrize("word", ["5.13.0", "a=b", "a-b"])
def test_plain_words_stay_as_they_are(word):
    (line,) = rows(csv_tables(example(), lines=[replace(LINE, text=word)])["lines"])
    assert line["text"] == word


def test_hostile_words_start_no_cell():
    for text in csv_tables(hostile(), lines=[LINE]).values():
        for row in csv.reader(io.StringIO(text.decode(), newline="")):
            for cell in row:
                assert not re.match(r"[=+@\t\r]|-(?!\d)", cell), cell


def test_timesketch_gets_its_four_fields_in_order_of_time():
    told = [json.loads(line) for line in timesketch_lines(example(), [LINE]).splitlines()]
    for row in told:
        assert {"message", "datetime", "timestamp", "timestamp_desc"} <= row.keys()
        when = datetime.fromisoformat(row["datetime"])
        assert when.tzinfo is not None
        assert datetime.fromtimestamp(row["timestamp"] / 1e6, UTC) == when
    stamps = [row["timestamp"] for row in told]
    assert stamps == sorted(stamps)
    named = {row["timestamp_desc"]: row for row in told}
    assert named["Onset"]["timestamp"] == ONSET.timestamp() * 1e6
    assert named["Mitigated"]["timestamp"] == FRESH.timestamp() * 1e6
    assert named["Log line"]["sha256"] == "ab" * 32
    changes = [row["message"] for row in told if row["timestamp_desc"] == "Change start"]
    assert "web deploy 5.13.0" in changes
    assert named["Response end"]["message"] == "web rollback 5.12.0"
