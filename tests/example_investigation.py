"""The incident of 3 May 2024 by hand, small enough for fast tests: one change, one red herring.

A web deploy at 09:41 (UTC-05:00) issues tokens that the gateway rejects; a rollback ends at 13:30,
and the last bad tokens die at 13:58. Everything here is written down, nothing is computed.
"""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from authlogs.analysis.charts import ISSUING, LANES, MINUTES, STAGES
from authlogs.analysis.coverage import GAPS
from authlogs.analysis.result import (
    ChangeRef,
    Charts,
    Considered,
    Finding,
    Impact,
    Incident,
    Investigation,
    Lineage,
    Mitigation,
    Phases,
    Recovery,
    Segment,
    Signal,
    Suspect,
    Theory,
)
from authlogs.schema import TALLY

FIRST, LAST = datetime(2024, 5, 3, 11, tzinfo=UTC), datetime(2024, 5, 3, 21, tzinfo=UTC)
BIN = timedelta(minutes=5)
BINS = 120


def at(clock, day=3):
    """The time that clocks in Bogota show as `09:41` or `09:41:15`, in UTC."""
    hours, minutes, seconds = (int(part) for part in f"{clock}:00".split(":")[:3])
    local = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return datetime(2024, 5, day, 5, tzinfo=UTC) + local


ONSET, FRESH, OVER = at("09:41:15"), at("13:30"), at("13:58")
WEB = ChangeRef(
    id="D-1", time=at("09:41"), end_time=at("09:44:52"), service="web", version="5.13.0",
    change_type="deploy", previous_version="5.12.0", description="New provider token wrapper",
)  # fmt: skip
FLAG = ChangeRef(
    id="C-7", time=at("09:38"), end_time=None, service="web", version=None, change_type="flag",
    description="flag login-banner on",
)  # fmt: skip
LINEAGE = Finding(
    kind="token_lineage",
    direction="for",
    statement="in the same minutes 630 of 630 tokens under web 5.13.0 failed, 0 of 561 others",
    log_bayes_factor=341.1,
    numbers={"failed_under": 630, "under": 630, "rate_beside": 0.0},
    rows=("gateway.log:7051", "gateway.log:7063"),
)
NEAR = Finding(
    kind="proximity",
    direction="for",
    statement="it began 15 s before the onset",
    log_bayes_factor=5.2,
    numbers={"lag_s": 15.0},
)
UNDONE = Finding(
    kind="recovery",
    direction="for",
    statement="new sign-ins were well when its reversal ended",
    log_bayes_factor=2.0,
)
NEW = Finding(kind="novelty", direction="for", statement="invalid_signature was never seen before")
KEPT = Finding(
    kind="recovery",
    direction="against",
    statement="the failures ended although the change was never taken back",
    log_bayes_factor=-1.6,
)
THEORIES = (
    Theory(
        name="unlisted_change@gateway",
        probability=0.0005,
        verdict="untestable",
        statement="a change without a record may have begun at any time",
    ),
    Theory(
        name="database_overload",
        probability=0.0005,
        verdict="contradicted",
        statement="database latency covers 9% of the incident",
        evidence=(Finding(kind="symptom", direction="against", statement="it covers 9%"),),
    ),
)


def incident(**wanted):
    """The incident; `wanted` replaces what it names."""
    fresh = Recovery(time=FRESH, interval=(at("13:29"), at("13:31")))
    over = Recovery(time=OVER, interval=(at("13:57"), at("14:00")))
    values = {
        "incident_id": "I-1",
        "status": "over",
        "onset": ONSET,
        "onset_interval": (at("09:41:11"), at("09:41:19")),
        "recovered": OVER,
        "recovered_interval": over.interval,
        "recovery": {"new_sign_ins": fresh, "existing_sessions": over},
        "signal": Signal(
            service="gateway",
            event_type="token_validate",
            reason="invalid_signature",
            denominator="attempts",
        ),
        "verdict": "change",
        "cause_class": "change",
        "none_probability": 0.011,
        "suspects": (
            Suspect(
                change=WEB,
                probability=0.988,
                bayes_factor=812.0,
                prior=0.25,
                evidence=(NEW, UNDONE, LINEAGE, NEAR),
            ),
            Suspect(change=FLAG, probability=0.001, bayes_factor=9.1, prior=0.1, evidence=(KEPT,)),
        ),
        "theories": THEORIES,
        "none": {"unlisted_change": 0.0005, "external": 0.0005, "unknown": 0.01},
        "changes_considered": (
            Considered(id="D-1"),
            Considered(id="C-7"),
            Considered(id="D-2", excluded_because="it began 105 s after the onset"),
            Considered(id="A-1", excluded_because="it marks what was noticed, not a change"),
        ),
        "mitigations": (Mitigation(change="R-1", effect="complete", probability=1.0),),
        "lineage": Lineage(level="jti", match_rate=1.0, false_join_rate=0.0),
        "impact": Impact(
            users_attempting=1_654,
            users_affected=1_465,
            failed_logins=5_234,
            rejected_tokens=5_234,
            lost_logins=3_626,
            lost_logins_interval=(3_316, 3_936),
            peak_rate=1.0,
            identity_basis="user",
        ),
        "phases": Phases(
            detected=at("09:45"),
            mitigated=FRESH,
            resolved=OVER,
            ttd_s=225.0,
            ttm_s=13_725.0,
            ttr_s=15_405.0,
            tail_s=1_680.0,
        ),
        "segments": (
            Segment(
                where={"client": "ios"},
                rate=0.91,
                rest=0.82,
                rate_ratio=1.11,
                interval=(1.09, 1.14),
            ),
        ),
    }
    return Incident(**(values | wanted))


def source(name, **wanted):
    """One file of the ledger."""
    tally = dict.fromkeys(TALLY, 0) | {"lines": 1_000, "events": 990, "rejected": 10}
    values = {
        "source_file": name, "kind": "events", "sha256": "ab" * 32, "size": 9_000,
        "format": "logfmt", "zone": None, "error": None, "logs_success": "always",
    }  # fmt: skip
    return values | tally | wanted


def charts():
    """Chart tables in bins of five minutes."""
    bad = [ONSET - BIN < FIRST + n * BIN < FRESH for n in range(BINS)]
    times = [FIRST + n * BIN for n in range(BINS)]
    rate = 100
    minutes = [
        {"time": t, "attempts": rate, "attempts_low": 80.0, "attempts_high": 120.0,
         "people_failing": 60 * hit, "covered": True}
        for t, hit in zip(times, bad, strict=True)
    ]  # fmt: skip
    stages = [
        {"time": t, "stage": stage, "attempts": rate, "successes": 0 if hit and fails else rate}
        for t, hit in zip(times, bad, strict=True)
        for stage, fails in (("login", False), ("issue", False), ("first_use", True))
    ]
    issuing = [
        {"time": t, "version": "5.13.0" if hit else "5.12.0", "tokens": rate}
        for t, hit in zip(times, bad, strict=True)
    ]
    tables = {"minutes": (minutes, MINUTES), "stages": (stages, STAGES)}
    tables |= {"issuing": (issuing, ISSUING), "lanes": (lanes(), LANES), "gaps": ([], GAPS)}
    made = {n: pa.Table.from_pylist(rows, schema=schema) for n, (rows, schema) in tables.items()}
    return Charts(**made, bin_s=300)


def lanes():
    """The suspects, an excluded deploy, an alert, the rollback, and a claimed time."""
    rows = [
        (at("09:38"), None, "change", "flag login-banner on", "C-7", "ruled_out", 0.001),
        (at("09:41"), at("09:44:52"), "change", "web deploy 5.13.0", "D-1", "suspect", 0.988),
        (at("09:43"), at("09:44"), "change", "gateway deploy 4.3.2", "D-2", "ruled_out", 0.0),
        (at("09:45"), None, "alert", "The gateway refuses tokens", "A-1", "mark", None),
        (at("10:00"), None, "claim", "outage begins", "postmortem.md:7", "claim", None),
        (at("12:30"), FRESH, "response", "web rollback 5.12.0", "R-1", "mitigation", None),
    ]
    names = ("time", "end_time", "lane", "label", "change_id", "role", "probability")
    return [dict(zip(names, row, strict=True)) | {"note": None} for row in rows]


def example(*incidents, **wanted):
    """The investigation; without incidents given it holds the one above."""
    values = {
        "display_zone": "America/Bogota",
        "analysed": (FIRST, LAST),
        "data_through": LAST,
        "incidents": incidents or (incident(),),
        "coverage": (
            {"source": "web.log", "from": FIRST, "to": LAST, "events": 990, "truncated": True,
             "silent": [(at("15:00"), at("15:30"))]},
        ),
        "warnings": ("times without a zone were read as America/Bogota: web.log",),
        "calibration": "these are model probabilities",
        "accounting": {"files": 2} | dict.fromkeys(TALLY, 0)
        | {"lines": 2_000, "events": 1_980, "rejected": 20},
        "sources": (source("web.log"), source("gateway.log", logs_success="never")),
        "software": {"authlogs": "0.1.0", "python": "3.11.0"},
        "charts": charts(),
    }  # fmt: skip
    return Investigation(**(values | wanted))
