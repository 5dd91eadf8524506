"""Investigations made by hand, for figures: what they should show is known beforehand."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from authlogs.analysis.charts import ISSUING, LANES, MINUTES, STAGES
from authlogs.analysis.coverage import GAPS
from authlogs.analysis.result import (
    ChangeRef,
    Charts,
    Impact,
    Incident,
    Investigation,
    Phases,
    Recovery,
    Signal,
    Suspect,
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
