"""XML: records wherever they stand in a file, as dotted paths; bombs and damage are rejects."""

import pytest
from file_cases import counts
from hypothesis import given
from hypothesis import strategies as st

from authlogs.parse.markup import parse_record
from authlogs.parse.markup_files import MarkupFile
from authlogs.sources.lines import cut_blocks

FORMAT = """
title = "Audit events of a system"
vendor = "https://www.w3.org/TR/xml/"
shape = "xml"
[recognise]
all = ["Event.System.EventID"]
[time]
field = "Event.System.TimeCreated.SystemTime"
[columns]
action_raw = "Event.System.EventID"
user = "Event.EventData.TargetUserName"
event_type = { from = "Event.System.EventID", table = { 4625 = "login" } }
"""


def event(user="ana", more="", code=4625):
    return (
        '<Event xmlns="http://schemas.example/event"><System><Provider Name="Sec" Guid="{5}"/>'
        f'<EventID Qualifiers="0">{code}</EventID>'
        '<TimeCreated SystemTime="2024-05-03T14:41:15.1234567Z"/></System>'
        f'<EventData><Data Name="TargetUserName">{user}</Data>{more}</EventData></Event>'
    )


@pytest.fixture
def read_xml(read, tmp_path):
    (tmp_path / "own" / "events").mkdir(parents=True)
    (tmp_path / "own" / "events" / "audit_xml.toml").write_text(FORMAT)
    return lambda text, name="events.xml": read(text, name, formats=[tmp_path / "own"])


def test_elements_and_attributes_are_dotted_paths():
    told = parse_record(event(more="<Data>7</Data><Data>8</Data><p:x a='1'><p:y/></p:x>"))
    assert told == {
        "Event": {
            "System": {
                "Provider": {"Name": "Sec", "Guid": "{5}"},
                "EventID": "4625",
                "EventID.Qualifiers": "0",
                "TimeCreated": {"SystemTime": "2024-05-03T14:41:15.1234567Z"},
            },
            "EventData": {"TargetUserName": "ana", "Data": ["7", "8"], "x": {"a": "1", "y": ""}},
        }
    }


PRETTY = event().replace("><", ">\n  <")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (event() + "\n" + event() + "\n", {"lines": 2, "events": 2}),
        (event() + event() + "\n", {"lines": 1, "unpacked": 1, "events": 2}),
        ("<Events>\n" + event() + "\n\n" + event() + "\n</Events>\n",
         {"lines": 5, "events": 2, "comments": 2, "blank": 1}),
        ('<?xml version="1.0" encoding="utf-8"?>\n<Events>' + event() + event() + "</Events>",
         {"lines": 2, "events": 2, "unpacked": 1, "comments": 1}),
        (PRETTY + "\n" + PRETTY, {"lines": 20, "events": 2, "joined": 18}),
        (PRETTY + PRETTY, {"lines": 19, "events": 2, "joined": 17}),
    ],
)  # fmt: skip
def test_records_are_found_wherever_they_stand(read_xml, text, told):
    logs = read_xml(text)
    assert counts(logs) == told
    for row in logs.events.to_pylist():
        begin = row["byte_offset"]
        piece = text.encode()[begin : begin + row["byte_length"]].decode()
        assert piece.startswith("<Event ") and piece.endswith("</Event>")
        assert text[:begin].count("\n") + 1 == row["line_no"]
        assert (row["user"], row["event_type"], row["action_raw"]) == ("ana", "login", "4625")
        assert row["time"].isoformat() == "2024-05-03T14:41:15.123456+00:00"


def test_utf_16_is_read_and_bytes_are_those_stored(read_xml):
    text = "<Events>\r\n" + event("ñandú") + event("bo") + "\r\n</Events>"
    stored = b"\xff\xfe" + text.encode("utf-16-le")
    logs = read_xml(stored)
    assert logs.events["user"].to_pylist() == ["ñandú", "bo"]
    for row, user in zip(logs.events.to_pylist(), ("ñandú", "bo"), strict=True):
        piece = stored[row["byte_offset"] :][: row["byte_length"]].decode("utf-16-le")
        assert piece == event(user)


def test_a_record_in_a_line_of_another_log_is_read(read_xml):
    logs = read_xml("May  3 09:41:15 dc-1 Agent: " + event() + "\n" + event() + "\n", "mixed.log")
    assert logs.events["format"].to_pylist() == ["audit_xml", "audit_xml"]
    assert logs.events["instance"].to_pylist() == ["dc-1", None]


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [\n <!ENTITY lol "lol">\n'
    ' <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">\n]>\n<Events>\n'
)


def test_an_entity_is_never_expanded_and_costs_no_neighbour(read_xml):
    logs = read_xml(BOMB + event("&lol1;") + "\n" + event() + "\n</Events>\n")
    assert logs.events["user"].to_pylist() == ["ana"]
    assert set(logs.rejects["reason"].to_pylist()) == {"bad_xml"}
    assert sorted(logs.rejects["line_no"].to_pylist()) == [2, 5, 7] and logs.tally().holds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml_entities"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml_entities"),
        ("<a>" * 65 + "</a>" * 65, "too_deep"),
        ("<a>" * 100_000, "too_deep"),
        ("<a>" + "x" * (4 << 20) + "</a>", "xml_too_large"),
        ("<a>&nothing;</a>", "bad_xml"),
        ("<a", "bad_xml"),
    ],
)
def test_what_is_not_read_has_a_word(text, why):
    assert parse_record(text) == why


def test_control_characters_that_windows_writes_cost_nothing():
    assert parse_record("<a>x&#x1F;y\x00&#31;z&#x9;</a>") == {"a": "x\ufffdy\ufffd\ufffdz"}


def test_a_user_cannot_write_elements(read_xml):
    forged = 'x&lt;/Data&gt;&lt;Data Name="TargetUserName"&gt;root'
    assert read_xml(event(forged)).events["user"].to_pylist() == [
        'x</Data><Data Name="TargetUserName">root'
    ]
    logs = read_xml(event("<![CDATA[</Data></EventData></Event>]]>") + "\n" + event() + "\n")
    assert logs.events["user"].to_pylist() == ["ana"] and logs.tally().holds


def test_a_record_that_is_cut_short_costs_no_other(read_xml):
    logs = read_xml(PRETTY[:200] + "\n" + event() + "\n" + event()[:90])
    assert logs.events["user"].to_pylist() == ["ana"]
    assert logs.rejects["reason"].to_pylist() == ["bad_xml", "bad_xml"]
    assert logs.tally().holds


def test_a_record_that_never_ends_waits_no_longer_than_a_record_may_be(read_xml):
    text = "<Event>\n" + "<System>x</System>\n" * 500_000 + event() + "\n"
    logs = read_xml(text)
    assert logs.events["user"].to_pylist() == ["ana"] and logs.tally().holds


PARTS = ["<Event>", "</Event>", "a", "\n", "\n\n", "<Events>", "</Event", ">"]


@given(
    st.lists(st.sampled_from(PARTS), max_size=30),
    st.integers(1, 40),
)
def test_no_file_loses_a_line_whatever_its_blocks(parts, size):
    data = "".join(parts).encode()
    pieces = [data[at : at + 5] for at in range(0, len(data), 5)]
    whole = list(MarkupFile(("Event",)).stretches(cut_blocks(pieces)))
    small = list(MarkupFile(("Event",)).stretches(cut_blocks(pieces, size=size)))
    lines = sum(len(block.line_no) for block in cut_blocks(pieces))
    for cuts in (whole, small):
        spent = sum(
            len(one.records) + len(one.broken) + one.joined + one.comments + one.blank
            for one in cuts
        )
        assert lines + sum(one.unpacked for one in cuts) == spent
    places = [
        [place for one in cuts for place in one.records.offset.tolist()] for cuts in (whole, small)
    ]
    assert places[0] == places[1]
