"""Envelopes: each opens its samples and says what was said around them; one in another changes
nothing; what is inside is counted, joined and bounded like lines of its own.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
from file_cases import counts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authlogs.parse.clock import Clock
from authlogs.parse.delimited import Sheet, find_heading
from authlogs.parse.envelope_file import load_envelopes
from authlogs.parse.envelopes import open_early, open_late
from authlogs.parse.lanes import Lanes
from authlogs.parse.ordering import plain_lines
from authlogs.parse.records import line_records
from authlogs.parse.runs import whole_runs
from authlogs.sources.lines import cut_blocks

ENVELOPES = {one.name: one for one in load_envelopes().all}
SAMPLES = {
    f"{one.name}-{number}": (one, sample)
    for one in load_envelopes().all
    for number, sample in enumerate(one.samples, 1)
}


def records_of(envelope, line):
    if envelope.shape == "csv":
        heading = find_heading(line.split("\n")[0], (envelope.format,))
        return next(Sheet(heading).stretches(cut_blocks([line.encode()]))).records
    return plain_lines(line.split("\n") if envelope.more else [line])


def opened_of(envelope, line):
    """What is in a sample, however many envelopes of its kind are around it."""
    lanes = Lanes(records_of(envelope, line))
    told = list(open_early(lanes, Clock(year=2024)))
    told = told or list(open_late(lanes, np.arange(len(lanes.records)), Clock(year=2024)))
    assert {one.envelope.name for one in told} == {envelope.name}
    records = told[0].records
    again = list(open_early(Lanes(records), Clock(year=2024)))
    return again[0].records if again and again[0].envelope is envelope else records


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_gives_what_is_inside_and_what_was_said_around_it(key):
    envelope, sample = SAMPLES[key]
    records = opened_of(envelope, sample.line)
    assert records.text.to_pylist() == list(sample.gives)
    told = {name: records.header.get(name)[0].as_py() or "" for name in sample.want}
    assert told == dict(sample.want)


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_field_of_an_envelope_is_in_some_sample(name):
    envelope = ENVELOPES[name]
    assert envelope.format.title and envelope.format.vendor.startswith("https://")
    there = set()
    for sample in envelope.samples:
        lanes = Lanes(records_of(envelope, sample.line))
        rows = np.arange(len(lanes.records))
        for claim in lanes.claim(envelope.format, rows):
            paths = {path for paths in envelope.fields.values() for path in paths}
            there |= {path for path in paths if claim.fields.get(path) is not None}
    named = {path for paths in envelope.fields.values() for path in paths}
    assert named - there == set()


@pytest.mark.parametrize("name", [one.name for one in load_envelopes().of_shape("text")])
def test_every_pattern_of_an_envelope_opens_some_sample(name):
    one = ENVELOPES[name].format
    for way in one.patterns:
        alone = replace(one, patterns=(way,))
        lines = [line for sample in ENVELOPES[name].samples for line in sample.line.split("\n")]
        lanes = Lanes(plain_lines(lines))
        assert list(lanes.claim(alone, np.arange(len(lines)))), way.name


LINE = (
    '{"time":"2024-05-03T14:41:15Z","level":"info","event":"login","outcome":"failure","user":"%s"}'
)
"""An event with a time of its own: whatever stands around it, it is the same."""
ISO = "2024-05-03T14:41:16.123456789Z"


def as_json(text):
    return json.dumps(text, ensure_ascii=False)


WRAPS = {
    "rfc3164": lambda text: f"May  3 09:41:16 web-1 app[7]: {text}",
    "rfc5424": lambda text: f'<34>1 {ISO} web-1 app 7 - [x@1 k="v"] {text}',
    "iso": lambda text: f"2024-05-03T09:41:16-05:00 web-1 app[7]: {text}",
    "cri": lambda text: f"{ISO} stdout F {text}",
    "docker": lambda text: f'{{"log":{as_json(text + chr(10))},"stream":"stdout","time":"{ISO}"}}',
    "journald": lambda text: (
        f'{{"__REALTIME_TIMESTAMP":"1714747276123456","SYSLOG_IDENTIFIER":"app",'
        f'"MESSAGE":{as_json(text)}}}'
    ),
    "kubectl": lambda text: f"[pod/web-0/app] {ISO} {text}",
    "stern": lambda text: f"web-7f9c6d5b4-x2x9k app {text}",
    "compose": lambda text: f"web-1  | {text}",
    "time": lambda text: f"{ISO} {text}",
    "logcli": lambda text: f'{ISO} {{app="web"}} {text}',
    "loki": lambda text: (
        f'{{"streams":[{{"stream":{{"app":"w"}},"values":[["1714747276123456789",{as_json(text)}]]}}]}}'
    ),
    "cloudwatch": lambda text: (
        '{"logGroup":"/w","logStream":"s","logEvents":'
        f'[{{"id":"1","timestamp":1714747276123,"message":{as_json(text)}}}]}}'
    ),
    "elastic": lambda text: f'{{"_index":"w","_source":{{"_raw":{as_json(text)}}}}}',
    "splunk": lambda text: (
        f'{{"preview":false,"result":{{"_raw":{as_json(text)},"_time":"{ISO}"}}}}'
    ),
    "gcp": lambda text: f'{{"logName":"l","timestamp":"{ISO}","textPayload":{as_json(text)}}}',
    "sns": lambda text: f'{{"MessageId":"m","TopicArn":"t","Message":{as_json(text)}}}',
}
SAID = ("time", "event_type", "outcome", "user", "format", "message", "reason", "line_no")


def said(logs):
    return [{name: row[name] for name in SAID} for row in logs.events.to_pylist()]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    layers=st.lists(st.sampled_from(sorted(WRAPS)), min_size=1, max_size=4),
    users=st.lists(st.sampled_from(["ana", "bo", "ñandú"]), min_size=1, max_size=4),
)
def test_an_event_is_the_same_in_any_nesting_of_envelopes(read, layers, users):
    plain = [LINE % user for user in users]
    wrapped = plain
    for layer in layers:
        wrapped = [WRAPS[layer](line) for line in wrapped]
    logs = read("".join(line + "\n" for line in wrapped))
    assert said(logs) == said(read("".join(line + "\n" for line in plain), "plain.log"))
    assert counts(logs) == {"lines": len(users), "events": len(users)}
    assert not logs.warnings


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([LINE % "ana", "  at a.B(C.java:1)", "# x", "", "hello", "{", "<a>"]),
            st.lists(st.sampled_from(sorted(WRAPS)), max_size=3),
            st.integers(0, 400),
        ),
        max_size=10,
    )
)
def test_every_line_is_accounted_for_whatever_is_in_its_envelopes(read, lines):
    text = ""
    for inner, layers, cut in lines:
        for layer in layers:
            inner = WRAPS[layer](inner)
        text += inner[:cut] + "\n"
    if text:
        assert read(text + LINE % "ana" + "\n").tally().holds


@pytest.mark.parametrize("wrap", ["cri", "docker", "kubectl", "time", "stern", "journald"])
def test_a_stack_trace_is_the_same_inside(read, wrap):
    trace = (
        "2024-05-03 09:41:15,123 ERROR web.auth: it broke",
        "Traceback (most recent call last):",
        '  File "/srv/web.py", line 8, in check',
        "web.errors.Broken: no key",
        "",
        "2024-05-03 09:41:16,123 INFO web.auth: on it goes",
    )
    plain = read("".join(line + "\n" for line in trace), "plain.log")
    logs = read("".join(WRAPS[wrap](line) + "\n" for line in trace))
    if wrap == "journald":  # each entry is a record of its own
        assert counts(logs)["events"] == 6
        return
    assert counts(logs) == counts(plain)
    assert said(logs) == said(plain)
    assert "no key" in logs.events["message"][0].as_py()


def test_streams_are_told_apart_where_records_go_on(read):
    def lines(pod, *texts):
        return [f"[pod/{pod}/app] {text}" for text in texts]

    a = lines(
        "a-0", "2024-05-03 09:41:15,123 ERROR a: one", "  at a.A(A.java:1)", "  at a.B(B.java:1)"
    )
    b = lines(
        "b-0", "2024-05-03 09:41:15,123 ERROR b: two", "  at b.A(A.java:1)", "  at b.B(B.java:1)"
    )
    text = "".join(line + "\n" for pair in zip(a, b, strict=True) for line in pair)
    logs = read(text)
    assert counts(logs) == {"lines": 6, "events": 2, "joined": 4}
    first, second = logs.events["message"].to_pylist()
    assert "a.B" in first and "b." not in first
    assert "b.B" in second and "a." not in second


def test_parts_are_joined_stream_by_stream_and_counted(read):
    line = LINE % "ana"
    text = (
        f"{ISO} stdout P {line[:30]}\n{ISO} stderr F {LINE % 'bo'}\n"
        f"{ISO} stdout P {line[30:60]}\n{ISO} stdout F {line[60:]}\n"
    )
    logs = read(text)
    assert counts(logs) == {"lines": 4, "events": 2, "joined": 2}
    assert logs.events["user"].to_pylist() == ["ana", "bo"]
    first = logs.events.to_pylist()[0]
    assert (first["line_no"], first["byte_length"]) == (1, len(text) - 1)


def test_docker_s_splits_are_joined(read):
    line = LINE % "ana"
    parts = [line[:20], line[20:50], line[50:] + "\n"]
    text = "".join(
        json.dumps({"log": part, "stream": "stdout", "time": ISO}) + "\n" for part in parts
    )
    assert counts(read(text)) == {"lines": 3, "events": 1, "joined": 2}


def test_a_wrapper_s_elements_are_events_and_what_is_beyond_the_first_is_unpacked(read):
    events = [{"id": str(n), "timestamp": 1714747275123, "message": LINE % n} for n in range(2000)]
    line = json.dumps({"logGroup": "/w", "logStream": "s", "logEvents": events})
    logs = read(LINE % "ana" + "\n" + line + "\n")
    assert counts(logs) == {"lines": 2, "unpacked": 1999, "events": 2001}
    assert json.loads(logs.events["extra"][5].as_py())["log_group"] == "/w"


def test_a_wrapper_around_nothing_is_a_comment(read):
    text = LINE % "ana" + '\n{"records":[]}\n{"logGroup":"g","logEvents":[]}\n'
    assert counts(read(text)) == {"lines": 3, "events": 1, "comments": 2}


def test_an_envelope_s_time_speaks_for_a_record_without_a_zone(read):
    line = '10.0.0.1 - - "GET / HTTP/1.1"'
    text = (
        f'{ISO} stdout F 2024/05/03 09:41:15 [error] 7#7: *1 user "x": password mismatch, {line}\n'
    )
    (row,) = read(text, tz=None).events.to_pylist()
    assert row["time"].isoformat() == "2024-05-03T14:41:16.123456+00:00"
    assert row["time_quality"] == "exact" and row["format"] == "nginx_error"
    (row,) = read(text).events.to_pylist()
    assert row["time"].isoformat() == "2024-05-03T14:41:15+00:00"


def test_a_record_in_a_dated_envelope_needs_no_time_of_its_own(read):
    bare = '{"level":"warn","event":"login","outcome":"failure","user":"ana"}'
    pairs = "level=warn event=login outcome=failure user=ana"
    for inner, format in ((bare, "json_lines"), (pairs, "logfmt")):
        (row,) = read(f"{ISO} stdout F {inner}\n").events.to_pylist()
        assert (row["format"], row["outcome"], row["user"]) == (format, "failure", "ana")
        assert row["time"].isoformat() == "2024-05-03T14:41:16.123456+00:00"
    assert len(read(bare + "\n" + pairs + "\n" + LINE % "bo").events) == 1


def test_envelopes_end_somewhere(read):
    line = LINE % "ana"
    for _ in range(12):
        line = WRAPS["cri"](line)
    assert counts(read(line + "\n" + LINE % "ana"))["lines"] == 2


INNER = json.loads(LINE % "ana")
STREAM = {"stream": {"app": "w"}, "values": [["1714747275123456789", LINE % "ana"]] * 2}
COLUMNS = [{"name": name} for name in ("time", "user", "event")]
EXPORTS = {
    "elasticsearch": ({"hits": {"total": 2, "hits": [{"_index": "i", "_source": INNER}] * 2}}, 2),
    "gcp": ([{"logName": "l", "timestamp": ISO, "textPayload": LINE % "ana"}] * 3, 3),
    "loki": ({"status": "success", "data": {"result": [STREAM] * 2}}, 4),
    "azure": (
        {"tables": [{"columns": COLUMNS, "rows": [["2024-05-03T14:41:15Z", "ana", "login"]] * 2}]},
        2,
    ),
    "cloudwatch": (
        {"logGroup": "g", "logEvents": [{"timestamp": 1714747275123, "message": LINE % "ana"}] * 2},
        2,
    ),
    "datadog": (
        {"data": [{"id": "1", "attributes": {"timestamp": ISO, "attributes": INNER}}] * 2},
        2,
    ),
    "splunk": ({"results": [{"_raw": LINE % "ana", "_time": ISO}] * 2}, 2),
}


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("indent", [None, 1])
def test_an_export_is_opened_as_a_document_too(read, name, indent):
    told, events = EXPORTS[name]
    logs = read(json.dumps(told, indent=indent), "export.json")
    assert logs.events["user"].to_pylist() == ["ana"] * events and logs.tally().holds


def test_a_record_whose_parts_go_on_is_never_parted_between_blocks():
    line = LINE % "ana"
    text = "".join(
        f"{ISO} stdout P {line[:40]}\n{ISO} stderr F {line}\n{ISO} stdout F {line[40:]}\n"
        for _ in range(20)
    ).encode()
    pieces = [text[at : at + 50] for at in range(0, len(text), 50)]
    blocks = list(whole_runs(cut_blocks(pieces, size=100), (ENVELOPES["cri"],)))
    assert len(blocks) > 5
    assert [number for one in blocks for number in one.line_no.tolist()] == list(range(1, 61))
    for block in blocks:
        records = open_all(block)
        assert set(records) == {line}


def open_all(block):
    (opened,) = open_early(Lanes(line_records(block)), Clock())
    return opened.records.text.to_pylist()


@pytest.mark.parametrize(
    ("records", "truncated"), [(1_000, True), (999, False), (1_001, False), (10_000, True)]
)
def test_an_export_that_stops_at_a_round_count_is_marked(read, records, truncated):
    stamps = [{"labels": {}, "line": LINE % n, "timestamp": ISO} for n in range(records)]
    logs = read("".join(json.dumps(one) + "\n" for one in stamps))
    assert logs.sources["truncated"].to_pylist() == [truncated]
    assert any("exactly" in warning for warning in logs.warnings) is truncated


def test_a_log_of_a_round_number_of_lines_is_no_export(read):
    logs = read((LINE % "ana" + "\n") * 1_000)
    assert logs.sources["truncated"].to_pylist() == [False] and not logs.warnings


@pytest.mark.parametrize(("ceiling", "truncated"), [(100, True), (103, False)])
def test_a_rate_that_never_rises_above_a_round_figure_is_marked(read, ceiling, truncated):
    """Ten minutes at the ceiling and ten below it, each with another count."""
    line = '{"time":"2024-05-03T14:%02d:15Z","level":"info","event":"login","outcome":"success"}\n'
    text = "".join(line % minute * (ceiling if minute % 2 else 40 + minute) for minute in range(20))
    assert read(text).sources["truncated"].to_pylist() == [truncated]
