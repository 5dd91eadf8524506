"""A proof as lines of text: what the summary prints under the responders' acts."""

import textwrap
from collections.abc import Iterator

from authlogs.analysis.rollback.decay import Decay
from authlogs.analysis.rollback.proof import RollbackProof
from authlogs.analysis.rollback.verdict import VERDICTS
from authlogs.analysis.words import local

WIDTH = 96


def proof_lines(proof: RollbackProof, zone: str) -> Iterator[str]:
    """Yield the verdict and why, then the seconds, late hosts and the tail, as far as known."""
    for line in _told(proof, zone):
        first = line[: len(line) - len(line.lstrip())]
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=f"{first}  ", break_on_hyphens=False
        )


def _told(proof: RollbackProof, zone: str) -> Iterator[str]:
    change = proof.change
    name = " ".join(word for word in (change.service, change.version) if word)
    yield f"rollback {name} at {local(change.time, zone)}: {VERDICTS[proof.verdict]}"
    yield f"  {proof.statement}"
    times = (
        ("first effect", proof.first_effect_s),
        ("99 % of the traffic", proof.most_traffic_s),
        ("new sign-ins well", proof.new_sign_ins_s),
        ("all traffic well", proof.all_traffic_s),
    )
    told = [f"{what} after {minutes(seconds)}" for what, seconds in times if seconds is not None]
    if told:
        yield f"  {', '.join(told)}"
    for host in proof.late:
        end = "to the end of the records" if host.stuck else f"until {local(host.left, zone)}"
        yield f"  {host.instance or 'a host without a name'} stayed {end}"
    if proof.decay:
        yield f"  {_tail(proof.decay)}"


def _tail(decay: Decay) -> str:
    low, high = decay.predicted_interval
    said = (
        f"tail after its end: {decay.observed} refused, {decay.predicted:.0f} expected of tokens "
        f"that were out ({low:.0f} to {high:.0f})"
    )
    if decay.observed_gone_s is not None:
        gone, expected = minutes(decay.observed_gone_s), minutes(decay.predicted_gone_s)
        said += f"; 99 % over after {gone}, {expected} expected"
    return said if decay.as_predicted else f"{said}: more than these tokens explain"


def minutes(seconds: float) -> str:
    """Return seconds as people say them.

    >>> minutes(450)
    '7.5 min'
    """
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
