"""What happened on the day of the sample, from its simulation and truth, in people's words."""

import json
from datetime import datetime
from pathlib import Path

from made_postmortems import Happened

from authlogs.simulation import timeline as day
from authlogs.simulation.moments import aware

TRUTH = Path(__file__).resolve().parent.parent / "sample_logs" / "login-lockout.truth.json"
SLOW = ("database latency goes up", "database slow", "the database was slow")
ROLLOUTS = (
    (day.GUILTY, ("web 5.13.0 deployed", "deploy of web 5.13.0", "web 5.13.0 rolled out")),
    (day.GATEWAY, ("gateway 4.3.2 deployed", "gateway v4.3.2 went live", "released gateway 4.3.2")),
    (day.NOTIFICATIONS, ("notifications 1.9.4 deployed", "deployed notifications 1.9.4")),
    (day.REPORTING, ("reporting 2.4.1 deployed", "we shipped reporting 2.4.1")),
)
ACTS = (
    (day.FLAG, ("flag login-banner switched on", "feature flag login-banner enabled")),
    (day.ACKNOWLEDGED, ("alert acknowledged", "on call acks the page", "page acknowledged")),
    (day.DECLARED, ("incident declared", "incident INC-212 opened")),
    (day.FAILOVER, ("database failover, no effect", "failed over the database")),
    (day.FLUSH, ("sessions flushed", "flushed all sessions", "all sessions invalidated")),
    (day.CLOSED, ("incident closed", "INC-212 closed")),
)
COURSE = (
    (
        "onset",
        ("outage begins", "users cannot log in", "first failed logins", "logins start failing"),
    ),
    ("recovered_all", ("outage ends", "all users recovered", "service back to normal")),
)
ALERT = ("alert GatewayTokenRejections fired", "on call was paged", "alert GatewayTokenRejections")
RESETS = ("connection resets in zone bog-b", "network errors in bog-b")
BEGUN = ("rollback of web started", "started rolling back web to 5.12.0")
DONE = ("rollback of web finished", "web rollback to 5.12.0 complete")


def course() -> tuple[Happened, ...]:
    """Every event of the day that a postmortem would tell."""
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    slow = tuple(aware(start) for start, _ in day.SLOW_DATABASE)
    return (
        *(Happened(at, SLOW, slow) for at in slow),
        *(Happened(aware(r.start), phrases, (aware(r.end),)) for r, phrases in ROLLOUTS),
        *(Happened(aware(act.start), phrases) for act, phrases in ACTS),
        *(Happened(datetime.fromisoformat(truth[name]), phrases) for name, phrases in COURSE),
        Happened(datetime.fromisoformat(truth["alerts_fired"][0]), ALERT),
        Happened(aware(day.RESETS[0]), RESETS),
        Happened(aware(day.ROLLBACK.start), BEGUN),
        Happened(aware(day.ROLLBACK.end), DONE),
    )
