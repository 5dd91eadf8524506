"""Pairs found in texts, as a table of fields: one column a key."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.fields import Mask
from authlogs.parse.pairs import pair_columns
from authlogs.parse.texts import join_present, string_member, without_null_words


class PairTable:
    """The pairs of some texts; a key is a name, dots and all."""

    def __init__(self, rows: int, columns: Mapping[str, pa.Array]) -> None:
        self.rows, self._columns = rows, columns
        self.keys: dict[str, None] = dict.fromkeys(columns)

    @classmethod
    def of(cls, texts: pa.Array) -> "PairTable":
        """The pairs of each text; null has none."""
        return cls(len(texts), pair_columns(texts))

    def table(self, rows: NDArray[np.int64]) -> "PairTable":
        """The pairs of some of the texts, with the keys that these have."""
        if len(rows) == self.rows:
            return self
        taken = {name: column.take(pa.array(rows)) for name, column in self._columns.items()}
        return PairTable(
            len(rows), {name: one for name, one in taken.items() if one.null_count < len(one)}
        )

    def __len__(self) -> int:
        return self.rows

    def present(self, path: str) -> Mask:
        """Which texts have a key."""
        if path not in self.keys:
            return np.zeros(self.rows, bool)
        return self._columns[path].is_valid().to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]

    def has(self, path: str) -> bool:
        """Whether some text has a key."""
        return path in self.keys

    def is_deep(self, path: str) -> bool:  # noqa: ARG002 (pairs hold no trees)
        """Never: a pair's value is text."""
        return False

    def holds_trees(self, name: str) -> bool:  # noqa: ARG002 (likewise)
        """Never."""
        return False

    def column(self, path: str, *, lists: bool = False) -> pa.Array:  # noqa: ARG002 (likewise)
        """The values of a key."""
        return self._columns[path]

    def tree(self, path: str) -> pa.Array | None:  # noqa: ARG002 (likewise)
        """Nothing."""
        return None

    def prepare(self, names: Iterable[str]) -> None:
        """Nothing is left to be read."""

    def member(self, name: str) -> pa.Array:
        """`"name":"value"` for each text that has something to say under a key."""
        return string_member(name, without_null_words(self._columns[name]))

    def member_without(self, name: str, taken: Mapping[str, Mask]) -> pa.Array:  # noqa: ARG002
        """The same as `member`."""
        return self.member(name)

    def rest(self, whole: frozenset[str], taken: Mapping[str, Mask]) -> pa.Array:
        """All members but some names, and others on the rows of a mask."""
        parts = []
        for name in self.keys:
            if name in whole:
                continue
            member = self.member(name)
            parts.append(
                pc.if_else(pa.array(taken[name]), None, member) if name in taken else member
            )
        return join_present(parts, ",") if parts else pa.nulls(self.rows, pa.string())
