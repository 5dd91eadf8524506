"""Whether records hold the fields that a format is known by: all, any, none, equal values."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.fields import Mask
from authlogs.parse.format import Recognise
from authlogs.parse.json_table import JsonTable
from authlogs.parse.pair_table import PairTable


def has_fields(recognise: Recognise, headings: Iterable[str]) -> bool:
    """Whether a heading line holds the fields that a format is known by."""
    names = set(headings)
    needed = {*recognise.all, *recognise.equals}
    fine = names >= needed and (recognise.only is None or names <= recognise.only | needed)
    fine = fine and names.isdisjoint(recognise.none)
    return fine and (not recognise.any or not names.isdisjoint(recognise.any))


@lru_cache(maxsize=4096)
def _firsts(path: str) -> frozenset[str]:
    """Top-level keys under which a dotted path may be found."""
    return frozenset({path} | {path[:at] for at, sign in enumerate(path) if sign in ".["})


def judge_keys(ways: tuple[Recognise, ...], keys: frozenset[str]) -> bool | None:
    """What the top-level keys say: this format, not this one, or None for look closer."""
    verdicts = [_judge_way(way, keys) for way in ways]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _judge_way(way: Recognise, keys: frozenset[str]) -> bool | None:
    needed = (*way.all, *way.equals)
    if way.only is not None and not keys <= way.only.union(needed):
        return False
    if any(_firsts(path).isdisjoint(keys) for path in needed):
        return False
    if way.any and all(_firsts(path).isdisjoint(keys) for path in way.any):
        return False
    if not keys.isdisjoint(way.none):
        return False
    sure = not way.equals and not way.none and keys.issuperset(way.all)
    return True if sure and (not way.any or not keys.isdisjoint(way.any)) else None


def fits(way: Recognise, table: JsonTable | PairTable) -> Mask:
    """Which records of a table one way of recognising fits."""
    fine = np.ones(len(table), bool)
    for path in way.all:
        fine &= table.present(path)
    if way.any:
        fine &= np.logical_or.reduce([table.present(path) for path in way.any])
    for path in way.none:
        fine &= ~table.present(path)
    for path, values in way.equals.items():
        if not table.has(path):
            return np.zeros(len(table), bool)
        told = table.column(path, lists=True)
        fine &= pc.is_in(told, pa.array(sorted(values))).to_numpy(zero_copy_only=False)
    return fine
