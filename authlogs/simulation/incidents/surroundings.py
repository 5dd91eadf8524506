"""Logs beside those of the services: the proxy in front, the database, the bastion host."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.simulation.incidents.applications import AT_THE_EDGE, Written, text_of
from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.courses import at
from authlogs.simulation.incidents.dress import Wardrobe, among, dresses
from authlogs.simulation.incidents.fault import STEP, Fault
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.loss import Delivery
from authlogs.simulation.incidents.plan import MINUTE, Plan
from authlogs.simulation.incidents.played import FAILURE, Played
from authlogs.simulation.incidents.stamps import STAMPS, micros
from authlogs.simulation.incidents.template import compose

SHARE: Final = 0.02
"""The database and the bastion host each write at most this share of all lines."""
STATEMENTS: Final = (
    "select id from sessions where token_hash = $1",
    "update sessions set seen_at = now() where id = $1",
    "insert into audit_entry (user_id, at, what) values ($1, $2, $3)",
    "select * from accounts where lower(login) = $1",
)
TROUBLE: Final = (
    "FATAL:  sorry, too many clients already",
    "ERROR:  canceling statement due to statement timeout",
)


def edge_log(wardrobe: Wardrobe, played: Played, *, sent: Delivery, chance: Chance) -> Written:
    """Return the access log of the proxy in front; it knows successes even if nobody else does."""
    rng = chance.stream("log edge")
    dress = dresses()["nginx"]
    hosts = 2
    proxy = Service(
        role="edge",
        name="edge",
        hosts=("edge-1", "edge-2"),
        zone=np.arange(hosts),
        skew=rng.normal(0, 0.1, hosts),
        drift=np.zeros(hosts),
        sticky=False,
        share=np.ones(hosts),
    )
    rows = played.where(np.isin(played.event, AT_THE_EDGE))
    rows = rows.where(sent.order(rng, "edge", rows.moments))
    rows = replace(rows, host=rows.user % hosts)
    lines = wardrobe.write(dress, proxy, rows, np.zeros(rows.moments.size, dtype=np.bool_))
    failed = rows.outcome == FAILURE
    return Written(
        name=dress.file,
        content=text_of(lines),
        dress=dress.name,
        lines=len(lines),
        failures=int(failed.sum()),
        faulty=int((failed & rows.faulty).sum()),
        malformed=0,
        naive=False,
    )


def _poisson(rng: np.random.Generator, plan: Plan, a_minute: Floats) -> Floats:
    counts = rng.poisson(a_minute * STEP / MINUTE)
    starts = np.repeat(STEP * np.arange(a_minute.size), counts)
    moments = np.sort(starts + rng.uniform(0, STEP, starts.size))
    moments = moments[moments < plan.length]
    most = int(SHARE * plan.lines)
    if moments.size > most:
        moments = np.sort(rng.choice(moments, most, replace=False))
    return np.asarray(moments)


def _written(name: str, dress: str, lines: Any, failures: int, *, naive: bool) -> Written:
    return Written(
        name=name,
        content=text_of(lines),
        dress=dress,
        lines=len(lines),
        failures=failures,
        faulty=0,
        malformed=0,
        naive=naive,
    )


def database_log(plan: Plan, fault: Fault, chance: Chance) -> Written:
    """Return PostgreSQL's log: slow statements as usual, and trouble where it has some."""
    rng = chance.stream("log database")
    base = float(rng.uniform(0.1, 1.5))
    slow = fault.slowness
    ill = plan.way is not None and plan.way.cause == "database_overload"
    rate = base * slow**1.5 if ill else np.full(slow.size, base)
    moments = _poisson(rng, plan, rate)
    severity = at(fault.severity, moments, STEP) if ill else np.zeros(moments.size)
    trouble = rng.random(moments.size) < np.maximum(0.6 * severity, 0.002)
    factor = at(slow, moments, STEP) if ill else np.ones(moments.size)
    millis = 500 + rng.exponential(400, moments.size) * factor
    said = among(STATEMENTS, rng.integers(0, len(STATEMENTS), moments.size))
    columns = {
        "time": STAMPS["postgres"](micros(plan.start, moments), 0.0),
        "pid": pa.array(rng.integers(300, 9000, moments.size)).cast(pa.string()),
        "ms": pa.array(np.ceil(millis).astype(np.int64)).cast(pa.string()),
        "said": said,
        "trouble": among(TROUBLE, rng.integers(0, len(TROUBLE), moments.size)),
    }
    usual = compose("$time [$pid] LOG:  duration: $ms.0 ms  statement: $said", columns)
    wrong = compose("$time [$pid] $trouble", columns)
    lines = pa.compute.if_else(pa.array(trouble), wrong, usual)
    return _written("postgresql.log", "postgresql", lines, int(trouble.sum()), naive=False)


def bastion_log(plan: Plan, chance: Chance) -> Written:
    """Return sshd's log of a host that strangers knock at all day: it has nothing to do with it."""
    rng = chance.stream("log bastion")
    steps = int(plan.length / STEP) + 1
    moments = _poisson(rng, plan, np.full(steps, float(rng.uniform(0.05, 0.6))))
    naive = bool(rng.random() < 0.5)
    layout = "syslog" if naive else "iso_ms"
    failed = rng.random(moments.size) < 0.8
    columns = {
        "time": STAMPS[layout](micros(plan.start, moments), plan.offset_hours),
        "pid": pa.array(rng.integers(900, 30_000, moments.size)).cast(pa.string()),
        "name": among(("admin", "root", "test", "oracle"), rng.integers(0, 4, moments.size)),
        "ip": among([f"203.0.113.{k}" for k in range(40, 90)], rng.integers(0, 50, moments.size)),
        "port": pa.array(rng.integers(1024, 60_000, moments.size)).cast(pa.string()),
    }
    head = "$time bastion-1 sshd[$pid]: "
    wrong = compose(
        f"{head}Failed password for invalid user $name from $ip port $port ssh2", columns
    )
    right = compose(f"{head}Accepted publickey for deploy from 10.0.0.5 port $port ssh2", columns)
    lines = pa.compute.if_else(pa.array(failed), wrong, right)
    return _written("auth.log", "sshd", lines, int(failed.sum()), naive=naive)
