"""W3C extended logs: headings that change, comments, quotes, and lines of another width."""

import pytest
from file_cases import counts

FORMAT = """
title = "Web server, extended"
vendor = "https://www.w3.org/TR/WD-logfile.html"
shape = "w3c"
[recognise]
all = ["cs-method", "sc-status"]
[time]
field = "datetime"
[set]
event_type = "http_request"
[columns]
http_method = "cs-method"
http_path = "cs-uri-stem"
http_status = "sc-status"
user = "cs-username"
user_agent = "cs(User-Agent)"
"""
HEAD = "#Software: Some Server 1\n#Version: 1.0\n#Date: 2024-05-03 14:41:00\n"
FIELDS = "#Fields: date time cs-method cs-uri-stem cs-username sc-status cs(User-Agent)\n"
ROW = "2024-05-03 14:41:15 GET /me ACME\\ana 401 Agent/1+(x)\n"


@pytest.fixture
def read_w3c(read, tmp_path):
    (tmp_path / "own" / "events").mkdir(parents=True)
    (tmp_path / "own" / "events" / "server_extended.toml").write_text(FORMAT)
    return lambda text, name="u_ex.log": read(text, name, formats=[tmp_path / "own"])


def test_cells_are_fields_and_times_are_utc(read_w3c):
    logs = read_w3c(HEAD + FIELDS + ROW)
    assert counts(logs) == {"lines": 5, "events": 1, "comments": 4}
    (row,) = logs.events.to_pylist()
    told = {name: row[name] for name in ("http_status", "user", "user_agent", "time_quality")}
    assert told == {
        "http_status": 401,
        "user": "ACME\\ana",
        "user_agent": "Agent/1 (x)",
        "time_quality": "exact",
    }
    assert row["time"].isoformat() == "2024-05-03T14:41:15+00:00"
    text = HEAD + FIELDS + ROW
    assert text[row["byte_offset"] :][: row["byte_length"]] == ROW.rstrip()


def test_headings_may_change_in_mid_file(read_w3c):
    other = "#Fields: time date sc-status cs-method\n14:41:16 2024-05-03 200 POST\n"
    logs = read_w3c(HEAD + FIELDS + ROW + other + "\n" + FIELDS + ROW)
    assert counts(logs) == {"lines": 10, "events": 3, "comments": 6, "blank": 1}
    told = sorted(
        zip(logs.events["line_no"].to_pylist(), logs.events["http_status"].to_pylist(), strict=True)
    )
    assert told == [(5, 401), (7, 200), (10, 401)]


def test_a_line_of_another_width_is_a_reject_and_costs_no_other(read_w3c):
    logs = read_w3c(HEAD + FIELDS + ROW + "2024-05-03 14:41\n" + ROW)
    assert counts(logs) == {"lines": 7, "events": 2, "rejected": 1, "comments": 4}
    assert logs.rejects["reason"].to_pylist() == ["bad_w3c"]


def test_lines_without_a_heading_above_them_are_rejects(read_w3c):
    logs = read_w3c("#Fields:\n#Fields: cs-method sc-status\nGET 200\n#Fields:\nGET 200\n")
    assert counts(logs) == {"lines": 5, "events": 1, "rejected": 1, "comments": 3}


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("date time cs-method sc-status cs(User-Agent)",
         '2024-05-03 14:41:15 GET 200 "an agent"'),
        ("date\ttime\tcs-method\tsc-status\tcs(User-Agent)",
         "2024-05-03\t14:41:15\tGET\t200\tan agent"),
        ("date time cs-method sc-status cs(User-Agent)",
         "2024-05-03\t14:41:15\tGET\t200\tan agent"),
        ("date,time,cs-method,sc-status,cs(User-Agent)",
         '2024-05-03,14:41:15,GET,200,"an agent"'),
    ],
)  # fmt: skip
def test_cells_are_parted_as_their_heading_is(read_w3c, heading, row):
    logs = read_w3c(f"#Fields: {heading}\n{row}\n")
    assert logs.events["user_agent"].to_pylist() == ["an agent"]
    assert logs.events["http_status"].to_pylist() == [200]


def test_quoted_lines_stand_in_their_place_among_plain_ones(read_w3c):
    fields = "#Fields: cs-method sc-status cs(User-Agent)\n"
    logs = read_w3c(fields + 'GET 200 a\nGET 201 "b c"\nGET 202 d\n')
    assert logs.events["http_status"].to_pylist() == [200, 201, 202]
    assert logs.events["user_agent"].to_pylist() == ["a", "b c", "d"]


def test_of_a_name_that_comes_twice_the_first_counts(read_w3c):
    logs = read_w3c("#Fields: cs-method sc-status sc-status\nGET 401 200\n")
    assert logs.events["http_status"].to_pylist() == [401]


def test_a_file_of_nothing_but_headings_costs_no_more_than_its_size(read_w3c):
    text = "".join(f"#Fields: cs-method sc-status x{n}\nGET 200 a\n" for n in range(300))
    logs = read_w3c(text)
    told = counts(logs)
    assert told["events"] == 64 and told["rejected"] == 300 - 64
    assert set(logs.rejects["reason"].to_pylist()) == {"no_heading"}


def test_comments_in_an_ordinary_log_do_not_make_it_extended(read):
    assert counts(read("# made by hand\n# Fields: none\n"))["comments"] == 2
