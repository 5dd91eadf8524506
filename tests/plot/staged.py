"""Investigations made by hand, for figures: what they should show is known beforehand."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from authlogs.analysis.chart_tables import (
    BUILDS,
    GAPS,
    ISSUING,
    JOURNEY,
    LANES,
    MINUTES,
    REASONS,
    STAGES,
    TOKENS,
)
from authlogs.analysis.result import (
    ChangeRef,
    Charts,
    Finding,
    Impact,
    Incident,
    Investigation,
    Phases,
    Recovery,
    Segment,
    Signal,
    Suspect,
    Theory,
)

START = datetime(2024, 5, 3, 11, 0, tzinfo=UTC)
SPAN = 600
ONSET, ROLLED_BACK, WELL = 221, 450, 478
"""Minutes after START."""


def at(minutes):
    """The time so many minutes after START."""
    return START + timedelta(minutes=minutes)


def table(rows, schema):
    """A table of the schema; what a row does not name is null."""
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def change(minute, label, *, role="ruled_out", probability=0.0, note=None, lasts=4, name=None):
    """A row of the lane of changes."""
    return {
        "time": at(minute), "end_time": at(minute + lasts) if lasts else None, "lane": "change",
        "label": label, "change_id": name or f"C{minute}", "role": role,
        "probability": probability, "note": note,
    }  # fmt: skip


def claim(minute, label):
    """A time that somebody wrote down."""
    return {"time": at(minute), "lane": "claim", "label": label, "role": "claim"}


def suspect_row(label="web deploy 5.13.0"):
    """The row of the change that is to blame."""
    return change(ONSET, label, role="suspect", probability=0.97, name="guilty")


def crowd(count, *, words=3):
    """So many changes over the day, half of them in the hour of the onset."""
    rows = [suspect_row()] if count else []
    for number in range(1, count):
        near = number % 2
        minute = ONSET - 30 + number if near else (number * 97) % SPAN
        label = f"service-{number} deploy {number}.0" + " and more words" * (number % words)
        rows.append(
            change(minute, label, note="it began after the onset (P(x) = 0)", name=str(number))
        )
    return rows


def incident(**wanted):
    """The incident: a web deploy breaks the first use of what it issues."""
    blamed = ChangeRef(
        id="guilty", time=at(ONSET), end_time=at(ONSET + 4), service="web", version="5.13.0",
        change_type="deploy",
    )  # fmt: skip
    well = (at(ROLLED_BACK - 1), at(ROLLED_BACK + 1))
    over = (at(WELL - 1), at(WELL + 2))
    values = {
        "incident_id": "I", "status": "over", "onset": at(ONSET),
        "onset_interval": (at(ONSET - 0.5), at(ONSET + 0.5)), "recovered": at(WELL),
        "recovered_interval": over,
        "signal": Signal(
            service="gateway", event_type="token_validate", reason="invalid_signature",
            denominator="attempts",
        ),
        "recovery": {
            "new_sign_ins": Recovery(time=at(ROLLED_BACK), interval=well),
            "existing_sessions": Recovery(time=at(WELL), interval=over),
        },
        "verdict": "change", "cause_class": "change",
        "suspects": (Suspect(change=blamed, probability=0.97, bayes_factor=800.0, prior=0.1),),
        "impact": Impact(
            users_attempting=1_654, users_affected=1_465, failed_logins=5_000,
            rejected_tokens=5_000, lost_logins=None, lost_logins_interval=None, peak_rate=1.0,
            identity_basis="user",
        ),
        "phases": Phases(tail_s=60.0 * (WELL - ROLLED_BACK)),
    }  # fmt: skip
    return Incident(**(values | wanted))


def charts(lanes=(), *, uncovered=range(0), gaps=(), rate=30, minutes=SPAN, step_s=60):
    """Charts in which first use fails from the onset, and issuing stays well."""
    counts, stages, issued = [], [], []
    for minute in range(minutes):
        time = START + timedelta(seconds=step_s * minute)
        bad = ONSET <= minute < ROLLED_BACK
        seen = minute not in uncovered
        counts.append(
            {
                "time": time, "attempts": rate if seen else 0, "attempts_low": 0.5 * rate,
                "attempts_high": 1.5 * rate, "people_failing": rate // 2 if bad and seen else 0,
                "covered": seen,
            }
        )  # fmt: skip
        well = {"login": rate, "issue": rate, "first_use": 0 if bad else rate}
        stages += [
            {"time": time, "stage": stage, "attempts": rate if seen else 0,
             "successes": well[stage] if seen else 0}
            for stage in well
        ]  # fmt: skip
        if seen:
            issued.append({"time": time, "version": "5.13.0" if bad else "5.12.0", "tokens": rate})
    return Charts(
        minutes=table(counts, MINUTES),
        stages=table(stages, STAGES),
        issuing=table(issued, ISSUING),
        lanes=table(lanes, LANES),
        gaps=table(gaps, GAPS),
        bin_s=step_s,
    )


def staged(lanes=(), *, incidents=None, zone="America/Bogota", shown=None, **wanted):
    """An investigation of the day, with these lanes."""
    drawn = shown if shown is not None else charts(lanes, **wanted)
    return Investigation(
        display_zone=zone,
        analysed=(START, at(SPAN)),
        data_through=at(SPAN),
        incidents=(incident(),) if incidents is None else incidents,
        charts=drawn,
    )


FINDINGS = (
    Finding(
        kind="token_lineage", direction="for", log_bayes_factor=82.6,
        statement="412 of 412 tokens issued under web 5.13.0 failed, and 0 of 362 others",
    ),
    Finding(
        kind="recovery", direction="against", log_bayes_factor=-1.6,
        statement="the failures ended although the change was never taken back",
    ),
    Finding(kind="novelty", direction="unknown", statement="nothing of this was seen before"),
)  # fmt: skip


def weighed(count, *, label="service"):
    """An incident with so many changes weighed, two theories, segments, phases."""
    suspects = [
        Suspect(
            change=ChangeRef(
                id="guilty" if not n else f"S{n}", time=at(ONSET - n), end_time=None,
                service="web" if not n else f"{label}-{n}", version="5.13.0" if not n else f"{n}.0",
                change_type="deploy",
            ),
            probability=0.97 if not n else 0.01 / count, bayes_factor=800.0, prior=0.3 / count,
            evidence=FINDINGS,
        )
        for n in range(count)
    ]  # fmt: skip
    theories = (
        Theory(
            name="database_overload", probability=0.001, verdict="contradicted",
            statement="it predicts slow queries; latency covers 9% of the incident",
        ),
        Theory(
            name="unlisted_change@web", probability=0.009, verdict="untestable",
            statement="a change without a record may have begun at any time",
        ),
    )  # fmt: skip
    segments = tuple(
        Segment(
            where={"client": f"{label}-{n}"}, rate=0.9 / (1 + n / 4), rest=0.02,
            rate_ratio=45.0 / (1 + n), interval=(30.0 / (1 + n), 66.0 / (1 + n)),
        )
        for n in range(min(8, count))
    )  # fmt: skip
    phases = Phases(
        detected=at(ONSET + 4), ttd_s=240.0, mitigated=at(ROLLED_BACK),
        ttm_s=60.0 * (ROLLED_BACK - ONSET), resolved=at(WELL), ttr_s=60.0 * (WELL - ONSET),
        tail_s=60.0 * (WELL - ROLLED_BACK),
    )  # fmt: skip
    return incident(
        suspects=tuple(suspects), theories=theories, none={"unknown": 0.01}, segments=segments,
        phases=phases,
    )  # fmt: skip


def builds(versions):
    """Attempts of so many versions of web: the last of them fails in the incident."""
    rows = []
    for minute in range(0, SPAN, 5):
        bad = ONSET <= minute < ROLLED_BACK
        for n in range(versions):
            blamed = n == versions - 1
            tried = 6 if blamed == bad else 1
            version = "5.13.0" if blamed else f"5.12.{n}"
            failed = tried if blamed and bad else 0
            rows.append({"time": at(minute), "role": "issue", "service": "web",
                         "version": version, "attempts": tried, "failures": failed})  # fmt: skip
    return table(rows, BUILDS)


def tokens(shape="vertical band", *, count=600):
    """Tokens used up to two hours after their issue, rejected as the shape says."""
    rows = []
    for n in range(count):
        issued = (n * 7.3) % (SPAN - 10)
        used = min(SPAN - 1.0, issued + ((n * 31) % 120 if n % 3 else 0.05))
        failed = {
            "vertical band": ONSET <= issued < ROLLED_BACK,
            "horizontal band": ONSET <= used < ROLLED_BACK,
            "older than an instant": issued < ONSET <= used,
            "thin diagonal": ONSET <= used < ROLLED_BACK and used - issued < 1,
            "none": n % 2 == 0,
        }[shape]
        rows.append({"issued": at(issued), "used": at(used), "failed": failed,
                     "version": "5.13.0", "stands_for": 1.0})  # fmt: skip
    return table(rows, TOKENS)


def passages(*, logged=("authorize", "token", "first_use")):
    """People of each stage: at the first use a quarter pass in the incident."""
    rows = []
    for stage in logged:
        for period, hours, tried in (("usual", 5.0, 5_000), ("incident", 4.0, 4_000)):
            lost = stage == "first_use" and period == "incident"
            rows.append({"stage": stage, "period": period, "hours": hours, "tried": tried,
                         "passed": tried // 4 if lost else tried})  # fmt: skip
    return table(rows, JOURNEY)


def spoken(count, *, name="source"):
    """The coverage of so many sources: the second was silent, the third is cut off."""
    return tuple(
        {
            "source": f"{name}-{n}.log.gz", "from": START, "to": at(500 if n == 2 else SPAN),
            "events": 10_000 // (n + 1), "truncated": n == 2,
            "silent": [(at(250), at(310))] if n == 1 else [],
        }
        for n in range(count)
    )  # fmt: skip


def complete(count, *, label="service", shape="vertical band", **wanted):
    """An investigation with everything that any figure draws, and so many changes."""
    reasons = [
        {"time": at(minute), "reason": reason, "people": 3}
        for minute in range(0, SPAN, 7)
        for reason in ("token_expired", "token_malformed")
    ]
    claims = [claim(240, "10:00 outage begins"), claim(450, "13:30 outage ends")]
    shown = dataclasses.replace(
        charts([*crowd(count), *claims]),
        reasons=table(reasons, REASONS),
        tokens=tokens(shape),
        builds=builds(min(8, count + 1)),
        journey=passages(),
    )
    made = staged(incidents=(weighed(count, label=label),), shown=shown, **wanted)
    return dataclasses.replace(made, coverage=spoken(max(1, min(40, count)), name=label))
