"""Logs cut where a day or more is without attempts, as in a store that keeps incidents alone.

A search for an incident looks at one unbroken stretch of time: what is usual in January says little
about May. To search them all they are searched one by one.
"""

from itertools import pairwise

from authlogs.analysis.series import FEWEST_FAILING, moment, unbroken
from authlogs.logs import Logs
from authlogs.logs.span import keep_span


def stretches(logs: Logs) -> tuple[Logs, ...]:
    """Return the logs of each unbroken stretch, in order of time; all of them where there is one.

    Changes before a stretch stay with it, for they may be to blame; so do rows without a time.
    Stretches with too few attempts to hold an incident are left out.

    >>> import authlogs as al
    >>> len(stretches(al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)))
    1
    """
    found = sorted(unbroken(logs.dataset, least=FEWEST_FAILING))
    if len(found) < 2:
        return (logs,)
    cuts = [None, *(moment(first) for first, _ in found[1:]), None]
    return tuple(keep_span(logs, since=since, until=until) for since, until in pairwise(cuts))
