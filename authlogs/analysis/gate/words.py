"""A gate as lines of text: one line a rollout, the verdict last."""

import textwrap
from collections.abc import Iterator

from authlogs.analysis.gate.check import Gate, RolloutCheck
from authlogs.analysis.words import local

WIDTH = 96
SAID = {"pass": "pass", "fail": "fail", "not_enough": "not enough traffic"}


def gate_lines(gate: Gate, zone: str) -> Iterator[str]:
    """Yield what was compared, with numbers, and the verdict over all of it."""
    for check in gate.checks:
        for line in _rollout(check, zone):
            yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    if not gate.checks:
        yield f"no rollout is on record or seen since {local(gate.since, zone)}"
    yield f"gate: {SAID[gate.verdict]}"


def _rollout(check: RolloutCheck, zone: str) -> Iterator[str]:
    of = check.rollout
    low, high = check.excess_interval
    said = f"{of.service} {of.version} since {local(of.since, zone)}: {SAID[check.verdict]}"
    if check.verdict == "not_enough":
        said += f", {_more(check)}"
    yield said
    beside = f", {check.unpaired:,} had none beside them" if check.unpaired else ""
    yield (
        f"  {check.attempts:,} attempts, {check.pairs:,} paired with another build's of the same "
        f"five minutes, client and region{beside}"
    )
    yield (
        f"  excess of failures {100 * check.excess:.1f} points, {100 * low:.1f} to "
        f"{100 * high:.1f} at every look; margin {100 * check.margin:g}, {_allowed(check)}"
    )


def _allowed(check: RolloutCheck) -> str:
    if not check.restart_pairs:
        return "no earlier restart of its hosts is seen"
    return f"earlier restarts of its hosts cost {_points(check.allowed)}"


def _points(share: float) -> str:
    """Return hundredths, and a small margin as what it is: 0.02 points are not 0.0."""
    return f"{100 * share:.2g}" if 0 < share < 0.001 else f"{100 * share:.1f}"


def _more(check: RolloutCheck) -> str:
    if not check.attempts:
        return "nothing of it is seen in logs that name builds"
    if check.more_needed is None:
        return "more than two million further pairs needed"
    return f"some {check.more_needed:,} more pairs needed"
