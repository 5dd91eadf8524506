"""The logs of the services that a login passes, each in a dress-up of its own."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.simulation.incidents.arrays import Bools, Ints
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.dress import Dress, Wardrobe, dresses
from authlogs.simulation.incidents.fleet import ROLES, Service
from authlogs.simulation.incidents.loss import Delivery
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.incidents.played import (
    FAILURE,
    ISSUE,
    LOGIN,
    ROLE_OF,
    SUCCESS,
    VALIDATE,
    Played,
)

AT_THE_EDGE: Final = (LOGIN, ISSUE, VALIDATE)
"""Events that pass the proxy in front."""
ROLE_NUMBER: Final = np.array([ROLES.index(role) for role in ROLE_OF], dtype=np.int64)


@dataclass(frozen=True)
class Written:
    """One log as it lies on disk, and what is true of it."""

    name: str
    content: bytes
    dress: str
    lines: int
    failures: int
    """whole lines that tell of a failed attempt, doubled ones counted twice"""
    faulty: int
    """those of them that the fault made fail"""
    malformed: int
    naive: bool
    yearless: bool = False


def lines_of(plan: Plan, rows: Played) -> Ints:
    """Return how many lines the logs will have for each row."""
    own = np.ones(rows.moments.size, dtype=np.int64)
    if not plan.successes_logged:
        own = (rows.outcome != SUCCESS).astype(np.int64)
    return own + np.isin(rows.event, AT_THE_EDGE) * int(plan.edge_logged)


def text_of(lines: Any) -> bytes:
    """Return a column of texts as bytes, each with a newline."""
    whole = pa.compute.binary_join_element_wise(lines, pa.scalar("\n"), "")
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    offsets = np.frombuffer(whole.buffers()[1], dtype=np.int32)[whole.offset :]
    return bytes(whole.buffers()[2].slice(int(offsets[0]), int(offsets[len(whole)] - offsets[0])))


def cut_some(rng: np.random.Generator, lines: Any, share: float) -> tuple[Any, int]:
    """Return the lines with some repeated that were cut off while being written, and how many."""
    chosen = np.flatnonzero(rng.random(len(lines)) < share)
    whole = lines.take(pa.array(chosen)).to_pylist()
    cut = [text[: max(8, int(len(text) * float(rng.uniform(0.1, 0.4))))] for text in whole]
    # A cut line stands before its whole one, which the writer then wrote again.
    place = np.concatenate([np.arange(len(lines)), chosen - 0.5])
    both = pa.concat_arrays([lines, pa.array(cut, type=pa.string())])
    return both.take(pa.array(np.argsort(place, kind="stable"))), len(cut)


def choose_dresses(chance: Chance, told: str | None = None) -> dict[str, Dress]:
    """Return the dress-up of each service by role; `told` is used wherever it can be."""
    rng = chance.stream("dresses")
    chosen = {}
    for role in ROLES:
        names = [name for name, dress in dresses().items() if role in dress.roles]
        name = str(rng.choice(names))
        chosen[role] = dresses()[told if told in names else name]
    return chosen


def _logged(rows: Played, role: str, *, successes: bool) -> Bools:
    mine = ROLE_NUMBER[rows.event] == ROLES.index(role)
    return np.asarray(mine if successes else mine & (rows.outcome != SUCCESS))


def application_log(
    wardrobe: Wardrobe,
    dress: Dress,
    service: Service,
    played: Played,
    *,
    sent: Delivery,
    chance: Chance,
) -> Written:
    """Return the log of one service."""
    rng = chance.stream(f"log {service.role}")
    rows = played.where(_logged(played, service.role, successes=wardrobe.plan.successes_logged))
    rows = rows.where(sent.order(rng, service.role, rows.moments))
    told = np.full(rows.moments.size, wardrobe.plan.tokens_logged)
    lines = wardrobe.write(dress, service, rows, told)
    lines, malformed = cut_some(rng, lines, sent.cut)
    failed = rows.outcome == FAILURE
    return Written(
        name=dress.file.format(service=service.name),
        content=text_of(lines),
        dress=dress.name,
        lines=len(lines),
        failures=int(failed.sum()),
        faulty=int((failed & rows.faulty).sum()),
        malformed=malformed,
        naive=dress.stamp in ("naive_comma", "syslog"),
    )
