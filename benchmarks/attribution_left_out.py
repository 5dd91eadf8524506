"""How much a kind loses where it was left out of fitting.

What is fitted is one number: by how much all log odds are multiplied. It is fitted on the other
kinds alone, and the kind that was left out is scored with it.
"""

import math
from collections.abc import Iterable

SCALES = tuple(math.exp(step / 20) for step in range(-30, 31))
"""From a fifth of the log odds to nearly five times."""
LEAST = 1e-4

Answer = tuple[float, bool]
"""The probability of the most supported answer, and whether it is right."""


def left_out(by_kind: dict[str, list[Answer]]) -> dict[str, float]:
    """Return, by kind, the log score lost per case against the scale that was fitted on all.

    Positive: the other kinds teach a scale that is worse for this one. Kinds without an answer are
    left out.
    """
    told = {kind: answers for kind, answers in by_kind.items() if answers}
    whole = fitted_scale(answer for answers in told.values() for answer in answers)
    lost = {}
    for kind, answers in told.items():
        rest = fitted_scale(a for other, more in told.items() if other != kind for a in more)
        lost[kind] = round((_score(answers, whole) - _score(answers, rest)) / len(answers), 4)
    return lost


def fitted_scale(answers: Iterable[Answer]) -> float:
    """Return the scale of log odds with the best log score; ties go to the one nearest to 1."""
    kept = list(answers)
    modest = sorted(SCALES, key=lambda scale: abs(math.log(scale)))
    return max(modest, key=lambda scale: _score(kept, scale))


def _score(answers: list[Answer], scale: float) -> float:
    return sum(math.log(max(LEAST, p if hit else 1 - p)) for p, hit in _scaled(answers, scale))


def _scaled(answers: list[Answer], scale: float) -> Iterable[Answer]:
    for chance, hit in answers:
        safe = min(max(chance, LEAST), 1 - LEAST)
        odds = scale * math.log(safe / (1 - safe))
        yield 1 / (1 + math.exp(-odds)), hit
