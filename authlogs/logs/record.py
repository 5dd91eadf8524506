"""The record that everything else stands on: events, changes, rejects and sources of one read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

from authlogs.cards import card
from authlogs.logs.tally import Counts, Tally
from authlogs.schema import TALLY

if TYPE_CHECKING:
    from authlogs.logs.verification import Verified


@dataclass(frozen=True)
class Logs:
    """What systems recorded (`events`), what people did (`changes`), and what was not read.

    `dataset` holds the events, in memory after `read` and on disk after `load`; `rejects` and
    `sources` tell what could not be read and where everything came from. `warnings` are
    sentences about what was left out on purpose.
    """

    dataset: ds.Dataset
    changes: pa.Table
    rejects: pa.Table
    sources: pa.Table
    warnings: tuple[str, ...] = ()
    key: bytes = field(default=b"", repr=False)

    @property
    def events(self) -> pa.Table:
        """The events as a table in memory; those of a store by time, source file and offset."""
        if not isinstance(self.dataset, ds.FileSystemDataset):
            return self.dataset.to_table()
        from authlogs.logs.store import in_order, read_table

        return in_order(read_table(self.dataset))

    def sql(self, query: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> pa.Table:
        """Return the rows of one SELECT over `events`, `changes`, `rejects` and `sources`.

        The SQL is DuckDB's; `?` or `$name` in it are `params`. It can read these tables and
        nothing else: no file, no setting, no variable. Raises QueryError with DuckDB's words.

        >>> import authlogs as al
        >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
        >>> logs.sql("SELECT count(*) AS n FROM changes WHERE service = ?", ["web"]).to_pylist()
        [{'n': 4}]
        """
        from authlogs.logs.database import ask

        return ask(self, query, params)

    def tally(self) -> Tally:
        """Lines and what became of them, in total and by file."""
        rows = self.sources.select(["source_file", *TALLY]).to_pylist()
        files = {row.pop("source_file"): Counts(**row) for row in rows}
        return Tally(sum(files.values(), Counts()), files)

    def save(self, store: str | PathLike[str]) -> None:
        """Write everything to a folder of Parquet files; raises Unwritable.

        The key of the fingerprints goes to `STORE.key` beside it, readable by its owner alone.
        """
        from authlogs.logs.store import save_logs

        save_logs(self, store)

    def verify(self) -> "Verified":
        """Read the original files again: are they still the same bytes?"""
        from authlogs.logs.verification import verify_sources

        return verify_sources(self.sources)

    def __repr__(self) -> str:
        total = self.tally().total
        return (
            f"Logs({len(self.sources)} files, {total.lines} lines: {total.events} events, "
            f"{total.changes} changes, {total.rejected} rejects)"
        )

    def _repr_html_(self) -> str:
        total = self.tally().total
        files = len(self.sources)
        named = "1 file" if files == 1 else f"{files:,} files"
        title = f"{total.events:,} events and {total.changes:,} changes from {named}"
        told = [f"{getattr(total, name):,} {name}" for name in TALLY]
        names = ["source_file", "format", "kind", "lines", "events", "changes", "rejected", "error"]
        rows = self.sources.select(names).to_pylist()
        return card(
            title,
            [f"{' + '.join(told[:2])} = {' + '.join(told[2:])}"],
            heads=("file", "read as", "lines", "events", "changes", "rejected", ""),
            rows=(
                (
                    row["source_file"],
                    row["format"] or row["kind"] or "nothing",
                    *(row[name] for name in ("lines", "events", "changes", "rejected")),
                    row["error"] or "",
                )
                for row in rows
            ),
        )
