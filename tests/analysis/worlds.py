"""Small worlds with a known cause, drawn straight into the two tables: no parser, no model."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from authlogs.schema import CHANGES, EVENTS

DAY = datetime(2024, 5, 3, 12, 0, tzinfo=UTC)
HOSTS = ("web-1", "web-2", "web-3", "web-4")


def at(minutes):
    """The time so many minutes into the world."""
    return DAY + timedelta(minutes=float(minutes))


def table(rows, schema):
    """A table of the schema from dicts; absent fields are null."""
    columns = []
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        columns.append(pa.array([row.get(field.name) for row in rows], kind).cast(field.type))
    return pa.table(columns, schema=schema)


def changes(*rows):
    """Change records; `time` and `end_time` in minutes."""
    told = []
    for number, row in enumerate(rows):
        record = {
            "time_uncertainty_s": 5.0,
            "change_id": f"C{number}",
            "source_file": "changes.csv",
        }
        record |= {"line_no": number + 2, "change_type": "deploy"} | row
        for name in ("time", "end_time"):
            if record.get(name) is not None:
                record[name] = at(record[name])
        told.append(record)
    return table(told, CHANGES)


def place(rows):
    """Give every row a line of its own, in order of time."""
    rows.sort(key=lambda row: row["time"])
    for number, row in enumerate(rows, start=1):
        row.setdefault("source_file", f"{row.get('service', 'app')}.log")
        row |= {"line_no": number, "byte_offset": number * 100, "byte_length": 99}
        row.setdefault("format", "json_lines")
    return table(rows, EVENTS)


def nothing_fails(_minute, _row):
    """No fault."""


def one_version(_minute, _host):
    """No deploy."""
    return "1.0"


def logins(seed, *, minutes=240, rate=20, fails=nothing_fails, version=one_version):
    """Logins at `web`; `fails(minute, row)` gives (reason, group) or null."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for minute in np.sort(draw.uniform(0, minutes, draw.poisson(rate * minutes))):
        host = HOSTS[draw.integers(len(HOSTS))]
        row = {
            "time": at(minute),
            "event_type": "login",
            "service": "web",
            "instance": host,
            "service_version": version(minute, host),
            "user": f"user-{draw.integers(800)}",
            "source_ip": f"198.51.100.{draw.integers(1, 250)}",
            "client": ("web", "ios")[draw.integers(2)],
            "region": ("a", "b")[draw.integers(2)],
            "idp": "keycloak",
            "outcome": "success",
        }
        failure = fails(minute, row)
        if failure is None and draw.random() < 0.04:
            failure = ("invalid_credentials", "user_error")
        if failure:
            row |= {"outcome": "failure", "reason": failure[0], "reason_group": failure[1]}
        rows.append(row)
    return rows


def statements(seed, *, minutes=240, slow=(0, 0)):
    """Statements of a database, slow between two minutes."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for minute in np.arange(0, minutes, 0.25):
        late = slow[0] <= minute < slow[1]
        took = draw.gamma(2, 4_000_000 if late else 100_000)
        rows.append(
            {
                "time": at(minute + draw.uniform(0, 0.2)),
                "event_type": "other",
                "outcome": "unknown",
                "service": "postgres",
                "format": "postgresql",
                "duration_us": int(took),
            }
        )
    return rows


def between(first, last, reason, group, chance=1.0, *, seed=99):
    """A fault that makes attempts fail between two minutes."""
    draw = np.random.Generator(np.random.PCG64(seed))

    def fails(minute, row):
        return (reason, group) if first <= minute < last and draw.random() < chance else None

    return fails
