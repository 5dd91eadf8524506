"""Verdicts on texts that come again and again: each text is judged once."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import pyarrow as pa

T = TypeVar("T")

MOST = 50_000
"""Texts that are remembered at the most; then everything is forgotten."""


class Memory(Generic[T]):
    """Remembers what was made of each text. Threads may share it: at worst they judge twice."""

    def __init__(self) -> None:
        self._seen: dict[str, T] = {}

    def each(self, words: Sequence[str], judge: Callable[[pa.Array], Sequence[T]]) -> list[T]:
        """The verdict on each of some different texts; `judge` is asked about the new ones."""
        seen = self._seen
        fresh = [word for word in words if word not in seen]
        if not fresh:
            return [seen[word] for word in words]
        judged = dict(zip(fresh, judge(pa.array(fresh, pa.string())), strict=True))
        known = {word: seen[word] for word in words if word not in judged}
        if len(seen) + len(judged) > MOST:
            self._seen = seen = {}
        if len(judged) <= MOST:
            seen.update(judged)
        return [judged[word] if word in judged else known[word] for word in words]
