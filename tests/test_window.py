"""Zones that are always named, and moments as people type them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from authlogs.errors import BadCall
from authlogs.window import (
    Window,
    parse_duration,
    parse_moment,
    parse_zone,
    show_time,
    stands_alone,
    zone_label,
)

BOGOTA = ZoneInfo("America/Bogota")
DAY = date(2024, 5, 3)
NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


def test_a_window_is_half_open_and_held_in_utc():
    window = Window(NOON.astimezone(BOGOTA), NOON + timedelta(hours=1))
    assert window.start == NOON and window.start.tzinfo is UTC
    assert NOON in window and NOON + timedelta(hours=1) not in window
    assert window.duration == timedelta(hours=1)
    assert window.overlaps(Window(NOON + timedelta(minutes=59), NOON + timedelta(hours=2)))
    assert not window.overlaps(Window(NOON + timedelta(hours=1), NOON + timedelta(hours=2)))


def test_a_window_is_of_moments_and_not_of_texts():
    with pytest.raises(BadCall, match="end is '12:30', and no datetime"):
        Window(NOON, "12:30")


def test_a_window_needs_zones_and_an_order():
    with pytest.raises(BadCall, match="no zone"):
        Window(datetime(2024, 5, 3), NOON)
    with pytest.raises(BadCall, match="before it starts"):
        Window(NOON, NOON - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "hours"),
    [("-05:00", -5), ("+0530", 5.5), ("+14", 14), ("UTC", 0), ("Z", 0), ("-5", -5)],
)
def test_offsets(text, hours):
    assert parse_zone(text).utcoffset(None) == timedelta(hours=hours)


def test_names():
    assert parse_zone("America/Bogota") == BOGOTA


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("UTC-5", "-05:00"),
        ("GMT+2", "+02:00"),
        ("America/Bogata", "America/Bogota"),
        ("+27:00", "-05:00"),
        ("+05:61", "-05:00"),
        ("../etc/passwd", "IANA"),
        ("", "IANA"),
        ("America", "IANA"),
    ],
)
def test_what_is_no_zone_is_refused_with_advice(text, advice):
    with pytest.raises(BadCall) as caught:
        parse_zone(text)
    assert advice in caught.value.next_step


def test_times_are_never_shown_without_their_offset():
    moment = datetime(2024, 5, 3, 14, 41, 15, tzinfo=UTC)
    assert show_time(moment, BOGOTA) == "09:41:15 (UTC-05:00)"
    assert show_time(moment, ZoneInfo("Asia/Kolkata"), dated=True) == (
        "2024-05-03 20:11:15 (UTC+05:30)"
    )
    assert zone_label(ZoneInfo("America/New_York"), moment) == "UTC-04:00"


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("1h30m", 5400), ("1d", 86400), ("90s", 90), ("5min", 300)]
)
def test_durations(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "m", "30", "30x", "-30m", "1m1h"])
def test_what_is_no_duration(text):
    assert parse_duration(text) is None


def test_moments():
    same = datetime(2024, 5, 3, 14, 41, tzinfo=UTC)
    assert parse_moment("2024-05-03T09:41:00-05:00") == same
    assert parse_moment("2024-05-03 09:41", zone=BOGOTA) == same
    assert parse_moment("09:41", zone=BOGOTA, day=DAY) == same
    assert parse_moment("19m", end=NOON.replace(hour=15)) == same
    assert parse_moment("2024-05-03T14:41Z", zone=BOGOTA) == same
    assert parse_moment("2024-05-03", zone=UTC) == same.replace(hour=0, minute=0)


@pytest.mark.parametrize(
    ("text", "options", "word"),
    [
        ("09:41", {}, "no zone"),
        ("09:41", {"zone": BOGOTA}, "no day"),
        ("25:00", {"zone": BOGOTA, "day": DAY}, "no time of day"),
        ("2024-05-03T09:41", {}, "no zone"),
        ("30m", {}, "end of the data"),
        ("yesterday", {}, "no moment"),
        ("2024-02-31T09:41Z", {}, "no moment"),
        ("99999d", {"end": NOON}, "longer"),
    ],
)
def test_what_is_missing_is_said(text, options, word):
    with pytest.raises(BadCall, match=word):
        parse_moment(text, **options)


def test_moments_that_need_no_data():
    assert stands_alone("2024-05-03T09:41") and stands_alone("2024-05-03T09:41-05:00")
    assert not stands_alone("30m") and not stands_alone("09:41")
