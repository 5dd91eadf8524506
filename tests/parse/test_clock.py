"""Times: every layout, every precision, no guess."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlogs.parse.clock import Clock, year_near
from authlogs.parse.layouts import LAYOUTS
from authlogs.parse.offsets import HOURS as NAMED

BOGOTA = ZoneInfo("America/Bogota")
NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 30))


def read(*texts, zone=None, year=None, layouts=LAYOUTS):
    times = Clock(zone=zone, year=year).read(pa.array(texts, pa.string()), layouts)
    return times.to_arrow().to_pylist(), times.quality_words().to_pylist()


def one(text, **options):
    (moment,), (quality,) = read(text, **options)
    return moment, quality


AT = datetime(2024, 5, 3, 14, 41, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-03T14:41:15Z",
        "2024-05-03 14:41:15 UTC",
        "2024-05-03T09:41:15-05:00",
        "2024-05-03 09:41:15 -05",
        "2024-05-03T16:11:15+0130",
        "2024-05-03T14:41:15,000+00:00",
        "03/May/2024:09:41:15 -0500",
        "[03/May/2024:09:41:15 -0500]",
        "03-May-2024 14:41:15 UTC",
        "Fri May  3 14:41:15 UTC 2024",
        "Fri May 03 14:41:15.000 Z 2024",
        "20240503T144115Z",
        "Fri May 03 16:41:15 CEST 2024",
        "Fri May  3 10:41:15 EDT 2024",
        "2024-05-03 16:41:15 CEST",
        "1714747275",
        "1714747275.0",
        "1714747275000",
        "1714747275000000",
        "1714747275000000000",
    ],
)
def test_times_with_their_zone_are_exact(text):
    assert one(text) == (AT, "exact")


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [(".1", 100_000), (",123", 123_000), (".123456", 123_456), (".123456789", 123_456)],
)
def test_fractions_survive_to_the_microsecond(fraction, microseconds):
    moment, _ = one(f"2024-05-03T14:41:15{fraction}Z")
    assert moment == AT + timedelta(microseconds=microseconds)


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("2024-05-03 09:41:15", "assumed_tz"),
        ("2024/05/03 09:41:15", "assumed_tz"),
        ("May  3 09:41:15", "assumed_both"),
        ("May  3 2024 09:41:15", "assumed_tz"),
        ("Fri May  3 09:41:15 2024", "assumed_tz"),
        ("2024-05-03  9:41:15", "assumed_tz"),
        ("Fri May 03 09:41:15 CST 2024", "assumed_tz"),
        ("2024-05-03 09:41:15 EST", "assumed_tz"),
    ],
)
def test_what_a_time_lacks_is_taken_from_the_options_and_said(text, quality):
    assert one(text, zone=BOGOTA, year=2024) == (AT, quality)
    times = Clock().read(pa.array([text]), LAYOUTS)
    assert times.unknown.all() and times.to_arrow().null_count == 1


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-05-03T24:00:00Z",
        "2024-05-03T14:60:00Z",
        "0001-01-01T00:00:00Z",
        "99999999999999999999",
        "31/Feb/2024:00:00:00 +0000",
        "03/Xyz/2024:00:00:00 +0000",
        "yesterday",
        "",
    ],
)
def test_what_is_no_time_is_null_and_never_invented(text):
    assert one(text, zone=UTC, year=2024) == (None, "none")


def test_what_may_be_an_epoch_is_a_date_only_where_a_format_says_so():
    text = "20230718225959.250"
    assert one(text, layouts=("iso", "epoch")) == (None, "none")
    moment = datetime(2023, 7, 18, 22, 59, 59, 250_000, tzinfo=UTC)
    assert one(text, layouts=("compact_utc",)) == (moment, "exact")


@cache
def offsets_of_names():
    """The offsets, in seconds, that each name had in January and in July of 2024."""
    told = defaultdict(set)
    for zone in map(ZoneInfo, available_timezones()):
        for month in (1, 7):
            moment = datetime(2024, month, 1, tzinfo=UTC).astimezone(zone)
            told[moment.tzname()].add(moment.utcoffset().total_seconds())
    return told


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_zone_s_name_counts_where_the_tz_database_gives_it_one_offset(name):
    assert offsets_of_names()[name] in ({NAMED[name] * 3600}, set())


def test_a_leap_second_is_the_next_second():
    assert one("2016-12-31T23:59:60Z")[0] == datetime(2017, 1, 1, tzinfo=UTC)


def test_null_stays_null():
    assert one(None) == (None, "none")


@given(moment=MOMENTS, minutes=st.integers(-14 * 60, 14 * 60))
def test_iso_agrees_with_the_standard_library(moment, minutes):
    zone = timedelta(minutes=minutes)
    sign = "-" if minutes < 0 else "+"
    text = f"{moment.isoformat()}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    assert datetime.fromisoformat(text).utcoffset() == zone
    assert one(text) == (datetime.fromisoformat(text).astimezone(UTC), "exact")


@given(moment=MOMENTS)
def test_a_zone_with_summer_time_agrees_with_zoneinfo_and_never_raises(moment):
    moment = moment.replace(microsecond=0)
    told, quality = one(moment.isoformat(sep=" "), zone=NEW_YORK)
    assert told == moment.replace(tzinfo=NEW_YORK).astimezone(UTC) and quality == "assumed_tz"


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    assert one("2024-11-03 01:30:00", zone=NEW_YORK)[0].hour == 5
    assert one("2024-03-10 02:30:00", zone=NEW_YORK)[1] == "assumed_tz"


def test_yearless_stamps_run_over_new_year_in_file_order():
    stamps = ["Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58", "Jan  2 03:04:05"]
    told, qualities = read(*stamps, zone=UTC, year=2023)
    assert [moment.year for moment in told] == [2023, 2024, 2023, 2024]
    assert set(qualities) == {"assumed_both"}


def test_new_year_is_passed_between_stretches_too():
    clock = Clock(zone=UTC, year=2023)
    clock.read(pa.array(["Nov  3 00:00:00", "Dec 31 23:59:59"]), LAYOUTS)
    later = clock.read(pa.array(["Jan  1 00:00:00"]), LAYOUTS).to_arrow().to_pylist()
    assert later == [datetime(2024, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("days", "years"),
    [
        (["Jan 10", "Sep 10", "Dec 10"], [0, 0, 0]),
        (["Jan 10", "Sep 10", "Jan  2", "Dec 31", "Jan  3"], [0, 0, 1, 0, 1]),
        (["Jan 10", "Dec 31", "Jan  1", "Sep 10", "Jan  1"], [0, 0, 1, 0, 1]),
        (["Jan  1", "Dec 31", "Jan  1", "Jan  2"], [0, -1, 0, 0]),
        (["Dec 30", "Jan  1", "Dec 31", "Jan  1", "Nov 30", "Jan  1"], [0, 1, 0, 1, 0, 1]),
        (["Mar  1", "Dec 31", "Jan  1"], [0, 0, 1]),
    ],
)
def test_a_jump_forward_goes_back_only_over_a_new_year_that_was_passed(days, years):
    stamps = [f"{day} 12:00:00" for day in days]
    told, _ = read(*stamps, zone=UTC, year=2024)
    assert [moment.year - 2024 for moment in told] == years
    clock = Clock(zone=UTC, year=2024)
    apart = [clock.read(pa.array([stamp]), LAYOUTS).to_arrow()[0].as_py() for stamp in stamps]
    assert apart == told


def test_29_february_needs_a_leap_year():
    assert one("Feb 29 12:00:00", zone=UTC, year=2024)[0] == datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert one("Feb 29 12:00:00", zone=UTC, year=2023) == (None, "none")


@pytest.mark.parametrize(("month", "day", "year"), [(12, 31, 2023), (1, 2, 2024), (11, 1, 2023)])
def test_a_year_is_the_one_nearest_to_dated_sources(month, day, year):
    edges = (datetime(2023, 12, 30, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC))
    span = tuple(int(edge.timestamp() * 1e6) for edge in edges)
    assert year_near(month, day, span) == year


def test_29_february_finds_its_leap_year():
    edge = int(datetime(2023, 12, 30, tzinfo=UTC).timestamp() * 1e6)
    assert year_near(2, 29, (edge, edge)) == 2024


def test_the_zone_of_the_machine_does_not_matter(monkeypatch):
    import time

    before = one("2024-05-03 09:41:15", zone=BOGOTA)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert one("2024-05-03 09:41:15", zone=BOGOTA) == before
        assert Clock().read(pa.array(["2024-05-03 09:41:15"]), LAYOUTS).needs_zone.all()
    finally:
        monkeypatch.undo()
        time.tzset()
