"""Which commits the suspect change brought: from its record, from tags, or as the caller says."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from authlogs.analysis.commits.repository import Repository
from authlogs.analysis.exposure import change_id
from authlogs.analysis.result import ChangeRef, Incident
from authlogs.errors import BadCall

Row = dict[str, Any]


def span_of(
    repository: Repository, incident: Incident, changes: pa.Table, asked: str | None
) -> tuple[str, str]:
    """Return the commit before the change and the one it brought, as hashes.

    `asked` is a range such as `v5.12.0..v5.13.0`. Raises BadCall where the range is not known, or
    the repository does not have its commits.
    """
    if asked is not None:
        return _asked(repository, asked)
    blamed = incident.blamed
    if blamed is None:
        raise BadCall(
            "no recorded change is blamed, so no commits are suspect",
            next_step="name the commits to look at: commits= (--range v5.12.0..v5.13.0)",
        )
    change = blamed.change
    rows = changes.to_pylist()
    record: Row = next((row for row in rows if change_id(row) == change.id), {})
    last = _first_known(repository, _ends(record, change))
    first = _first_known(repository, _starts(record, change, rows))
    if last is None or first is None:
        raise _missing(repository, change, record, "brought" if last is None else "replaced")
    return first, last


def _asked(repository: Repository, span: str) -> tuple[str, str]:
    first, dots, last = span.partition("..")
    if not (first and dots and last.strip(".")):
        raise BadCall(f"{span!r} is no range", next_step="write it like v5.12.0..v5.13.0")
    return _known(repository, first), _known(repository, last.strip("."))


def _known(repository: Repository, name: str) -> str:
    found = repository.resolve(name)
    if found is None:
        raise BadCall(
            f"the repository has no commit {name!r}",
            where=str(repository.path),
            next_step="fetch it (git fetch --tags), or name the repository of the blamed service",
        )
    return found


def _first_known(repository: Repository, names: Iterator[str]) -> str | None:
    return next((found for name in names if (found := repository.resolve(name))), None)


def _ends(record: Row, change: ChangeRef) -> Iterator[str]:
    if record.get("commit"):
        yield str(record["commit"])
    yield from _tags(change.service, change.version)


def _starts(record: Row, change: ChangeRef, rows: list[Row]) -> Iterator[str]:
    if record.get("previous_commit"):
        yield str(record["previous_commit"])
    yield from _tags(change.service, change.previous_version)
    earlier = [
        row
        for row in rows
        if row["service"] == change.service
        and row["commit"]
        and row["time"]
        and row["time"] < change.time
        and row["commit"] != record.get("commit")
    ]
    for row in sorted(earlier, key=lambda row: row["time"], reverse=True):
        yield str(row["commit"])


def _tags(service: str | None, version: str | None) -> Iterator[str]:
    """Give the ways in which a version is spelled as a tag."""
    if version:
        yield from (f"v{version}", version, f"release-{version}")
        if service:
            yield from (f"{service}-{version}", f"{service}-v{version}", f"{service}/v{version}")


def _missing(repository: Repository, change: ChangeRef, record: Row, which: str) -> BadCall:
    told = [record.get("commit"), record.get("previous_commit")]
    told += [change.version, change.previous_version]
    named = ", ".join(dict.fromkeys(str(name) for name in told if name)) or "nothing"
    return BadCall(
        f"the repository does not have what the suspect change {which} (its record names {named})",
        where=str(repository.path),
        next_step="fetch commits and tags (git fetch --tags --unshallow), name the repository of "
        f"{change.service or 'the service'}, or name the range: commits= (--range A..B)",
    )
