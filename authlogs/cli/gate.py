"""`investigate --fail-on suspect`: the exit code that a delivery pipeline waits for."""

from collections.abc import Callable
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


def gate_code(reading: Reading, since: "datetime", zone: str, tell: Callable[[str], None]) -> int:
    """Check the rollouts since a moment, tell of each, and return the exit code.

    A pass over input of which some could not be read is none: silence never passes.
    """
    from authlogs.analysis.gate.check import check_rollout
    from authlogs.analysis.gate.words import gate_lines

    gate = check_rollout(reading.logs, since)
    tell("\nRollouts")
    for line in gate_lines(gate, zone):
        tell(f"  {line}")
    codes = {"pass": reading.exit_code, "fail": Exit.SUSPECT, "not_enough": Exit.TOO_LITTLE}
    return codes[gate.verdict]
