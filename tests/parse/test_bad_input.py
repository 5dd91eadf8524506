"""Hostile records: each is bounded or refused with its reason, and costs no neighbour."""

import json
import tracemalloc

import pytest
from file_cases import LINE, counts

TIME = '"time":"2024-05-03T14:41:15Z","event":"login"'
OPEN = "{" + TIME + ","
CRI = "2024-05-03T14:41:16.123456789Z stdout F "
LONG = 10 << 20

REFUSED = {
    "not closed": (OPEN + '"a":' + "[" * 100_000, "too_deep"),
    "not closed, deep in objects": (OPEN + '"a":' + '{"a":' * 100_000, "too_deep"),
    "no object": ("[" * 1000 + "]" * 1000, "no_pattern"),
    "nothing but noise": ("a\x00b" * 5 + "x" * 5_000, "no_pattern"),
    "ten megabytes of nothing": ("x" * LONG, "no_pattern"),
}
READ = {
    "ten megabytes of a value": OPEN + '"user":"' + "x" * LONG + '"}',
    "NUL": OPEN + '"user":"a\\u0000b\x00"}',
    "half a character": OPEN + '"user":"\\ud800"}',
    "no number": OPEN + '"a":1e999,"b":NaN,"c":-Infinity}',
    "a number without end": OPEN + '"a":' + "9" * 100_000 + "}",
    "names twice": OPEN + '"outcome":"failure","outcome":"success"}',
    "many names": OPEN + ",".join(f'"k{n}":{n}' for n in range(5_000)) + "}",
}


@pytest.mark.parametrize("around", ["", CRI], ids=["plain", "CRI"])
@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_still_json_is_an_event(read, name, around):
    logs = read(LINE + around + READ[name] + "\n" + LINE)
    assert counts(logs) == {"lines": 3, "events": 3} or (
        counts(logs) == {"lines": 3, "events": 2, "rejected": 1}
        and logs.rejects["reason"].to_pylist() == ["bad_json"]
    )


def test_of_equal_names_the_first_counts(read):
    assert read(READ["names twice"] + "\n").events["outcome"].to_pylist() == ["failure"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_record_is_one_reject_with_its_reason(read, name):
    text, why = REFUSED[name]
    logs = read(LINE + text + "\n" + LINE)
    assert counts(logs) == {"lines": 3, "events": 2, "rejected": 1}
    (told,) = logs.rejects.to_pylist()
    assert told["reason"] == why and len(told["first_bytes"]) <= 200


def test_a_tree_that_is_closed_is_read_or_refused_however_deep(read):
    deep = OPEN + '"a":' + '{"a":' * 50_000 + "1" + "}" * 50_001
    told = counts(read(LINE + deep + "\n" + LINE))
    assert told["lines"] == 3 and told["events"] >= 2


@pytest.mark.parametrize("byte", [b"\xff", b"\xc3", b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf_8_cost_their_character_alone(read, byte):
    line = LINE.encode().replace(b'"info"', b'"info","user":"a' + byte + b'b"')
    logs = read(LINE.encode() + line + LINE.encode())
    assert counts(logs) == {"lines": 3, "events": 3}
    assert logs.events["user"][1].as_py().startswith("a\ufffd")


def test_envelopes_within_envelopes_without_end_are_opened_so_often_and_no_more(read):
    logs = read(LINE + CRI * 20_000 + LINE + LINE)
    assert counts(logs)["lines"] == 3 and len(logs.events) >= 2


def test_a_wrapper_of_many_cannot_multiply_what_stands_beside_its_list(read):
    """Without a bound a mebibyte beside ten thousand elements would be ten gibibytes."""
    line = json.dumps({"logGroup": "g" * (1 << 20), "logEvents": [{"message": "x"}] * 10_000})
    text = LINE + line + "\n" + LINE
    tracemalloc.start()
    told = counts(read(text))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told == {"lines": 3, "events": 2, "rejected": 1}
    assert most < 200 << 20
