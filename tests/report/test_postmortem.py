"""The postmortem template: what is measured is filled in, what people must say stays open."""

import dataclasses
import re

import pyarrow as pa
import pytest
from example_investigation import at, example, incident
from hostile_words import HOSTILE, hostile

from authlogs.analysis.actions import action_items
from authlogs.analysis.facts import FACTS
from authlogs.analysis.result import Mitigation, Phases, Theory
from authlogs.report.postmortem import OPEN, postmortem_template

ITEM = re.compile(r"^- \[ \] (?P<phase>\w+): (?P<action>.+); because (?P<because>.+)$")


def fact(kind, clock, **told):
    """A fact by hand; clocks are Bogotá's."""
    row = {"kind": kind, "at": at(clock), "time": at(clock), "time_latest": at(clock)}
    return row | {"statement": kind, "words": "", "rows": [f"{kind}.log:1"]} | told


FACTS_HERE = (
    fact("alert", "09:45", who="oncall", change_id="A-1"),
    fact("acknowledged", "09:50", who="user-1"),
    fact("onset", "09:41:15", incident_id="I-1"),
    fact(
        "rollback", "12:30", end_time=at("13:30"), end_time_latest=at("13:30"), change_id="R-1",
        statement="web rollback 5.12.0",
    ),
    fact("recovery", "13:58", incident_id="I-1"),
)  # fmt: skip


def with_facts(*incidents, facts=FACTS_HERE):
    """The example with facts beside it."""
    table = pa.Table.from_pylist(list(facts), schema=FACTS)
    return dataclasses.replace(example(*incidents), facts=table)


@pytest.fixture(scope="module")
def page(sample_investigation):
    return postmortem_template(sample_investigation)


def part(page, title):
    """The lines of a part."""
    return page.split(f"\n## {title}\n")[1].split("\n## ")[0].strip().splitlines()


def test_the_phases_of_the_sample_are_filled_in_and_cited(page):
    rows = {row.split("|")[1].strip(): row for row in part(page, "Phases")[2:]}
    assert [name[1:4] for name in list(rows)[1:]] == ["TTD", "TTA", "TTM", "TTR"]
    assert all("](https://" in row for name, row in rows.items() if name != "onset")
    told = [row.split("|")[2].strip() for row in rows.values()]
    assert told == ["", "3 min 46 s", "8 min 46 s", "3 h 48 min", "4 h 16 min"]
    assert all("`" in row for row in rows.values())


def test_who_was_alerted_when(page):
    lines = part(page, "Who was alerted when")
    assert lines[0].startswith("- 09:45:00 UTC-05:00, oncall: ")
    assert "`alerts.json:2`" in lines[0]
    assert len(lines) == 4


def test_decisions_come_from_the_timeline_with_what_they_did(page):
    lines = part(page, "Decisions found in the timeline")
    told = [line.partition("; effect on the failures: ")[::2] for line in lines]
    acts = ["declared", "failover", "rollback", "flush"]
    assert all(act in words for act, (words, _) in zip(acts, told, strict=True))
    effects = [effect.partition(" ")[0] for _, effect in told]
    assert effects == ["", "none", "complete", "none"]
    assert all(line.endswith(f"Why: {OPEN}") for line in lines)


def test_every_action_item_has_its_measurement(page):
    lines = [line for line in part(page, "Action items") if not line.startswith(f"- [ ] {OPEN}")]
    found = [ITEM.match(line) for line in lines]
    assert len(found) >= 8
    assert all(one and re.search(r"\d", one["because"]) for one in found)
    assert {one["phase"] for one in found} == {"review", "detect", "decide", "mitigate"}


def test_people_have_their_say(page):
    assert page.count(OPEN) > 10


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"phases": Phases(detected=at("10:41:15"), ttd_s=3_600.0)}, "TTD was 1 h"),
        ({"phases": Phases()}, "no alert is recorded"),
        ({"phases": Phases(tail_s=1_680.0)}, "for 28 min after the rollback"),
        ({"phases": Phases(ttd_s=60.0, tta_s=960.0)}, "15 min passed"),
        ({"mitigations": (Mitigation(change="F-1", effect="none", probability=0.98),)}, "98.0 %"),
        ({"phases": Phases(detected=at("09:45"))}, "began 2 h 45 min after"),
        ({}, "took 1 h from start to end"),
        ({}, "of 630 tokens"),
        ({}, "reached everybody in 3 min 52 s"),
    ],
)
def test_a_measurement_gives_its_item(changed, wanted):
    investigation = with_facts(incident(**changed))
    items = action_items(investigation, investigation.incidents[0])
    assert any(wanted in item.because for item in items)


def test_good_measurements_give_no_item():
    calm = incident(
        phases=Phases(detected=at("09:42"), ttd_s=45.0, tta_s=60.0, tail_s=10.0),
        suspects=(),
        verdict="undetermined",
        mitigations=(),
    )
    investigation = dataclasses.replace(with_facts(calm), coverage=(), clock_offsets=())
    assert action_items(investigation, investigation.incidents[0]) == ()


def test_a_theory_is_reviewed_where_no_change_is_to_blame():
    theory = Theory(name="stale_keys", probability=0.9, verdict="supported", statement="old keys")
    found = with_facts(incident(verdict="no_change", suspects=(), theories=(theory,)))
    first = action_items(found, found.incidents[0])[0]
    assert "stale keys" in first.action
    assert "90.0 %" in first.because


def test_logs_without_an_incident_make_no_claims():
    assert postmortem_template(example()).startswith("# Postmortem: users")
    assert "no incident" in postmortem_template(dataclasses.replace(example(), incidents=()))


def test_log_text_is_no_markup():
    facts = [fact(row["kind"], "09:50", statement=HOSTILE, who=HOSTILE) for row in FACTS_HERE]
    facts[0]["rows"] = [f"a`|{HOSTILE}"]
    table = pa.Table.from_pylist(facts, schema=FACTS)
    page = postmortem_template(dataclasses.replace(hostile(), facts=table))
    assert "alert" in page
    for bad in ("<script", "](javascript", "![](http", "\x1b", "\u202e", "\n# h", "a`|"):
        assert bad not in page.replace("\\](", "").replace("\\]\\(", "")
