"""The first answer, held to what was known at the time."""

from datetime import UTC, datetime

import pytest
from worlds import logins, place

import authlogs as al


@pytest.fixture(scope="module")
def early(sample):
    return al.triage(sample, tz="America/Bogota", year=2024, until="10:05")


def test_there_are_six_lines_and_each_says_what_it_answers(early):
    starts = [line.split(":")[0] for line in early.lines]
    assert starts == [
        "what fails",
        "where it stops",
        "for whom",
        "since when",
        "what to undo",
        "what is blind",
    ]


def test_at_ten_past_ten_the_web_deploy_is_named_first(early):
    assert early.incident.suspects[0].change.version == "5.13.0"
    assert early.lines[4].startswith("what to undo: web deploy 5.13.0 of 09:41")


def test_it_is_going_on_and_new_sign_ins_stop_at_first_use(early):
    assert early.incident.status == "ongoing"
    assert "sessions from before: 0%" in early.lines[0]
    assert early.lines[1].startswith("where it stops: first use")


def test_every_time_has_its_zone(early):
    assert early.lines[3].count("UTC-05:00") == 4


def test_the_tail_of_a_rollback_is_the_lifetime_of_a_token(early):
    assert "gone in 30 min" in early.lines[4]


def test_nothing_from_after_the_cut_was_used(early):
    assert max(
        t for t in early.logs.events["time"].to_pylist() if t
    ) <= early.incident.onset.replace(hour=15, minute=5, second=0, microsecond=0)


def test_a_quiet_log_says_that_nothing_stands_out(tmp_path):
    lines = [
        f'{{"time":"{row["time"].isoformat()}","event":"login","outcome":"{row["outcome"]}",'
        f'"level":"info","user":"{row["user"]}"}}'
        for row in place(logins(3, minutes=60)).to_pylist()
    ]
    (tmp_path / "app.jsonl").write_text("\n".join(lines))
    look = al.triage(tmp_path)
    assert look.incident is None
    assert "nothing stands out" in look.lines[0]


def test_since_does_not_take_the_quiet_time_away_that_tells_what_is_usual(sample_logs):
    from authlogs.analysis.first_look import look_at
    from authlogs.logs.span import keep_span

    early = keep_span(sample_logs, since=None, until=datetime(2024, 5, 3, 15, 30, tzinfo=UTC))
    look = look_at(early, display_zone="America/Bogota", since="30m")
    assert look.incident.suspects[0].change.version == "5.13.0"


def test_what_was_over_by_since_is_left_out(sample_logs):
    from authlogs.analysis.first_look import look_at

    look = look_at(sample_logs, display_zone="America/Bogota", since="30m")
    assert look.incident is None
    assert look.lines[0].startswith("nothing stands out")


def test_a_window_that_fails_throughout_is_no_all_clear():
    from test_any_table import logs_of
    from worlds import changes

    from authlogs.analysis.first_look import look_at

    rows = [dict(r, outcome="failure", reason="server_error") for r in logins(5, minutes=60)]
    rows += logins(6, minutes=60, rate=2)
    look = look_at(logs_of(place(rows), changes()), display_zone="UTC")
    assert look.incident is not None or "fail throughout" in " ".join(look.lines)
