"""`search`: words beside the rows, on pseudonyms and on why nothing may have been found."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from authlogs.cli.options import Asked
from authlogs.cli.reading import is_store

if TYPE_CHECKING:
    from authlogs.logs import Logs
    from authlogs.query.conditions import Condition

PSEUDONYM: Final = re.compile(r"\buser-[0-9a-f]{16}\b")
MOST: Final = 12
"""More values than this are not listed."""


def on_pseudonyms(logs: "Logs", asked: Asked) -> str:
    """Whether other runs name people likewise, and how to see what is behind."""
    if asked.key or (logs.key and is_store(Path(asked.paths[0]))):
        return "note: people and addresses are pseudonyms; --identities shows them"
    if logs.key:
        return (
            "note: people and addresses are pseudonyms of this run (--key FILE keeps them); "
            "--identities shows them"
        )
    return (
        "note: the store has no key, so that people and addresses are pseudonyms of this run\n"
        "  next: --identities shows them as the store has them; a redacted one has pseudonyms only"
    )


def on_nothing(held: Any, query: str, asked_for: "Condition") -> Iterator[str]:
    """What may be the matter with a query that nothing fits."""
    if found := PSEUDONYM.search(query):
        yield (
            f"note: {found[0]} may be a pseudonym, and a query speaks of names as the store has "
            "them\n  next: search without it and with --identities, and look for the name"
        )
    for column, word in dict.fromkeys(_words(asked_for)):
        if others := _others(held, column, word):
            yield f"note: no {column} is {word!r}; there are {', '.join(others)}"


def _words(asked_for: "Condition") -> Iterator[tuple[str, str]]:
    """Each column of few words, and the one word that is asked for."""
    from authlogs.query import conditions
    from authlogs.schema import EVENTS, WORD

    match asked_for:
        case conditions.All(parts) | conditions.Any(parts):
            for part in parts:
                yield from _words(part)
        case conditions.Like(column, (word,), anywhere=False) if column in EVENTS.names:
            if EVENTS.field(column).type == WORD:
                yield column, word


def _others(held: Any, column: str, word: str) -> list[str]:
    """The words most like one that a column has not, or all where they are few."""
    import difflib

    from authlogs.query.rankings import top

    known = [name for name in top(held, column, limit=1_000)[column].to_pylist() if name]
    if word in known:
        return []
    return known if len(known) <= MOST else difflib.get_close_matches(word, known, n=3)
