"""The database's log: PostgreSQL with `log_line_prefix = '%m [%p] '`, zone as a short offset."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, SECOND, postgres
from authlogs.simulation.timeline import (
    END,
    FAILOVER,
    SLOW_DATABASE,
    START,
    database_slowness,
)
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import WEB, address_of
from authlogs.simulation.writers.text import Line

STATEMENTS = (
    "select id, locale, theme from preferences where user_id = $1",
    "select id from devices where user_id = $1 and seen_at > now() - interval '90 days'",
    "update profile set last_seen = now() where user_id = $1",
    "insert into audit_entry (actor, action, at) values ($1, $2, now())",
)
BATCH = (
    "insert into report_daily\n\tselect account_id, date_trunc('day', at), count(*)\n"
    "\tfrom audit_entry group by 1, 2"
)
HANDOVER = (
    (0.0, 812, "LOG:  received fast shutdown request"),
    (0.3, 812, "LOG:  aborting any active transactions"),
    (4.0, 812, "LOG:  database system is shut down"),
    (21.0, 655, "LOG:  received promote request"),
    (21.4, 656, "LOG:  redo done at 7A/C40001F8"),
    (22.0, 656, "LOG:  selected new timeline ID: 3"),
    (22.9, 656, "LOG:  archive recovery complete"),
    (24.1, 655, "LOG:  database system is ready to accept connections"),
)


def _line(moment: int, pid: int, text: str) -> Line:
    return moment, f"{postgres(moment)} [{pid}] {text}"


def _slow(moment: int, slowness: float, dice: Dice) -> Line:
    spent = dice.between(250, 700) * slowness
    return _line(
        moment, dice.whole(2000, 9000),
        f"LOG:  duration: {spent:.3f} ms  statement: {dice.pick(STATEMENTS)}",
    )  # fmt: skip


def _connection(moment: int, dice: Dice) -> list[Line]:
    pid = dice.whole(2000, 9000)
    host = address_of(dice.pick(WEB))
    port = dice.whole(32768, 60999)
    return [
        _line(moment, pid, f"LOG:  connection received: host={host} port={port}"),
        _line(moment + 3000, pid, "LOG:  connection authorized: user=web database=app"),
    ]


def _checkpoint(moment: int, dice: Dice) -> list[Line]:
    buffers = dice.whole(300, 2400)
    done = f"LOG:  checkpoint complete: wrote {buffers} buffers ({buffers / 163.84:.1f}%)"
    return [
        _line(moment, 640, "LOG:  checkpoint starting: time"),
        _line(moment + 84 * SECOND, 640, done),
    ]


def _batch(dice: Dice) -> list[Line]:
    found = []
    for start, end in SLOW_DATABASE:
        spent = (end - start) // SECOND
        text = f"LOG:  duration: {spent}{dice.whole(100, 999)}.104 ms  statement: {BATCH}"
        found.append(_line(end + SECOND, 7731, text))
    return found


def _failover(dice: Dice) -> list[Line]:
    found = [_line(FAILOVER.start + int(s * SECOND), pid, text) for s, pid, text in HANDOVER]
    gone = "FATAL:  terminating connection due to administrator command"
    for _ in range(14):
        moment = dice.within(FAILOVER.start + 300_000, SECOND)
        found.append(_line(moment, dice.whole(2000, 9000), gone))
    for _ in range(24):
        found.extend(_connection(FAILOVER.start + int(dice.between(25, 60) * SECOND), dice))
    return found


def lines(_traffic: Traffic, dice: Dice) -> list[Line]:
    """Return slow statements (many of them in two windows), connections and the failover."""
    found = _batch(dice) + _failover(dice)
    for minute in range(START, END, MINUTE):
        slowness = database_slowness(minute + MINUTE // 2)
        expected = 1.5 + 6.0 * (slowness - 1.0)
        for _ in range(int(expected + dice.unit())):
            found.append(_slow(dice.within(minute, MINUTE), slowness, dice))
        if dice.chance(0.7):
            found.extend(_connection(dice.within(minute, MINUTE), dice))
        if minute % (5 * MINUTE) == 0:
            found.extend(_checkpoint(minute + 7 * SECOND, dice))
        if dice.chance(0.02):
            moment = dice.within(minute, MINUTE)
            text = "ERROR:  canceling statement due to user request\n"
            pid = dice.whole(2000, 9000)
            prefix = f"{postgres(moment)} [{pid}] STATEMENT:  "
            found.append(_line(moment, pid, f"{text}{prefix}{dice.pick(STATEMENTS)}"))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return a refused connection whose role name is the attacker's text."""
    name = text.replace('"', '""').replace("\x1b", "?")
    words = f'FATAL:  password authentication failed for user "{name}"'
    return _line(moment, dice.whole(2000, 9000), words)[1]
