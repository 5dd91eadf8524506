"""What a format file can say beyond paths and patterns."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

import authlogs as al
from authlogs.errors import BadFormatFile
from authlogs.parse.clock import Clock
from authlogs.parse.fields import Fields
from authlogs.parse.format_file import parse_format, parse_rules
from authlogs.parse.paths import field_getter
from authlogs.parse.rules import apply_rules

JSON = {"title": "x", "shape": "json", "recognise": {"all": ["a"]}}


def test_a_value_that_does_not_count_is_null_and_stays_extra():
    fields = Fields(2, columns={"name": pa.array(["HIDDEN", "ana"])})
    told = apply_rules(parse_rules({"from": "name", "not": ["HIDDEN"]}), fields)
    assert told.to_pylist() == [None, "ana"]
    assert fields.extra(more={}).to_pylist() == ['{"name":"HIDDEN"}', None]


@pytest.mark.parametrize(
    ("path", "found"),
    [("actor[type=User].id", "u1"), ("actor[type=App].id", None), ("actor[0].id", None)],
)
def test_an_object_is_a_list_of_one_where_a_value_is_asked_for(path, found):
    assert field_getter(path)({"actor": {"type": "User", "id": "u1"}}) == found


def test_compact_times_are_utc_and_no_epoch():
    times = Clock().read(pa.array(["20230718225959.250", "20240503T144115Z"]), ("compact_utc",))
    assert times.to_arrow().to_pylist() == [
        datetime(2023, 7, 18, 22, 59, 59, 250_000, tzinfo=UTC),
        datetime(2024, 5, 3, 14, 41, 15, tzinfo=UTC),
    ]


def test_pairs_of_a_file_are_for_json_alone():
    with pytest.raises(BadFormatFile, match="pairs"):
        parse_format("x", "events", {**JSON, "shape": "logfmt", "pairs": "msg"})


def test_stages_of_a_request_are_filtered_and_counted(tmp_path):
    stages = ["RequestReceived", "ResponseStarted", "ResponseComplete"]
    lines = [
        json.dumps(
            {
                "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a-1", "stage": stage,
                "requestURI": "/api/v1/pods", "verb": "list", "user": {"username": "ana"},
                "requestReceivedTimestamp": "2024-05-03T14:41:15.000001Z",
                "stageTimestamp": "2024-05-03T14:41:15.000002Z",
            }
        )
        for stage in stages
    ]  # fmt: skip
    path = tmp_path / "audit.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    logs = al.read(path)
    (told,) = logs.sources.to_pylist()
    assert (told["lines"], told["events"], told["filtered"]) == (3, 1, 2)
    assert logs.tally().holds
