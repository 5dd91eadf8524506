"""The committed folder is what the simulation writes, and as large as it was promised to be."""

import base64
import json
import re

from authlogs.simulation import login_lockout

MEGABYTE = 1_000_000
DAMAGED = ("truncated", "half_json", "garbage")
RAW_TOKEN = re.compile(rb"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20,}")


def test_committed_files_are_what_the_seed_gives(made, committed):
    assert sorted(made) == sorted(committed)
    for name, content in made.items():
        assert content == committed[name], f"{name}: make it again with `authlogs simulate`"


def test_committed_truth_is_what_the_seed_gives(written, truth):
    assert json.loads(written[1].to_json()) == truth


def test_another_seed_gives_another_day(committed, truth):
    other = login_lockout(seed=truth["seed"] + 1)
    logs = [name for name in committed if name.endswith((".log", ".jsonl"))]
    assert len(logs) == 8
    assert all(other.files[name] != committed[name] for name in logs)
    assert other.truth.onset.isoformat() != truth["onset"]
    assert other.truth.guilty_change_id == truth["guilty_change_id"]


def test_enough_lines_in_few_bytes(sample, truth):
    assert sum(file["lines"] for file in truth["files"].values()) >= 100_000
    assert sum(path.stat().st_size for path in sample.iterdir()) <= 6 * MEGABYTE


def test_lines_are_counted_as_they_stand(committed, truth):
    for name, told in truth["files"].items():
        content = committed[name]
        open_end = not content.endswith(b"\n")
        assert content.count(b"\n") + open_end == told["lines"]


def test_one_file_ends_without_a_newline(committed):
    logs = [name for name in committed if name.endswith((".log", ".jsonl"))]
    assert [name for name in logs if not committed[name].endswith(b"\n")] == ["nginx-error.log"]


def test_one_line_in_a_hundred_is_malformed(truth):
    files = truth["files"].values()
    malformed = sum(sum(file["malformed"].values()) for file in files)
    assert 0.008 <= malformed / sum(file["lines"] for file in files) <= 0.012


def test_damaged_json_is_as_much_as_the_truth_says(committed, truth):
    unreadable = 0
    for line in committed["web-app.jsonl"].removesuffix(b"\n").split(b"\n"):
        try:
            json.loads(line)
        except ValueError:
            unreadable += 1
    told = truth["files"]["web-app.jsonl"]["malformed"]
    assert unreadable == sum(told[kind] for kind in DAMAGED) > 0


def test_impossible_dates_are_as_many_as_the_truth_says(committed, truth):
    day = re.compile(rb"^.{0,60}(2024-02-31|2024/02/31|31/Feb/2024|Feb 31)", re.MULTILINE)
    for name, told in truth["files"].items():
        assert len(day.findall(committed[name])) == told["malformed"].get("impossible_date", 0)


def test_garbage_is_no_text(committed, truth):
    for name, told in truth["files"].items():
        ends = sum(line.endswith(b"\xfe") for line in committed[name].split(b"\n"))
        assert ends == told["malformed"].get("garbage", 0)


def test_attackers_wrote_into_every_large_log(committed, truth):
    for name, told in truth["files"].items():
        if told["lines"] > 10_000:
            assert b"mallory" in committed[name]
            assert b"script" in committed[name]
            assert told["malformed"]["forged_field"] > 0
            assert told["malformed"]["escape_sequence"] > 0


def test_whole_tokens_and_codes_leak(committed):
    """Otherwise a test that no secret gets out would be empty."""
    tokens = set(RAW_TOKEN.findall(committed["gateway.log"]))
    assert len(tokens) >= 24
    for token in tokens:
        header, payload, _ = token.split(b".")
        assert json.loads(base64.urlsafe_b64decode(header + b"=="))["alg"] == "ES256"
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=="))
        assert claims["exp"] - claims["iat"] == 1800
    assert (
        len(re.findall(rb"\?code=[\w-]{32}&state=[\w-]{16} ", committed["web-access.log"])) > 1000
    )


def test_stack_traces_and_statements_run_over_lines(committed):
    assert committed["gateway.log"].count(b"Traceback (most recent call last):\n  File") > 40
    assert b"\n\tselect" in committed["postgresql.log"]


def test_syslog_repeats_itself(committed):
    assert committed["auth.log"].count(b"message repeated ") > 20
