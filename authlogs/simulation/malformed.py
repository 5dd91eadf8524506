"""Lines that no writer means: cut, garbled, impossible, or typed by an attacker."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from authlogs.simulation.dice import Dice
from authlogs.simulation.writers import Log
from authlogs.simulation.writers.text import Line

RATES: Final = {
    "truncated": 0.0025,
    "garbage": 0.002,
    "impossible_date": 0.002,
    "half_json": 0.002,
    "forged_field": 0.0015,
    "escape_sequence": 0.0015,
}
"""Extra lines a genuine line, by kind. The last two are readable and must not be believed."""

FORGERIES: Final = (
    'mallory" outcome="success" user="root',
    'eve", "outcome":"success',
    "root from 203.0.113.99 port 22 outcome=success",
)
ESCAPES: Final = (
    "<script>alert(document.cookie)</script>",
    "\x1b[31mroot\x1b[0m",
    "<img src=x onerror=alert(1)>",
)
_DATES: Final = re.compile(rb"2024-05-03|2024/05/03|03/May/2024|May  3")
_NO_SUCH_DAY: Final = {
    b"2024-05-03": b"2024-02-31",
    b"2024/05/03": b"2024/02/31",
    b"03/May/2024": b"31/Feb/2024",
    b"May  3": b"Feb 31",
}


def _damaged(kind: str, log: Log, line: Line, dice: Dice) -> bytes:
    moment, text = line
    first = text.partition("\n")[0].encode()
    if kind == "truncated":
        return first[: int(len(first) * dice.between(0.12, 0.45))]
    if kind == "half_json":
        return first[int(len(first) * dice.between(0.3, 0.8)) :]
    if kind == "impossible_date":
        return _DATES.sub(lambda found: _NO_SUCH_DAY[found[0]], first, count=1)
    if kind == "garbage":
        noise = bytes(dice.whole(0, 256) for _ in range(dice.whole(20, 90)))
        return noise.replace(b"\n", b"\xff") + b"\xfe"
    typed = dice.pick(FORGERIES if kind == "forged_field" else ESCAPES)
    return log.hostile(moment, typed, dice).encode()


def with_malformed(log: Log, lines: Sequence[Line], dice: Dice) -> tuple[list[bytes], Counter[str]]:
    """Return the lines with about 1 % malformed ones put between them, and how many of each kind.

    No genuine line is lost: a damaged line is a copy that its writer began and wrote again.
    """
    kinds = [kind for kind in RATES if log.json or kind != "half_json"]
    counts: Counter[str] = Counter()
    written = []
    for line in lines:
        written.append(line[1].encode())
        draw = dice.unit()
        for kind in kinds:
            if draw < RATES[kind]:
                written.append(_damaged(kind, log, line, dice))
                counts[kind] += 1
                break
            draw -= RATES[kind]
    return written, counts
