"""A folder in which every kind of file meets: what may be read in pieces, and what may not."""

import gzip
import json
import random

ZONE = "America/Bogota"
FAULT = """\
Traceback (most recent call last):
  File "/srv/app/login.py", line 7, in sign_in
    check(token)
ValueError: signature is invalid
"""


def app_lines(count, seed):
    """JSON lines of logins, among them blank lines, broken ones, comments and tracebacks."""
    draw = random.Random(seed)
    for n in range(count):
        yield json.dumps(
            {
                "@timestamp": f"2024-05-03T14:{n // 60 % 60:02d}:{n % 60:02d}.{n % 1000:03d}Z",
                "event": {"action": "login", "outcome": draw.choice(["success", "failure"])},
                "user": {"name": draw.choice(["ana", "李雷", "Ñandú"])},
                "service": {"name": "web"},
                "message": "x" * draw.randrange(200),
            },
            ensure_ascii=draw.random() < 0.5,
        )
        kind = draw.random()
        if kind < 0.05:
            yield FAULT.rstrip("\n")
        elif kind < 0.1:
            yield draw.choice(["", "# a comment", '{"cut": ', "words that no format knows"])


def keycloak_lines(count):
    """Lines whose times name no zone, each with a stack of its own now and then."""
    for n in range(count):
        yield (
            f"2024-05-03 09:{n // 60 % 60:02d}:{n % 60:02d},{n % 1000:03d} INFO  "
            f'[org.keycloak.events] (executor-1) type="LOGIN", realmId="acme", clientId="web", '
            f'userId="u{n % 9}", ipAddress="192.0.2.1", username="ana"'
        )
        if n % 40 == 3:
            yield "\tat org.keycloak.Login.check(Login.java:7)"


def syslog_lines(count):
    """Lines whose stamps name no year, across a New Year."""
    for n in range(count):
        day = "Dec 31 23:59" if n < count // 2 else "Jan  1 00:00"
        yield f"{day}:{n % 60:02d} gw-1 sshd[{n}]: Accepted password for ana from 192.0.2.1 port 22"


def mixed_folder(folder):
    """Write the folder and return it."""
    folder.mkdir()
    app = "\n".join(app_lines(1_500, 1))
    (folder / "app.jsonl").write_bytes(b"\xef\xbb\xbf" + app.replace("\n", "\r\n").encode())
    (folder / "app2.jsonl").write_text("\n".join(app_lines(900, 2)) + "\n", encoding="utf-8")
    (folder / "keycloak.log").write_text("\n".join(keycloak_lines(1_200)) + "\n", encoding="utf-8")
    (folder / "auth.log").write_text("\n".join(syslog_lines(2_000)) + "\n", encoding="utf-8")
    late = [*app_lines(700, 3), *syslog_lines(300)]  # yearless stamps that no head shows
    (folder / "late.log").write_text("\n".join(late) + "\n", encoding="utf-8")
    (folder / "old.jsonl.gz").write_bytes(gzip.compress(app.encode(), mtime=0))
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(app.encode(), mtime=0)[:20_000])
    (folder / "changes.csv").write_text(
        "time,change_type,service,version,id\n2024-05-03T14:30:00Z,deploy,web,2.0,d1\n",
        encoding="utf-8",
    )
    (folder / "postmortem.md").write_text("# What happened\n\nLogins failed.\n", encoding="utf-8")
    (folder / "empty.log").write_bytes(b"")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return folder
