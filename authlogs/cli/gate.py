"""`investigate --fail-on suspect`: the exit code that a delivery pipeline waits for."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked
from authlogs.cli.reading import Reading, moment_of
from authlogs.errors import BadCall

if TYPE_CHECKING:
    from datetime import datetime


def since_of(reading: Reading, asked: Asked) -> "datetime":
    """Return the moment of `--since`; raises BadCall without one."""
    until = moment_of(asked.until, reading.logs, asked)
    since = moment_of(asked.since, reading.logs, asked, end=until)
    if since is None:
        raise BadCall(
            "--fail-on needs --since", next_step="say when the rollout began, such as --since 30m"
        )
    return since


def margins_of(fail_on: str | None, margin: float | None, alpha: float | None) -> dict[str, float]:
    """Return what was said of the gate's margins; raises BadCall where it cannot be meant."""
    told = {"--margin": margin, "--alpha": alpha}
    said = {name: value for name, value in told.items() if value is not None}
    if said and not fail_on:
        raise BadCall(
            f"{next(iter(said))} needs --fail-on suspect", next_step="it is the gate that it sets"
        )
    if margin is not None and not 0 < margin < 100:
        raise BadCall(f"--margin {margin:g} is no number of points", next_step="such as 2")
    if alpha is not None and not 0 < alpha < 1:
        raise BadCall(f"--alpha {alpha:g} is no probability", next_step="such as 0.05")
    points = {} if margin is None else {"margin": margin / 100}
    return points if alpha is None else points | {"alpha": alpha}


def gate_code(
    reading: Reading,
    since: "datetime",
    zone: str,
    tell: Callable[[str], None],
    margins: Mapping[str, float],
) -> int:
    """Check the rollouts since a moment, tell of each, and return the exit code.

    A pass over input of which some could not be read is none: silence never passes.
    """
    from authlogs.analysis.gate.check import check_rollout
    from authlogs.analysis.gate.words import gate_lines

    gate = check_rollout(reading.logs, since, **margins)
    tell("\nRollouts")
    for line in gate_lines(gate, zone):
        tell(f"  {line}")
    codes = {"pass": reading.exit_code, "fail": Exit.SUSPECT, "not_enough": Exit.TOO_LITTLE}
    return codes[gate.verdict]
