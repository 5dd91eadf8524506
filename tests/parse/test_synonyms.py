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


NAMES = [
    ("login", "login"),
    ("User Login", "login"),
    ("user.login", "login"),
    ("signin", "login"),
    ("sign-in", "login"),
    ("authentication", "login"),
    ("login_failed", "login"),
    ("logout", "logout"),
    ("sign_out", "logout"),
    ("token_issue", "token_issue"),
    ("issue_token", "token_issue"),
    ("token_refresh", "token_refresh"),
    ("token_exchange", "token_exchange"),
    ("token_validate", "token_validate"),
    ("validate-token", "token_validate"),
    ("verify_token", "token_validate"),
    ("introspect", "token_introspect"),
    ("revoke_token", "token_revoke"),
    ("session_created", "session_start"),
    ("session.expired", "session_end"),
    ("session_check", "session_check"),
    ("mfa_challenge", "mfa"),
    ("jwks_fetch", "key_fetch"),
    ("saml_response", "sso_assertion"),
    ("password_reset", "password_change"),
    ("account_locked", "account_lock"),
    ("consent_granted", "consent"),
    ("request", "http_request"),
]


@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_names_of_events(name, kind):
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower())
    assert TOLD["tables"]["event_type"][plain] == kind


MESSAGES = [
    ("User ana logged in", "login", "success"),
    ("Invalid username or password", "login", "failure"),
    ("Unsuccessful 1FA authentication attempt by user 'john'", "login", "failure"),
    ("user ana logged out", "logout", "success"),
    ("jwt malformed", "token_validate", "failure"),
    ("Token issued", "token_issue", "success"),
    ("failed to refresh token", "token_refresh", "failure"),
    ("token exchanged", "token_exchange", "success"),
    ("MFA required", "mfa", "challenge"),
    ("signing keys refreshed", "key_fetch", "success"),
    ("session created", "session_start", "success"),
    ("invalid session", "session_check", "failure"),
    ("checkpoint starting: time", None, None),
    ("token bucket refilled", None, None),
]


def said(column, text):
    """What the message patterns of a column make of a text, by their order in the file."""
    for one in TOLD["columns"][column]:
        if isinstance(one, dict) and "message" in one.get("from", ()):
            return next((v for pattern, v in one["matches"] if re.search(pattern, text)), None)
    raise AssertionError(f"no message patterns for {column}")


@pytest.mark.parametrize(("text", "kind", "outcome"), MESSAGES)
def test_messages_tell_event_and_outcome(text, kind, outcome):
    assert (said("event_type", text), said("outcome", text)) == (kind, outcome)
