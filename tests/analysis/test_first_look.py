"""The first answer, held to what was known at the time."""

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
