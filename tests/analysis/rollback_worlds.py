"""Four rollbacks whose effect is known: complete, one host stays, in vain, of the wrong thing.

Web (six hosts) issues tokens, an issuer takes part, a gateway checks. Minute 100 is the fault, 140
to 146 the rollback of web, 200 what ended the two that the rollback did not end.
"""

import numpy as np
from worlds import at, changes, place

HOSTS = 6
DEPLOYED, COMMAND, ENDED, MENDED, LAST = 100, 140, 146, 200, 240
LIFE = 20
POLLS = 0.06
"""Share of the people whose browser shows a refused token again, once a minute, until it dies."""
KINDS = ("complete", "laggard", "ineffective", "wrong")
DEPLOY = {
    "time": 99.8,
    "end_time": 103,
    "service": "web",
    "version": "2.0",
    "previous_version": "1.0",
}
BACK = {
    "time": COMMAND, "end_time": ENDED, "service": "web", "version": "1.0",
    "previous_version": "2.0", "change_type": "rollback",
}  # fmt: skip


def switched(host, kind):
    """When a host of web took the new build, and when it left it."""
    back = LAST + 1 if (kind, host) == ("laggard", 0) else COMMAND + 1 + host
    return DEPLOYED + host / 2, back


def records(kind):
    """The change records of a world; the rollback of web is C1."""
    if kind == "wrong":
        earlier = DEPLOY | {"time": 80, "end_time": 84}
        guilty = {"time": 99.8, "end_time": 101, "service": "issuer", "version": "7.1"}
        guilty |= {"previous_version": "7.0"}
        cure = {"time": MENDED, "end_time": MENDED + 1, "service": "issuer", "version": "7.0"}
        cure |= {"previous_version": "7.1", "change_type": "rollback"}
        return changes(earlier, BACK, guilty, cure)
    cure = {"time": MENDED, "service": "store", "change_type": "config"}
    return changes(DEPLOY, BACK, *([cure] if kind == "ineffective" else []))


def is_bad(kind, minute, host):
    """Whether a token that a host issues will be refused, and the builds that made it."""
    start, back = switched(host, kind)
    issuer = "7.1" if kind == "wrong" and DEPLOYED <= minute < MENDED else "7.0"
    if kind == "wrong":
        return issuer == "7.1", "2.0" if 80 + host / 2 <= minute < back else "1.0", issuer
    web = "2.0" if start <= minute < back else "1.0"
    bad = start <= minute < MENDED if kind == "ineffective" else web == "2.0"
    return bad, web, issuer


def world(kind, seed=5, rate=14):
    """Events and changes of one of KINDS."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for number, minute in enumerate(np.sort(draw.uniform(0, LAST, draw.poisson(rate * LAST)))):
        host = int(draw.integers(HOSTS))
        bad, web, issuer = is_bad(kind, minute, host)
        who = {"user": f"user-{draw.integers(900)}", "client": ("web", "ios")[draw.integers(2)]}
        path = who | {"trace_id": f"t{number}", "outcome": "success"}
        rows.append(
            path
            | {"time": at(minute), "event_type": "token_exchange", "service": "issuer"}
            | {"service_version": issuer, "instance": f"issuer-{1 + number % 2}"}
        )
        rows.append(
            path
            | {"time": at(minute + 0.002), "event_type": "token_issue", "service": "web"}
            | {"service_version": web, "instance": f"web-{1 + host}", "jti": f"j{number}"}
        )
        for use in uses(draw, minute, bad=bad):
            rows.append(
                who
                | {"time": at(use), "event_type": "token_validate", "service": "gateway"}
                | {"service_version": "3.0", "instance": "gw-1", "jti": f"j{number}"}
                | ({"outcome": "failure", "reason": "invalid_signature",
                    "reason_group": "token_fault"} if bad else {"outcome": "success"})
            )  # fmt: skip
    return place([row for row in rows if row["time"] < at(LAST)]), records(kind)


def uses(draw, minute, *, bad):
    """When a token is shown: at once, and later where it is good or a browser polls."""
    first = minute + float(draw.uniform(0.01, 0.05))
    if bad and draw.random() < POLLS:
        return first + np.arange(0, LIFE, 1.0)
    later = [] if bad else draw.uniform(1, LIFE, draw.poisson(0.5))
    return [first, *(minute + each for each in later)]
