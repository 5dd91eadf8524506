"""From weighed theories to probabilities: priors, one tempering, and a share for the unknown."""

import math

import numpy as np

from authlogs.analysis.likelihood import log_sum
from authlogs.analysis.priors import RESERVE
from authlogs.analysis.theory import Weighed

Chances = dict[int, float]
TEMPER = 1.0
"""What log likelihoods are divided by, once, after everything else.

On 132 cases of the fitting seeds 300 to 303, 310 and 311 the Brier score is .050 at 1.0, .047 at
0.9, .053 at 1.2 and .083 at 2.0: more tempering is worth nothing there.
"""
LEAST_PRIOR = 1e-12
"""A prior that was set to 0 stays a number: what was seen may still speak against it."""


def posterior(
    theories: list[Weighed], *, changes_by: float = 1.0, others_by: float = 1.0
) -> Chances:
    """Return the probability of each theory, by its id; a share stays with what nobody thought of.

    The priors of changes, recorded or not, and of all others are multiplied by the two factors.
    """
    factors = {True: changes_by, False: others_by}
    weights = [max(LEAST_PRIOR, t.prior * factors[t.cause_class == "change"]) for t in theories]
    scores = np.array(
        [math.log(w) + t.log_likelihood / TEMPER for w, t in zip(weights, theories, strict=True)]
    )
    shares = np.exp(scores - log_sum(scores)) * (1.0 - RESERVE)
    return {id(theory): float(share) for theory, share in zip(theories, shares, strict=True)}


def with_change_share(theories: list[Weighed], usual: float, other: float) -> Chances:
    """Return the probabilities if `other` and not `usual` were the share of changes."""
    return posterior(
        theories,
        changes_by=other / max(LEAST_PRIOR, usual),
        others_by=(1.0 - other) / max(LEAST_PRIOR, 1.0 - usual),
    )
