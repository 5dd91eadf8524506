"""The code tables and message patterns of reasons.toml, tested as tables."""

import tomllib

import pyarrow as pa
import pytest

from authlogs.parse.reasons import UNSPECIFIED
from authlogs.parse.registry import FOLDER, load_registry
from authlogs.schema import OUTCOMES, REASON_GROUPS

TOLD = tomllib.loads((FOLDER / "reasons.toml").read_text(encoding="utf-8"))
REASONS = load_registry().reasons
VOCABULARIES = sorted(TOLD["codes"])


def entries(vocabulary):
    for code, entry in TOLD["codes"][vocabulary]["entries"].items():
        yield code, {"reason": entry} if isinstance(entry, str) else entry


def classified(*texts):
    index = REASONS.of_texts(pa.array(texts, pa.string())).to_pylist()
    return [None if one is None else REASONS.messages[one][1].reason for one in index]


def test_reasons_have_a_group_and_a_meaning():
    for name, entry in TOLD["reasons"].items():
        assert entry["group"] in REASON_GROUPS, name
        assert entry["doc"] and name == name.lower()
    assert {entry["group"] for entry in TOLD["reasons"].values()} == set(REASON_GROUPS)
    assert TOLD["reasons"][UNSPECIFIED]["group"] == "unknown"


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_codes_are_known_once_and_have_a_page(vocabulary):
    table = TOLD["codes"][vocabulary]
    assert table["page"].startswith("https://")
    codes = [code.lower() for code in table["entries"]]
    assert len(codes) == len(set(codes))
    for code, entry in entries(vocabulary):
        assert set(entry) <= {"reason", "outcome", "weak"}, code
        assert entry["reason"] in TOLD["reasons"], code
        assert entry.get("outcome", "failure") in OUTCOMES, code


def test_every_reason_can_be_found():
    found = {entry["reason"] for name in VOCABULARIES for _, entry in entries(name)}
    found |= {one["reason"] for one in TOLD["message"]}
    found |= {one.get("reason") for one in TOLD["http"].values()}
    assert set(TOLD["reasons"]) - found == set()


CORRECTED = [
    ("aadsts", "50126", "invalid_credentials", None),
    ("aadsts", "50058", "interaction_required", "challenge"),
    ("aadsts", "50072", "mfa_required", "challenge"),
    ("aadsts", "50074", "mfa_required", "challenge"),
    ("aadsts", "50076", "mfa_required", "challenge"),
    ("aadsts", "50079", "mfa_required", "challenge"),
    ("aadsts", "50097", "interaction_required", "challenge"),
    ("aadsts", "50125", "interaction_required", "challenge"),
    ("aadsts", "50140", "interaction_required", "challenge"),
    ("aadsts", "50158", "mfa_required", "challenge"),
    ("aadsts", "50199", "interaction_required", "challenge"),
    ("aadsts", "65001", "consent_required", "challenge"),
    ("aadsts", "16000", "interaction_required", "challenge"),
    ("aadsts", "70016", "interaction_required", "challenge"),
    ("aadsts", "50087", "server_error", None),
    ("aadsts", "50088", "rate_limited", None),
    ("aadsts", "700027", "invalid_client", None),
    ("aadsts", "70043", "policy_denied", None),
    ("aadsts", "7000215", "invalid_client", None),
    ("aadsts", "7000222", "invalid_client", None),
    ("aadsts", "700016", "invalid_client", None),
    ("oauth", "authorization_pending", "interaction_required", "challenge"),
    ("oauth", "slow_down", "interaction_required", "challenge"),
    ("oauth", "use_dpop_nonce", "interaction_required", "challenge"),
    ("oauth", "login_required", "interaction_required", "challenge"),
    ("oauth", "interaction_required", "interaction_required", "challenge"),
    ("oauth", "insufficient_user_authentication", "mfa_required", "challenge"),
    ("okta", "CHALLENGE", "mfa_required", "challenge"),
    ("auth0", "fsa", "interaction_required", "challenge"),
    ("windows", "0xc000006a", "invalid_credentials", None),
    ("keycloak", "resolve_required_actions", "interaction_required", "challenge"),
]
"""Codes that other tools get wrong: interrupts counted as failures, outages as user errors."""


@pytest.mark.parametrize(("vocabulary", "code", "reason", "outcome"), CORRECTED)
def test_corrections_hold(vocabulary, code, reason, outcome):
    verdict = REASONS.of_code(code, (vocabulary,))
    assert (verdict.reason, verdict.outcome) == (reason, outcome)


@pytest.mark.parametrize("code", ["50013", "500133", "50027"])
def test_codes_with_several_causes_yield_to_text(code):
    verdict = REASONS.of_code(code, ("aadsts",))
    assert verdict.reason == "token_invalid" and verdict.weak


def test_codes_are_whole_and_without_case():
    assert REASONS.of_code("70002", ("aadsts",)).reason == "invalid_client"
    assert REASONS.of_code("7000", ("aadsts",)) is None
    assert REASONS.of_code("0XC0000064", ("windows",)).reason == "unknown_user"
    assert REASONS.of_code("TOKENEXPIREDERROR", ("jwt",)).reason == "token_expired"


@pytest.mark.parametrize("name", TOLD["reasons"])
def test_the_name_of_a_reason_is_a_code_for_it(name):
    assert REASONS.of_code(name, ("oauth", "jwt")).reason is not None


def test_auth0_s_first_letter_is_no_rule():
    for code in ("sapi", "ss_sso_failure", "seacft", "sertft", "flows_execution_completed"):
        assert REASONS.of_code(code, ("auth0",)) is None
    assert REASONS.of_code("fapi", ("auth0",)).reason == "unspecified"
    assert REASONS.of_code("fn", ("auth0",)).reason == "server_error"


STATUS = [
    ("200", None, "success"),
    ("204", None, "success"),
    ("302", None, "success"),
    ("304", None, "success"),
    ("101", None, "unknown"),
    ("400", "invalid_request", "failure"),
    ("401", "unspecified", "failure"),
    ("403", "policy_denied", "failure"),
    ("404", None, "unknown"),
    ("407", "unspecified", "failure"),
    ("418", None, "unknown"),
    ("423", "account_locked", "failure"),
    ("429", "rate_limited", "failure"),
    ("499", None, "unknown"),
    ("500", "server_error", "failure"),
    ("502", "server_error", "failure"),
    ("503", "overloaded", "failure"),
    ("504", "timeout", "failure"),
]


@pytest.mark.parametrize(("status", "reason", "outcome"), STATUS)
def test_http_statuses(status, reason, outcome):
    verdict = REASONS.of_status(status)
    assert (verdict.reason, verdict.outcome) == (reason, outcome)


SAYS = [(text, one["reason"]) for one in TOLD["message"] for text in one["says"]]


@pytest.mark.parametrize(("text", "reason"), SAYS)
def test_texts_are_classified(text, reason):
    assert classified(text) == [reason]


def test_every_pattern_is_made_for_some_text():
    assert all(one["says"] for one in TOLD["message"])
    used = REASONS.of_texts(pa.array([text for text, _ in SAYS])).to_pylist()
    assert set(used) == set(range(len(TOLD["message"])))


INNOCENT = [
    "User ana logged in",
    "token issued",
    "token exchanged",
    "signing keys refreshed",
    "cache refreshed",
    "session created",
    "request completed",
    "checkpoint starting: time",
    "listening on port 8080",
    "password changed",
    "an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/1/00",
    "select id, locale, theme from preferences where user_id = $1",
    "Keycloak 26.2.2 on JVM (powered by Quarkus 3.20.0) started in 8.749s",
    "Finished rebalance with members [kc-1, kc-2], topology id 9",
    "",
]


def test_ordinary_texts_have_no_reason():
    assert dict(zip(INNOCENT, classified(*INNOCENT), strict=True)) == dict.fromkeys(INNOCENT)


def test_patterns_hold_against_long_text():
    """RE2 is linear; a long line with many beginnings of matches comes back at once."""
    long = "token is account user password session " * 20_000
    assert classified(long + "jwt malformed") == ["token_malformed"]
