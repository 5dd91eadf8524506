"""Theory: people signed in as usual, and the logs of it are missing.

Predicts: a source falls silent altogether, all kinds of events at once, while others go on, or all
sources fall silent at once; nobody fails. Needs: another source that speaks of the same time.
"""

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.series import MICROS
from authlogs.analysis.symptoms import BESIDE, Fit, bayes, judged
from authlogs.analysis.volume import MISSING
from authlogs.engine.queries import run_sql

SILENT = 0.1
"""A source is silent when it says less than this share of what it usually says."""
SHOWS, ALL_AT_ONCE = 0.99, 0.2
"""A gap without silence is none. Where all sources are silent, people may have stayed away."""
LEAST_LINES = 20
"""Fewer lines of others cannot fall silent."""
SPOKEN = """
WITH told AS (
    SELECT service IS NOT DISTINCT FROM $3 AS own,
           unix_micros("time") >= $1 AND unix_micros("time") < $2 AS inside,
           unix_micros("time") >= $1 - ($2 - $1) AND unix_micros("time") < $1 AS before
    FROM events WHERE "time" IS NOT NULL)
SELECT count(*) FILTER (WHERE own AND inside) AS own, count(*) FILTER (WHERE own AND before) AS was,
       count(*) FILTER (WHERE NOT own AND inside) AS others,
       count(*) FILTER (WHERE NOT own AND before) AS others_before
FROM told
"""


def judge(case: Case) -> Fit:
    """Hold the theory against how much the source and the others said."""
    signal = case.incident.signal
    margin = min(60 * MICROS, (case.end_us - case.start_us) / 4)
    edges = [int(case.start_us + margin), int(case.end_us - margin), signal.service]
    told = run_sql(SPOKEN, edges, events=case.events).to_pylist()[0]
    said = (
        f"{signal.service or 'the source'} says {told['own']} lines where it said {told['was']}, "
        f"all others {told['others']} where they said {told['others_before']}"
    )
    if told["others_before"] < LEAST_LINES:
        return judged(case, "silence", said, score=None, numbers=told)
    silent = signal.reason == MISSING and told["own"] <= SILENT * told["was"]
    alone = told["others"] > told["others_before"] / 2
    seen = silent and (alone or told["others"] <= SILENT * told["others_before"])
    score = bayes(seen=seen, shows=SHOWS, beside=BESIDE if alone else ALL_AT_ONCE)
    return judged(case, "silence", said, score=score, numbers=told)


CAUSE = Cause(
    name="telemetry_gap",
    cause_class="telemetry",
    per_day=0.010,
    predicts="a source that falls silent while others go on",
    reasons={MISSING: 0.95},
    judge=judge,
)
