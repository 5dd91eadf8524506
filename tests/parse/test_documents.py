"""Files that are one whole: JSON documents and sheets, each record at its own bytes."""

import json

import pytest
from file_cases import counts
from hypothesis import given
from hypothesis import strategies as st

from authlogs.parse.delimited import Sheet, find_heading
from authlogs.parse.documents import begins_document, read_document
from authlogs.parse.json_documents import find_elements
from authlogs.parse.registry import load_registry
from authlogs.sources import lines as lines_module

ALERT = {"startsAt": "2024-05-03T14:45:00Z", "labels": {"alertname": "ñ"}, "fingerprint": "f"}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda alerts: alerts,
        lambda alerts: {"alerts": alerts},
        lambda alerts: {"status": "success", "data": {"alerts": alerts}, "n": [1, {"a": 2}]},
    ],
    ids=["array", "wrapped", "nested"],
)
def test_a_document_gives_its_elements_at_their_bytes(read, wrap, indent):
    alerts = [ALERT | {"fingerprint": str(number)} for number in range(4)]
    text = json.dumps(wrap(alerts), indent=indent, ensure_ascii=False)
    logs = read(text, "alerts.json")
    assert logs.changes["change_id"].to_pylist() == ["0", "1", "2", "3"]
    for row in logs.changes.to_pylist():
        begin = row["byte_offset"]
        piece = text.encode()[begin : begin + row["byte_length"]]
        assert json.loads(piece)["fingerprint"] == row["change_id"]
        assert text.encode()[:begin].count(b"\n") + 1 == row["line_no"]
    told = counts(logs)
    assert told["changes"] == 4 and told.get("unpacked", 0) == (3 if indent is None else 0)


@pytest.mark.parametrize(
    ("value", "changes"), [("9" * 5000, 2), ("[" * 5000, 1), ("NaN", 2), ('"\\ud800"', 2)]
)
def test_an_odd_element_costs_no_other(read, value, changes):
    text = json.dumps([ALERT, ALERT | {"odd": 0}], indent=1).replace('"odd": 0', f'"odd": {value}')
    logs = read(text, "alerts.json")
    assert len(logs.changes) == changes and logs.tally().holds


def test_values_one_after_another_are_a_document(read):
    text = "\n".join(json.dumps(ALERT, indent=1) for _ in range(3))
    logs = read(text, "alerts.json")
    assert len(logs.changes) == 3 and logs.tally().holds


def test_a_wrapper_in_one_long_line(read):
    text = json.dumps({"alerts": [ALERT] * 4000})
    assert len(text) > 300_000
    assert counts(read(text, "alerts.json")) == {"lines": 1, "unpacked": 3999, "changes": 4000}


def test_a_record_that_happens_to_hold_a_list_is_a_record(read):
    line = '{"time":"2024-05-03T14:41:15Z","level":"info","items":[{"a":1},{"a":2}]}\n'
    assert counts(read(line * 2)) == {"lines": 2, "events": 2}


def test_before_a_fault_everything_is_read_and_after_it_told_line_by_line(read):
    text = json.dumps([ALERT] * 3, indent=1)
    cut = text[: text.rindex('"labels"') + 4]
    logs = read(cut, "alerts.json")
    assert len(logs.changes) == 2
    assert set(logs.rejects["reason"].to_pylist()) == {"bad_json"}
    assert logs.tally().holds
    assert counts(read(cut + "\n" + text, "more.json"))["changes"] == 5


@given(st.text('{}[]":, \n1aRecords', max_size=80))
def test_no_document_raises_and_none_loses_a_line(text):
    data = text.encode()
    document = read_document(data)
    found = find_elements(text)
    assert len(document.records) == len(found.spans)
    total = len(document.records) + document.joined + document.comments + document.blank
    assert document.lines + document.unpacked == total + len(document.broken)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("[\n {", True),
        ("[]", True),
        ('{"Records":[{"a":1}]}', True),
        ('{"a":1}\n{"a":2}', False),
        ('{\n  "a": 1\n}', True),
        ('{"a":1,\n{"b":2}\n{"c":3}\n', False),
        ("[2024-05-03T14:41:15Z] GET /", False),
        ("plain", False),
        ("", False),
    ],
)
def test_lines_of_json_are_told_from_a_document(head, told):
    assert begins_document(head) is told


SHEET = 'time,change_type,service,description\n2024-05-03T14:41:15Z,deploy,web,"one\ntwo, ""x"""\n'


def test_a_cell_may_take_several_lines(read):
    logs = read(SHEET + "2024-05-03T14:42:15Z,deploy,api,\n", "changes.csv")
    assert counts(logs) == {"lines": 4, "changes": 2, "joined": 1, "comments": 1}
    assert logs.changes["description"].to_pylist() == ['one\ntwo, "x"', None]
    first = logs.changes.to_pylist()[0]
    end = first["byte_offset"] + first["byte_length"]
    assert SHEET.encode()[first["byte_offset"] : end] == SHEET.encode().split(b"\n", 1)[1][:-1]


def test_a_quote_that_never_closes_costs_its_line_alone(read):
    logs = read(
        SHEET + '2024-05-03T14:42:15Z,deploy,api,"oops\n' + SHEET.split("\n", 1)[1], "c.csv"
    )
    assert len(logs.rejects) >= 1 and logs.tally().holds


def test_a_stray_quote_swallows_no_more_than_one_line_of_many(read):
    rows = "2024-05-03T14:42:15Z,deploy,api,fine\n" * 500
    logs = read(SHEET + '2024-05-03T14:42:15Z,deploy,api,"oops\n' + rows, "changes.csv")
    assert len(logs.changes) == 501 and len(logs.rejects) == 1 and logs.tally().holds


def test_rows_of_another_width_are_rejects_and_headings_may_come_again(read):
    logs = read(SHEET + "a,b\n" + SHEET, "changes.csv")
    assert counts(logs)["comments"] == 2 and counts(logs)["changes"] == 2
    assert logs.rejects["reason"].to_pylist() == ["bad_csv"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_headings_are_known_by_their_words(delimiter):
    formats = load_registry().formats
    heading = find_heading(delimiter.join(["time", "change_type", "x"]), formats)
    assert heading.delimiter == delimiter
    assert find_heading("just words", formats) is None


def test_a_record_may_begin_in_one_block_and_end_in_the_next(monkeypatch):
    heading = find_heading(SHEET.split("\n", maxsplit=1)[0], load_registry().formats)
    whole = [SHEET.encode()[at : at + 7] for at in range(0, len(SHEET), 7)]
    stretches = list(Sheet(heading).stretches(lines_module.cut_blocks(whole, size=20)))
    assert sum(len(one.records) for one in stretches) == 1
    assert sum(one.joined for one in stretches) == 1
