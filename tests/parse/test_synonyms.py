"""What synonyms.toml promises: columns that exist, words that are known, names told once."""

import re
import tomllib

import pytest

from authlogs.parse.registry import FOLDER
from authlogs.schema import CHANGE_TYPES, CHANGES, EVENT_TYPES, EVENTS, OUTCOMES

TOLD = tomllib.loads((FOLDER / "synonyms.toml").read_text(encoding="utf-8"))
LEVELS = {"emergency", "alert", "fatal", "critical", "error", "warning", "warn", "notice", "info"}
LEVELS |= {"debug", "trace"}
WORDS = {
    "event_type": set(EVENT_TYPES),
    "outcome": set(OUTCOMES),
    "change_type": set(CHANGE_TYPES),
    "level_number": LEVELS,
    "python_level": LEVELS,
    "otel_severity": LEVELS,
}


def rules(section):
    for column, told in TOLD[section].items():
        yield column, told if isinstance(told, list) else [told]


def test_columns_exist():
    assert set(TOLD["columns"]) <= set(EVENTS.names)
    assert set(TOLD["changes"]) <= set(CHANGES.names)


@pytest.mark.parametrize("section", ["columns", "changes"])
def test_a_field_is_named_once_for_a_column(section):
    for column, members in rules(section):
        names = [one for one in members if isinstance(one, str)]
        assert len(names) == len(set(names)), column


def test_tables_give_known_words():
    assert set(TOLD["tables"]) == set(WORDS)
    for name, table in TOLD["tables"].items():
        assert set(table.values()) <= WORDS[name], name


def test_keys_of_tables_are_written_as_they_are_looked_up():
    for table in TOLD["tables"].values():
        assert [key for key in table if not re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", key)] == []


def test_every_event_type_but_other_has_a_name():
    assert set(TOLD["tables"]["event_type"].values()) == set(EVENT_TYPES) - {"other"}
    assert set(TOLD["tables"]["outcome"].values()) == set(OUTCOMES)


def test_rules_name_tables_and_patterns_that_exist():
    for section in ("columns", "changes"):
        for column, members in rules(section):
            for one in members:
                if isinstance(one, str):
                    continue
                assert one.get("table", "outcome") in TOLD["tables"], column
                for pattern, value in one.get("matches", ()):
                    re.compile(pattern)
                    assert value in WORDS[column], column


def test_durations_have_their_unit_in_the_name():
    unit = re.compile(r"(_us|_ms|_ns|_s|_sec|_seconds|_micros|Ms|Milliseconds)$")
    documented = {"responseTime", "event.duration"}  # pino-http: ms; ECS: ns
    for one in TOLD["columns"]["duration_us"]:
        assert [n for n in one["from"] if not unit.search(n) and n not in documented] == []
