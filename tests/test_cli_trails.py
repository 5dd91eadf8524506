"""`authlogs trail` and `authlogs journeys`: rows, pseudonyms, figures, exit codes."""

import hashlib
import json
from dataclasses import replace

import pytest
from cli_cases import authlogs

TOKEN = "0c312af638d95dd5"


def unkeyed(name):
    """The pseudonym that anybody can compute of a name, for it takes no key."""
    return (
        f"user-{hashlib.blake2b(name.encode(), digest_size=32, person=b'person').hexdigest()[:16]}"
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory, sample_logs):
    """The sample as a store, and the zone to show."""
    store = tmp_path_factory.mktemp("trail") / "store"
    sample_logs.save(store)
    return [store, "--tz", "America/Bogota"]


@pytest.fixture(scope="module")
def followed(tmp_path_factory, asked):
    """The way of a rejected token, and its figure."""
    figure = tmp_path_factory.mktemp("trail") / "way.svg"
    return authlogs("trail", *asked, "--token", TOKEN, "--out", figure), figure


def test_a_token_is_followed_through_all_services(followed):
    ran, figure = followed
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert [line.split()[3] for line in lines if " * " not in line] == [
        "keycloak", "token-issuer", "web", "web", "gateway",
    ]  # fmt: skip
    assert lines[-1].count("invalid_signature") == 1 and "(UTC-05:00)" in lines[-1]
    assert "5 events" in ran.err and figure.read_text().startswith("<?xml")


def test_people_and_addresses_are_pseudonyms_unless_asked_for(followed, asked):
    ran, figure = followed
    for text in (ran.all, figure.read_text()):
        assert "cristian" not in text and "mvargas" not in text and TOKEN not in text
    named = authlogs("trail", *asked, "--request", "2d79f2ad4cf7", "--identities", "--json")
    rows = [json.loads(line) for line in named.out.splitlines()]
    assert rows[-1]["user"] == "cristian.castro@acme.example"
    assert rows[-1]["time"] == "2024-05-03T14:51:44.911000Z"


def test_nothing_found_is_told_by_the_exit_code(asked):
    ran = authlogs("trail", *asked, "--user", "nobody")
    assert (ran.code, ran.out) == (1, "")
    assert authlogs("trail", *asked).code == 2


def test_journeys_are_counted_by_where_they_were_lost(asked):
    ran = authlogs("journeys", *asked)
    assert ran.code == 0
    assert any("first_use" in line and "invalid_signature" in line for line in ran.out.splitlines())
    assert "acme.example" not in ran.all
    (first, *_) = authlogs("journeys", *asked, "--json").out.splitlines()
    assert json.loads(first)["person"].startswith("user-")


def test_rules_say_when_they_fired_and_for_whom(asked, tmp_path):
    ran = authlogs("rules", *asked)
    assert "rules that fired: " in ran.err
    assert ran.code == 0
    lines = [line for line in ran.out.splitlines() if "invalid_signatures_by_build" in line]
    assert lines and all("service=gateway" in line and "UTC-05:00" in line for line in lines)
    assert "acme.example" not in ran.all
    mine = tmp_path / "mine.yml"
    mine.write_text("title: a\nlogsource: {category: authentication}\ndetection:\n  s: {usr: x}\n")
    wrong = authlogs("rules", *asked, "--rules", mine)
    assert wrong.code == 2 and str(mine) in wrong.err
    quiet = tmp_path / "quiet.yml"
    quiet.write_text(
        "title: a\nlogsource: {category: authentication}\n"
        "detection:\n  s: {user: nobody-at-all}\n  condition: s\n"
    )
    assert authlogs("rules", *asked, "--rules", quiet).code == 1


def test_no_pseudonym_can_be_computed_where_there_is_no_key(tmp_path, sample_logs):
    replace(sample_logs, key=b"").save(tmp_path / "store")
    for words in (("trail", "--user", "catalina.bernal"), ("journeys",)):
        ran = authlogs(*words, tmp_path / "store", "--json")
        assert "user-" in ran.out and unkeyed("catalina.bernal") not in ran.all
