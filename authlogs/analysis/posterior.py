"""From weighed theories to probabilities: priors, one tempering, and a share for the unknown."""

import math

import numpy as np

from authlogs.analysis.likelihood import log_sum
from authlogs.analysis.priors import RESERVE
from authlogs.analysis.theory import Weighed

Chances = dict[int, float]
TEMPER = 1.0
"""What log likelihoods are divided by, once, after everything else."""


def posterior(theories: list[Weighed], *, change_share: float | None = None) -> Chances:
    """Return the probability of each theory, by its id; a share stays with what nobody thought of.

    `change_share` puts another share of all incidents down to changes than the priors do.
    """
    weights = _shifted(theories, change_share)
    scores = np.array(
        [math.log(w) + t.log_likelihood / TEMPER for w, t in zip(weights, theories, strict=True)]
    )
    shares = np.exp(scores - log_sum(scores)) * (1.0 - RESERVE)
    return {id(theory): float(share) for theory, share in zip(theories, shares, strict=True)}


def _shifted(theories: list[Weighed], change_share: float | None) -> list[float]:
    if change_share is None:
        return [t.prior for t in theories]
    changes = sum(t.prior for t in theories if t.cause_class == "change")
    others = sum(t.prior for t in theories if t.cause_class != "change")
    factors = {True: change_share / changes, False: (1 - change_share) / others}
    return [t.prior * factors[t.cause_class == "change"] for t in theories]
