"""The summary: the accounting first, every time with its zone, nothing a terminal obeys."""

import dataclasses
import re
import unicodedata

import pytest
from example_investigation import at, example, incident, source
from hostile_words import hostile

from authlogs.report.summary import summary

CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?(?!\d)(?: to (?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d)?")


def flat(text):
    return re.sub(r"\s+", " ", text)


def blocks(text):
    """Title to lines."""
    return {part.splitlines()[0]: flat(part) for part in text.split("\n\n")}


@pytest.fixture(scope="module", params=["example", "sample"])
def told(request):
    """The summary of the example, and of the sample."""
    sample = request.param == "sample"
    return summary(request.getfixturevalue("sample_investigation") if sample else example())


def test_what_was_read_comes_first(told):
    assert list(blocks(told)) == [
        "Read", "Could not be read", "What", "When", "Who", "Cause", "Ruled out",
        "Responders' acts", "Could not be checked", "Assumed",
    ]  # fmt: skip


def test_the_identity_stands_with_its_numbers(sample_investigation):
    counts = sample_investigation.accounting
    read = blocks(summary(sample_investigation))["Read"].replace(",", "")
    left, right = read.split("files: ")[1].split(" = ")
    sums = [sum(int(n) for n in re.findall(r"\d+", side)) for side in (left, right)]
    assert sums[0] == sums[1] == counts["lines"] + counts["unpacked"]
    rejects = blocks(summary(sample_investigation))["Could not be read"]
    assert f"{counts['rejected']} records were rejected" in rejects
    assert "web-app.jsonl.gz" in rejects


def test_sums_that_do_not_agree_are_said():
    counts = example().accounting | {"events": 1}
    assert "do not agree" in summary(example(accounting=counts))


def test_every_clock_has_its_offset(told):
    text = flat(told)
    clocks = list(CLOCK.finditer(re.sub(r"UTC-05:00", "UTC-", text)))
    assert len(clocks) >= 10
    for found in clocks:
        rest = re.sub(r"UTC-05:00", "UTC-", text)[found.end() :]
        assert rest.startswith(" UTC-"), (found[0], rest[:30])


def test_lines_are_at_most_100_columns_wide(told):
    assert max(len(line) for line in told.splitlines()) <= 100
    assert max(len(line) for line in summary(hostile()).splitlines()) <= 100


def test_the_cause_comes_with_its_strongest_findings():
    cause = blocks(summary(example()))["Cause"]
    assert "most supported: web deploy 5.13.0 of 09:41:00 UTC-05:00, probability 98.8 %" in cause
    found = [cause.index(words) for words in ("630 of 630", "15 s before", "its reversal ended")]
    assert found == sorted(found)
    assert "never seen before" not in cause


def test_red_herrings_stand_with_their_reason():
    out = blocks(summary(example()))["Ruled out"]
    assert "database overload (< 0.1 %): database latency covers 9%" in out
    assert "gateway deploy 4.3.2 (09:43:00 UTC-05:00): it began 105 s after the onset" in out
    assert "flag login-banner on (09:38:00 UTC-05:00): 0.1 %; the failures ended although" in out
    assert "The gateway refuses tokens" not in out


def test_the_sample_is_told_right(sample_investigation):
    parts = blocks(summary(sample_investigation))
    assert "web deploy 5.13.0 of 09:41:00 UTC-05:00" in parts["Cause"]
    assert "gateway deploy 4.3.2 (09:43:00 UTC-05:00)" in parts["Ruled out"]
    assert "network" in parts["Ruled out"]
    assert "session flush (13:05:00 UTC-05:00): no effect" in parts["Responders' acts"]
    assert "until they expired" in parts["When"]
    assert "new sign-ins well again 13:3" in parts["When"]


def test_what_is_blind_is_said():
    blind = blocks(summary(example()))["Could not be checked"]
    assert "unlisted change (gateway)" in blind
    assert "web.log is silent 15:00:00 to 15:30:00 UTC-05:00" in blind
    assert "web.log is cut off" in blind
    assert "no success is ever logged in gateway.log" in blind


def test_unread_files_stand_at_the_top_and_only_there():
    lost = example(
        sources=(source("a.log", error="ends in mid-stream"),),
        warnings=("a.log: ends in mid-stream", "not read: nothing at b.log", "the clock jumps"),
    )
    parts = blocks(summary(lost))
    assert (
        "not read: a.log: ends in mid-stream not read: nothing at b.log"
        in parts["Could not be read"]
    )
    assert "a.log" not in parts["Assumed"]
    assert "b.log" not in parts["Assumed"]
    assert "the clock jumps" in parts["Assumed"]


def test_no_incident_says_what_was_searched():
    text = flat(summary(example(incidents=())))
    assert "no incident" in text
    assert "searched: 06:00:00 to 16:00:00 UTC-05:00" in text


def test_an_incident_that_goes_on_has_no_recovery():
    ongoing = incident(
        status="ongoing", recovered=None, recovered_interval=None,
        recovery={"new_sign_ins": None, "existing_sessions": None},
    )  # fmt: skip
    when = blocks(summary(example(ongoing)))["When"]
    assert "new sign-ins: not well again in these logs" in when
    assert "all traffic: not well again in these logs" in when


def test_several_incidents_are_counted():
    text = summary(example(incident(), incident(onset=at("15:10"))))
    assert "Incident 1 of 2" in text
    assert "onset 15:10:00 UTC-05:00" in text


def test_what_cannot_be_told_apart_is_named_together():
    pair = [dataclasses.replace(s, probability=0.9, group="D-1") for s in incident().suspects]
    cause = blocks(summary(example(incident(suspects=tuple(pair)))))["Cause"]
    assert "web deploy 5.13.0 of 09:41:00 UTC-05:00 or web flag of 09:38:00 UTC-05:00" in cause
    assert "cannot tell apart, probability 90.0 %" in cause


def test_an_undetermined_cause_lists_what_is_possible():
    shared = [
        dataclasses.replace(s, probability=p)
        for s, p in zip(incident().suspects, (0.45, 0.004), strict=True)
    ]
    theories = [dataclasses.replace(incident().theories[0], probability=0.4)]
    found = incident(verdict="undetermined", suspects=tuple(shared), theories=tuple(theories))
    parts = blocks(summary(example(found)))
    assert "undetermined: nothing has half of the probability" in parts["Cause"]
    assert "also possible: web deploy 5.13.0 of 09:41:00 UTC-05:00 (45.0 %)" in parts["Cause"]
    assert "also possible: unlisted change (gateway) (40.0 %)" in parts["Cause"]
    assert "flag login-banner on" in parts["Ruled out"]


def test_no_recorded_change_is_a_verdict():
    found = incident(verdict="no_change", suspects=(), none_probability=1.0)
    assert "no recorded change is to blame, probability > 99.9 %" in summary(example(found))


def test_hostile_text_cannot_drive_a_terminal():
    text = summary(hostile())
    assert "\\x1b[2J" in text
    assert "\\u202e" in text
    obeyed = {c for c in text if unicodedata.category(c)[0] == "C"}
    assert obeyed == {"\n"}
    assert list(blocks(text))[:3] == ["Read", "Could not be read", "What"]
