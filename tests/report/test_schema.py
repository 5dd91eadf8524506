"""The JSON Schema of the result: what is right conforms, what is wrong does not."""

import json

import jsonschema
import pytest
from example_investigation import example, incident

from authlogs.report.schema import result_schema

VALIDATOR = jsonschema.Draft202012Validator(result_schema())


def result(investigation):
    return json.loads(investigation.to_json())


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(result_schema())


def test_the_example_conforms():
    VALIDATOR.validate(result(example()))


def test_the_sample_conforms(sample_investigation):
    found = result(sample_investigation)
    VALIDATOR.validate(found)
    assert found["schema"] == "authlogs.investigation/1"


@pytest.mark.parametrize(
    "found",
    [
        example(incidents=()),
        example(incident(recovered=None, recovered_interval=None, impact=None)),
        example(incident(suspects=(), theories=(), segments=())),
    ],
    ids=["no incident", "ongoing", "nothing weighed"],
)
def test_less_conforms_too(found):
    VALIDATOR.validate(result(found))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("schema",), "authlogs.investigation/2"),
        (("analysed",), ["2024-05-03T11:00:00Z"]),
        (("accounting", "lines"), -1),
        (("incidents", 0, "surprise"), 1),
        (("incidents", 0, "verdict"), "guilty"),
        (("incidents", 0, "status"), "maybe"),
        (("incidents", 0, "cause_class"), "bad luck"),
        (("incidents", 0, "none_probability"), 1.2),
        (("incidents", 0, "onset"), "2024-05-03 09:41"),
        (("incidents", 0, "signal", "denominator"), "guesses"),
        (("incidents", 0, "suspects", 0, "probability"), None),
        (("incidents", 0, "suspects", 0, "surprise"), 1),
        (("incidents", 0, "suspects", 0, "change", "surprise"), 1),
        (("incidents", 0, "suspects", 0, "evidence", 0, "direction"), "sideways"),
        (("incidents", 0, "suspects", 0, "evidence", 0, "surprise"), 1),
        (("incidents", 0, "suspects", 0, "evidence", 0, "rows"), ["a:1"] * 21),
        (("incidents", 0, "theories", 0, "verdict"), "likely"),
        (("incidents", 0, "theories", 0, "surprise"), 1),
        (("incidents", 0, "mitigations", 0, "effect"), "some"),
        (("incidents", 0, "lineage", "level"), "luck"),
        (("incidents", 0, "impact", "users_affected"), -1),
    ],
)
def test_what_is_wrong_is_refused(path, value):
    found = result(example())
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(found)


@pytest.mark.parametrize("name", ["schema", "accounting", "incidents", "warnings"])
def test_what_is_missing_is_refused(name):
    found = result(example())
    del found[name]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(found)
