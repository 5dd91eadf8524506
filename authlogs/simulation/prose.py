"""The texts that lie beside the logs: the team's postmortem, wrong times and all, and a README."""

from dataclasses import dataclass
from typing import Final

POSTMORTEM: Final = """\
# INC-212: users cannot stay signed in, Friday 3 May 2024

Status: draft, written on Friday night. All times are local (Bogotá, UTC-5).

## Summary

Users could not log in from 10:00 to 13:30. Sign-in itself looked healthy on our dashboards, but
people were thrown back to the login page right after it. We first suspected the database, which
had been slow that morning, and then the gateway, which is the service that logged the errors and
had been deployed shortly before the alert. Rolling back the web frontend fixed it.

## Timeline

- 09:35 database latency goes up
- 09:38 flag `login-banner` switched on
- 09:43 gateway 4.3.2 deployed
- 09:45 alert GatewayTokenRejections
- 09:50 alert acknowledged
- 10:00 outage begins, first tickets from users
- 10:20 connection resets in zone bog-b, network team called
- 10:40 database slow again
- 10:55 database failover, no effect
- 11:20 notifications 1.9.4 deployed (not related?)
- 12:10 gateway team finds nothing in 4.3.2
- 12:45 web rolled back to 5.12.0
- 13:05 sessions flushed, no effect
- 13:30 outage ends
- 14:20 incident closed

## Impact

Between 10:00 and 13:30 about half of all users were affected. Support counted 61 tickets.

## Open questions

- Why did some users recover before the flush and others only half an hour after 13:30?
- Did the failover make anything worse?
- Was the first bad sign-in really at 10:00? The alert is older than that.

## Actions

- [ ] alert on the share of refused tokens by the version that issued them (owner: sduque)
- [ ] web: sign a token and verify it in the start-up check (owner: mvargas)
- [ ] gateway: do not write whole tokens when debugging (owner: jortiz)
"""


@dataclass(frozen=True)
class Wrong:
    """A planted error: the line of the postmortem, what it says, and what it is wrong about."""

    line: str
    says: str
    about: str


WRONG: Final = (
    Wrong("Users could not log in from", "10:00", "onset"),
    Wrong("Users could not log in from", "13:30", "recovered_all"),
    Wrong("- 10:00 outage begins", "10:00", "onset"),
    Wrong("- 12:45 web rolled back", "12:45", "rollback"),
    Wrong("- 13:30 outage ends", "13:30", "recovered_all"),
    Wrong("Between 10:00 and 13:30", "10:00", "onset"),
    Wrong("Between 10:00 and 13:30", "13:30", "recovered_all"),
    Wrong("Between 10:00 and 13:30", "about half of all users", "users_affected"),
)
"""Every error of the postmortem. 13:30 is when the rollback ended: bad tokens lived on. Everything
else in it is as it was, or told by nothing but the postmortem."""
UNTOLD: Final = ("1529004417",)
"""Records that the postmortem should have named: the guilty one."""


def planted() -> tuple[dict[str, int | str], ...]:
    """Return `line` (from 1), `says` and `about` of every planted error of the postmortem."""
    lines = POSTMORTEM.splitlines()
    places = {one.line: k for one in WRONG for k, line in enumerate(lines, 1) if one.line in line}
    return tuple({"line": places[one.line], "says": one.says, "about": one.about} for one in WRONG)


README: Final = """\
# login-lockout

Logs of one simulated day, 3 May 2024, 06:00 to 16:00 in America/Bogota (UTC-5), in which users of
the made-up company Acme were locked out for hours. Nobody in here is real.

    authlogs investigate sample_logs/login-lockout --tz America/Bogota --year 2024

| file | who wrote it | times |
|---|---|---|
| web-app.jsonl.gz | web frontend, 8 hosts, JSON lines | UTC; one host's clock is a little fast |
| web-access.log.gz | its nginx, combined format | with offset |
| nginx-error.log.gz | its nginx, error log | local, no zone; no newline at the end |
| gateway.log.gz | API gateway, 3 instances, key=value text | local, no zone |
| token-issuer.log.gz | token issuer, 2 instances, logfmt | UTC |
| keycloak.log.gz | the upstream identity provider | local, no zone |
| postgresql.log.gz | the database | with offset |
| auth.log.gz | bastion and web hosts, syslog | local, no zone, no year |
| deployments.json | GitHub deployments with statuses | UTC |
| changes.csv | the team's own change log | local, no zone |
| alerts.json | Alertmanager | UTC |
| postmortem.md | the team, that night | local; some of them are wrong |

A sign-in passes the identity provider, the token issuer and web, which wraps the provider's token
into the session token (a JWT that lives 30 minutes and is never refreshed). The gateway checks
that token. It logs every refused token; of accepted ones the first use and a sample of later uses.

About one line in a hundred is damaged or hostile on purpose, and some lines hold whole tokens
(worthless ones). The truth is not in this folder: it stands beside it in
`login-lockout.truth.json`. `authlogs simulate login-lockout --out DIR` writes all of it again.
"""
