"""Draws stay the same for ever, and moments are written as the standard library writes them."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from authlogs.simulation import moments
from authlogs.simulation.dice import Dice
from authlogs.simulation.timeline import GUILTY, ROLLBACK, build_of, database_slowness

MOMENTS = st.integers(moments.at("06:00"), moments.at("16:00") - 1)


def test_draws_are_those_of_the_generator_that_never_changes():
    # `printf traffic | gzip | tail -c8 | od -An -tx4` shows the CRC-32 of the name.
    expected = random.Random((7 << 32) + 0x55602630)
    dice = Dice(7, "traffic")
    assert [dice.unit() for _ in range(5)] == [expected.random() for _ in range(5)]


def test_streams_and_seeds_differ():
    words = {Dice(seed, name).hex(16) for seed in (1, 2) for name in ("a", "b")}
    assert len(words) == 4


@given(st.integers(0, 1000), st.integers(1, 40))
def test_words_have_their_length(seed, length):
    dice = Dice(seed, "x")
    assert len(dice.hex(length)) == length
    assert set(dice.hex(length)) <= set("0123456789abcdef")
    assert set(dice.word(length, "ab")) <= {"a", "b"}


@given(st.integers(0, 1000), st.integers(-5, 5), st.integers(1, 9))
def test_numbers_stay_in_their_range(seed, low, width):
    dice = Dice(seed, "x")
    assert low <= dice.whole(low, low + width) < low + width
    assert low <= dice.within(low, width) < low + width
    assert low <= dice.between(low, low + width) < low + width


@given(MOMENTS)
def test_moments_are_written_as_the_standard_library_writes_them(moment):
    there = datetime(2024, 5, 3, tzinfo=ZoneInfo("America/Bogota"))
    when = moments.aware(moment)
    assert (when - there) // timedelta(microseconds=1) == moment
    assert datetime.fromisoformat(moments.iso_utc(moment)) == when
    assert moments.iso_utc(moment, 0) == f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert moments.iso_utc(moment, 3)[:-1] == f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3]
    assert moments.naive(moment) == f"{when:%Y-%m-%d %H:%M:%S,%f}"[:-3]
    assert moments.naive_seconds(moment) == f"{when:%Y-%m-%d %H:%M:%S}"
    assert moments.slashes(moment) == f"{when:%Y/%m/%d %H:%M:%S}"
    assert moments.clf(moment) == f"{when:%d/%b/%Y:%H:%M:%S %z}"
    assert moments.postgres(moment) == f"{when:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " -05"
    assert moments.syslog(moment) == f"{when:%b} {when.day:2d} {when:%H:%M:%S}"


@given(MOMENTS, st.integers(1, 8))
def test_a_host_runs_the_bad_build_between_rollout_and_rollback(moment, number):
    host = f"web-{number}"
    bad = dict(GUILTY.switches)[host] <= moment < dict(ROLLBACK.switches)[host]
    assert (build_of("web", host, moment) == "5.13.0") == bad
    assert build_of("token-issuer", "issuer-1", moment) == "2.8.1"


@given(MOMENTS)
def test_database_is_never_faster_than_usual(moment):
    assert 1.0 <= database_slowness(moment) <= 4.0
