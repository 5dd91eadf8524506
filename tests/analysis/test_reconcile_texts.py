"""Written timelines of every shape, read: which times they tell, of what, in which zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from authlogs.analysis.reconciliation.days import days_said, wrong_weekday
from authlogs.analysis.reconciliation.kinds import edge_of, kind_of
from authlogs.analysis.reconciliation.passages import passages
from authlogs.analysis.reconciliation.statements import Setting, read_statements
from authlogs.analysis.reconciliation.times import clocks, without_clocks
from authlogs.analysis.reconciliation.zones import zone_of, zone_said
from authlogs.errors import BadCall

WEST = timezone(timedelta(hours=-5))
DAY = datetime(2024, 5, 3, tzinfo=WEST)


def local(text, *, zone=WEST, day=DAY):
    """Claims of a text as (line, kind, local time with its day where another)."""
    told = passages(text)
    days = tuple(sorted({d.day for p in told for d in days_said(p.text, year=2024) if d.day}))
    setting = Setting(
        source="pm.md",
        zone=zone_said((without_clocks(p.text) for p in told), day),
        tz=zone,
        shown="America/Bogota",
        days=days,
        year=2024,
        latest=DAY + timedelta(days=3),
        incident_day=day.date(),
    )
    claims, _ = read_statements(told, setting)
    return [(int(c.place.split(":")[1]), c.kind, _shown(c.time)) for c in claims]


def _shown(moment):
    if moment is None:
        return None
    there = moment.astimezone(WEST)
    return f"{there:%H:%M}" if there.date() == DAY.date() else f"{there:%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("09:41", time(9, 41)),
        ("9:41", time(9, 41)),
        ("9:41 am", time(9, 41)),
        ("9:41 P.M.", time(21, 41)),
        ("12:05 am", time(0, 5)),
        ("12:05 pm", time(12, 5)),
        ("9am", time(9)),
        ("09h41", time(9, 41)),
        ("09:41:14.235", time(9, 41, 14)),
        ("0941 UTC", time(9, 41)),
        ("noon", time(12)),
        ("25:10", None),
        ("10:75", None),
        ("13:00 am", None),
    ],
)
def test_a_clock_as_it_is_written(said, shown):
    (clock,) = clocks(f"alert at {said}")
    assert clock.at == shown


@pytest.mark.parametrize(
    "text",
    [
        "gateway 4.3.2 at 10.0.0.1:8080 and [2001:db8::1]:443",
        "it lasted 3:30 hours",
        "All times are UTC-05:00",
        "61 tickets, 10 min each, 16:9",
    ],
)
def test_what_is_no_clock(text):
    assert clocks(text) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from 10:00 to 13:30", time(10), time(13, 30)),
        ("10:00–13:30", time(10), time(13, 30)),
        ("10:00-13:30", time(10), time(13, 30)),
        ("between 10:00 and 13:30", time(10), time(13, 30)),
        ("9–9:30 pm", time(21), time(21, 30)),
        ("11:30-1:00 pm", time(11, 30), time(13)),
        ("2024-05-03 09:35-09:50", time(9, 35), time(9, 50)),
    ],
)
def test_a_range_is_one(text, first, last):
    (clock,) = clocks(text)
    assert (clock.at, clock.until.at) == (first, last)


def test_two_times_are_no_range():
    assert [c.until for c in clocks("alert at 09:45 and restart at 10:00")] == [None, None]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("09:41 UTC-5", -5),
        ("09:41 UTC−05:00", -5),
        ("09:41Z", 0),
        ("09:41 (UTC)", 0),
        ("09:41 EDT", -4),
        ("09:41 CEST", 2),
        ("2024-05-03T09:41:00-05:00", -5),
        ("2024-05-03 09:41:00+0200", 2),
    ],
)
def test_a_zone_beside_a_clock(text, offset):
    (clock,) = clocks(text)
    assert clock.zone.utcoffset(None) == timedelta(hours=offset)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("All times are local (Bogotá, UTC-5).", -5),
        ("Times in America/Bogota", -5),
        ("all times UTC", 0),
        ("The logs are in UTC. All times here are UTC-5.", -5),
    ],
)
def test_the_zone_of_a_text(text, offset):
    told = zone_said([p.text for p in passages(text)], DAY)
    assert DAY.astimezone(told.zone).utcoffset() == timedelta(hours=offset)


def test_zones_that_are_the_same_are_no_two():
    assert zone_said(["Times are UTC-5", "Times are America/Bogota"], DAY)
    with pytest.raises(BadCall, match="several zones"):
        zone_said(["Times are UTC-5", "Times are UTC"], DAY)


def test_an_abbreviation_of_many_zones_is_refused():
    with pytest.raises(BadCall, match="more than one zone"):
        zone_of("IST")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Friday 3 May 2024", date(2024, 5, 3)),
        ("May 3rd, 2024", date(2024, 5, 3)),
        ("the 3rd of May 2024", date(2024, 5, 3)),
        ("2024-05-03", date(2024, 5, 3)),
        ("03.05.2024", date(2024, 5, 3)),
        ("25/05/2024", date(2024, 5, 25)),
        ("05/25/2024", date(2024, 5, 25)),
        ("3 May", date(2024, 5, 3)),
        ("31 February 2024", None),
    ],
)
def test_days(text, day):
    assert [said.day for said in days_said(text, year=2024)] == [day]


def test_a_day_that_can_be_two_is_refused():
    with pytest.raises(BadCall, match="two ways"):
        days_said("on 03/04/2024", year=2024)


def test_a_wrong_weekday_is_seen():
    told = [wrong_weekday(d) for d in days_said("Monday 3 May 2024, Friday 3 May 2024", year=2024)]
    assert told == ["Friday", None]


@pytest.mark.parametrize(
    ("clause", "kind", "edge"),
    [
        ("outage begins", "onset", "either"),
        ("users cannot log in", "onset", "either"),
        ("outage ends", "recovery", "either"),
        ("logins work again", "recovery", "either"),
        ("web rolled back to 5.12.0", "rollback", "either"),
        ("rollback of web started", "rollback", "start"),
        ("rollback complete", "rollback", "end"),
        ("gateway 4.3.2 deployed", "deploy", "either"),
        ("alert GatewayTokenRejections", "alert", "start"),
        ("alert acknowledged", "acknowledged", "either"),
        ("sessions flushed, no effect", "session_flush", "either"),
        ("database failover", "failover", "either"),
        ("incident closed", "closed", "either"),
        ("rolling back web is planned", "other", "either"),
        ("we should restart web", "other", "either"),
        ("gateway team finds nothing", "other", "either"),
        ("gateway 4.3.2 goes out", "deploy", "either"),
        ("PagerDuty: GatewayTokenRejections", "alert", "start"),
        ("people are thrown out right after signing in", "onset", "either"),
        ("new logins worked again", "new_sign_ins", "either"),
        ("roll back finished, new logins OK", "rollback", "end"),
        ("last errors gone", "recovery", "either"),
        ("errors are at zero", "recovery", "either"),
    ],
)
def test_what_a_clause_says(clause, kind, edge):
    assert kind_of(clause) == kind
    assert kind == "other" or edge_of(clause, kind) == edge


def test_markdown_with_wrapped_prose_lists_and_tables():
    text = (
        "# Review, 3 May 2024\n\nAll times are UTC-5. Users could not log in from 10:00\n"
        "to 13:30.\n\n"
        "1. **09:45** alert fired\n2. 09:50 – alert acknowledged by\n   on call\n\n"
        "| time | what |\n|---|---|\n| 12:45 | web rolled back |\n\nWas it 09:00 when it began?\n"
    )
    assert local(text, zone=None) == [
        (3, "onset", "10:00"),
        (3, "recovery", "13:30"),
        (6, "alert", "09:45"),
        (7, "acknowledged", "09:50"),
        (12, "rollback", "12:45"),
    ]


def test_plain_text_with_several_times_a_sentence():
    text = (
        "Alert at 09:45, acknowledged at 09:50, web rolled back at 12:45.\n09:45 alert, 09:50 ack"
    )
    kinds = ["alert", "acknowledged", "rollback", "alert", "acknowledged"]
    assert [kind for _, kind, _ in local(text)] == kinds


def test_html_keeps_its_lines_and_drops_its_scripts():
    text = (
        "<html><head><style>p{}</style></head><body>\n<h1>3 May 2024</h1>\n"
        "<p>Times are UTC-5.</p>\n"
        "<ul><li><p>09:45 <b>alert</b> fired</p></li>\n<li>09:50 alert acknowledged</li></ul>\n"
        "<script>var at = '08:00 outage begins'</script>\n"
        "<table><tr><th>at</th></tr>\n<tr><td>12:45</td><td>web rolled back</td></tr></table>"
    )
    assert local(text, zone=None) == [
        (4, "alert", "09:45"),
        (5, "acknowledged", "09:50"),
        (8, "rollback", "12:45"),
    ]


def test_a_slack_export_carries_its_own_zone():
    text = (
        '[{"ts": "1714747500.000200", "user": "U1", "text": "alert fired"},'
        '{"ts": "1714757400.0", "user": "U2", "text": "rolling back web, see <https://x|this>"},'
        '{"ts": "broken", "user": "U2", "text": "web restarted"}]'
    )
    assert local(text, zone=None) == [(1, "alert", "09:45"), (2, "rollback", "12:30")]


def test_a_copied_chat_has_names_and_times_above_what_is_said():
    text = "sduque  9:45 AM\nalert fired\n\nmvargas [12:30 PM]\nstarted to roll back web\n"
    assert local(text) == [(1, "alert", "09:45"), (4, "rollback", "12:30")]


def test_a_message_that_tells_a_time_is_not_about_when_it_was_said():
    text = "jortiz  9:58 AM\ngateway was deployed at 9:43, could be that\n"
    assert local(text) == [(1, "deploy", "09:43")]
    assert local("alert fired 9:45\nit was acked at 9:50\n") == [
        (1, "alert", "09:45"),
        (2, "acknowledged", "09:50"),
    ]


def test_a_message_is_said_about_when_it_happened():
    told = passages("jortiz  11:05 AM\ndid the db failover 10 min ago\n\n- 11:05 db failover\n")
    assert [one.chat for one in told] == [True, False]


def test_a_status_page_prints_the_time_below_what_happened():
    text = (
        "Resolved -\nLogins work again. More later.\nMay 3, 13:58 CDT\nMonitoring -\n"
        "web was rolled back\nMay 3, 12:30 CDT\nInvestigating -\nUsers cannot log in.\n"
        "May 3, 09:41 CDT\n"
    )
    assert local(text, zone=None) == [
        (1, "recovery", "13:58"),
        (4, "rollback", "12:30"),
        (7, "onset", "09:41"),
    ]


def test_a_flattened_table_has_its_times_above_what_happened():
    text = "09:41\nUsers cannot log in\n09:45\nalert fired\n"
    assert local(text) == [(1, "onset", "09:41"), (3, "alert", "09:45")]


def test_a_heading_that_is_a_time_speaks_for_what_stands_below():
    assert local("### 09:45\n\nalert fired\n") == [(3, "alert", "09:45")]


def test_sections_have_their_days_and_lists_pass_midnight():
    text = "# 3 May 2024\n- 23:50 web restarted\n- 00:10 outage ends\n"
    text += "# 4 May 2024\n- 09:00 incident closed\n"
    assert [when for _, _, when in local(text)] == ["23:50", "04 00:10", "04 09:00"]


def test_one_slip_of_half_a_day_is_no_midnight():
    text = "- 09:38 flag on\n- 21:45 alert fired\n- 09:41 outage begins\n"
    assert [when for _, _, when in local(text)][2] == "09:41"


def test_a_text_of_two_days_needs_the_day():
    text = "Written on 6 May 2024 about 3 May 2024.\n\n- 09:45 alert fired\n"
    with pytest.raises(BadCall, match=r"several days: 2024-05-03, 2024-05-06") as told:
        local(text)
    assert "day=" in told.value.next_step


def test_an_impossible_time_stays_a_claim_without_a_time():
    assert local("- 25:10 alert fired\n") == [(1, "alert", None)]


def test_utc_is_kept():
    told = read_statements(
        passages("2024-05-03T14:45:00Z alert fired\n"),
        Setting("pm", None, None, "UTC", (date(2024, 5, 3),), 2024, None, DAY),
    )[0]
    assert told[0].time == datetime(2024, 5, 3, 14, 45, tzinfo=UTC)
