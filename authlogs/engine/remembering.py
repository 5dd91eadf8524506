"""Answers that are kept while one investigation runs: many of its parts ask the same."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

import pyarrow as pa

from authlogs.engine.base import Events

_LARGEST: Final = 4 << 20
"""Bytes of an answer that is kept; larger ones are tables of tokens, which one part alone asks."""
Answers: TypeAlias = dict[tuple[Any, ...], tuple[pa.Table, tuple[Events, ...]]]
_ANSWERS: ContextVar[Answers | None] = ContextVar("answers", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within it a question that was asked before, of the same tables, is not asked again."""
    token = _ANSWERS.set({} if (answers := _ANSWERS.get()) is None else answers)
    try:
        yield
    finally:
        _ANSWERS.reset(token)


def once(
    ask: Callable[[], pa.Table], text: str, values: list[Any], tables: Mapping[str, Events]
) -> pa.Table:
    """Return the answer of `ask`, or the one that was given to the same question."""
    answers = _ANSWERS.get()
    if answers is None:
        return ask()
    key = (text, repr(values), *((name, id(table)) for name, table in tables.items()))
    if key in answers:
        return answers[key][0]
    told = ask()
    if told.nbytes <= _LARGEST:  # with the tables, so that no others take their place
        answers[key] = (told, tuple(tables.values()))
    return told
