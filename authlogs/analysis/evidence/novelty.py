"""Had this reason been seen at all before the onset?"""

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Weighed
from authlogs.engine.queries import run_sql

BEFORE = """
SELECT count(*) FILTER (WHERE outcome = 'failure' AND reason = $3) AS seen, count(*) AS attempts
FROM events
WHERE service IS NOT DISTINCT FROM $1 AND event_type = $2 AND outcome IN ('success', 'failure')
  AND unix_micros("time") < $4
"""


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Count the signal's reason among the attempts before the onset."""
    if suspect.exposure is None or suspect.excluded_because:
        return None
    signal = case.incident.signal
    first = int(case.onset.interval[0].timestamp() * 1_000_000)
    params = [signal.service, signal.event_type, signal.reason, first]
    before = run_sql(BEFORE, params, events=case.events).to_pylist()[0]
    if not before["attempts"]:
        return None
    new = before["seen"] == 0
    said = (
        f"{signal.reason} was {'never seen' if new else 'seen ' + str(before['seen']) + ' times'} "
        f"in {before['attempts']} attempts before the onset"
    )
    return Finding(
        kind="novelty", direction="for" if new else "unknown", statement=said, numbers=before
    )
