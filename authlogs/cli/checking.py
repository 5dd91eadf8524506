"""`verify`: what differs from what was written down."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from authlogs.cli.reading import is_store

if TYPE_CHECKING:
    import pyarrow as pa


def check(place: Path, logs_at: Path | None) -> Mapping[str, str]:
    """What differs, by name: of a store and the logs behind it, or of a report."""
    return _check_store(place, logs_at) if is_store(place) else _check_report(place, logs_at)


def _check_store(store: Path, logs_at: Path | None) -> dict[str, str]:
    from authlogs.logs import load
    from authlogs.logs.store import check_files
    from authlogs.logs.verification import verify_sources

    if own := check_files(store):
        return own
    logs = verify_sources(_moved(load(store).sources, logs_at))
    return {name: state for name, state in logs.files.items() if state != "same"}


def _moved(sources: "pa.Table", logs_at: Path | None) -> "pa.Table":
    """The sources as they lie under another path."""
    import pyarrow as pa

    from authlogs.logs.verification import moved

    if logs_at is None:
        return sources
    names = sources["source_file"].to_pylist()
    paths = [moved(name, logs_at) for name in names]
    place = sources.schema.get_field_index("path")
    return sources.set_column(place, sources.schema.field(place), pa.array(paths, pa.string()))


def _check_report(folder: Path, logs_at: Path | None) -> Mapping[str, str]:
    from authlogs.report.folder import verify_report

    return verify_report(folder, logs=logs_at)
