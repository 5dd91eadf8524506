"""Times are never told without their zone, durations and probabilities as people write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from example_investigation import at, example, incident

from authlogs.analysis.result import Lineage, Phases
from authlogs.analysis.words import (
    Clock,
    chance,
    change_names,
    clock_of,
    headline,
    span,
    tail_words,
    theory_name,
)
from authlogs.window import parse_zone

BOGOTA = Clock(parse_zone("-05:00"), date(2024, 5, 3))
MADRID = Clock(parse_zone("Europe/Madrid"), date(2024, 10, 27))


def test_a_time_carries_its_offset_and_another_day_its_date():
    assert BOGOTA.time(at("09:41:15")) == "09:41:15 UTC-05:00"
    assert BOGOTA.time(at("09:41:15", day=2)) == "2024-05-02 09:41:15 UTC-05:00"


def test_a_stretch_over_midnight_names_the_day():
    assert BOGOTA.stretch((at("23:50"), at("00:10", day=4))) == (
        "23:50:00 to 2024-05-04 00:10:00 UTC-05:00"
    )


def test_a_stretch_over_a_change_of_clocks_names_both_offsets():
    before = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert MADRID.stretch((before, before + timedelta(hours=1))) == (
        "02:30:00 UTC+02:00 to 02:30:00 UTC+01:00"
    )


def test_the_clock_is_of_the_day_of_the_incident_there():
    late = incident(onset=datetime(2024, 5, 4, 2, 0, tzinfo=UTC))
    assert clock_of(example(), late).weekday() == "Friday 3 May 2024"
    assert clock_of(example(display_zone="Asia/Tokyo"), late).weekday() == "Saturday 4 May 2024"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (14.2, "14 s"), (60, "1 min"), (226, "3 min 46 s"), (3_600, "1 h"),
     (3_661, "1 h 1 min"), (90_000, "25 h")],
)  # fmt: skip
def test_durations(seconds, words):
    assert span(seconds) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "< 0.1 %"), (1e-150, "< 0.1 %"), (0.012, "1.2 %"), (0.99, "99.0 %"), (1.0, "> 99.9 %")],
)
def test_a_probability_is_never_a_bare_0_or_1(probability, words):
    assert chance(probability) == words


def test_a_tail_is_explained_by_tokens_only_where_tokens_were_followed():
    assert tail_words(incident()).endswith("still presented until they expired")
    blind = incident(lineage=Lineage(level="none"))
    assert tail_words(blind) == "failures went on for 28 min after the reversal ended"
    assert tail_words(incident(phases=Phases(tail_s=20.0))) is None


def test_names():
    assert theory_name("unlisted_change@token-issuer") == "unlisted change (token-issuer)"
    names = change_names(example(), BOGOTA)
    assert list(names) == ["C-7", "D-1", "D-2", "A-1", "R-1"]
    assert names["D-2"] == "gateway deploy 4.3.2 (09:43:00 UTC-05:00)"
    assert list(change_names(example(charts=None), BOGOTA)) == ["C-7", "D-1"]


@pytest.mark.parametrize(
    ("wanted", "end"),
    [
        ({}, "; most supported: web deploy 5.13.0 of 09:41 (99%)"),
        ({"verdict": "undetermined"}, "; undetermined"),
        (
            {"verdict": "no_change"},
            "no recorded change; most supported: unlisted change (gateway) (0%)",
        ),
    ],
)
def test_the_headline_ends_with_the_verdict(wanted, end):
    assert headline(example(), incident(**wanted)).endswith(end)
