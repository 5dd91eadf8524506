"""Which files the given paths mean, each with the name it bears in every table."""

import difflib
import glob
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from authlogs.errors import BadCall, UnknownPath

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True)
class Found:
    """One file: where it is, its name relative to the given path, and why it cannot be opened."""

    path: Path
    name: str
    error: str | None = None


@dataclass(frozen=True)
class Findings:
    """Everything the paths lead to, in a fixed order, and what was left out on purpose."""

    files: tuple[Found, ...]
    warnings: tuple[str, ...]


def find(paths: Paths) -> Findings:
    """The files that paths (files, folders, globs) mean; raises UnknownPath for a path to nothing.

    >>> [found.name for found in find(__file__).files]
    ['find.py']
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise BadCall("no path was given", next_step="name a file, a folder or a glob")
    hidden: list[str] = []
    found: list[Found] = []
    for path in given:
        found.extend(_expand(Path(os.fspath(path)).expanduser(), hidden))
    kept, repeated = _once_each(found)
    warnings = []
    if hidden:
        shown = ", ".join(hidden[:5]) + (" …" if len(hidden) > 5 else "")
        warnings.append(f"{len(hidden)} hidden entries were not read: {shown}")
    warnings += [
        f"{one.name} is the same file as {other.name}, read once" for one, other in repeated
    ]
    return Findings(tuple(_distinct_names(kept)), tuple(warnings))


def _expand(path: Path, hidden: list[str]) -> Iterator[Found]:
    try:
        mode = path.lstat().st_mode if path.is_symlink() else path.stat().st_mode
    except PermissionError as error:
        yield Found(path, path.name, _why(error))
    except (OSError, ValueError):
        if not glob.has_magic(str(path)):
            raise UnknownPath(f"nothing is at {str(path)!r}", next_step=_near(path)) from None
        yield from _matches(path, hidden)
    else:
        if stat.S_ISDIR(mode) or path.is_dir():
            yield from _walk(path, hidden)
        else:
            yield _checked(path, path.name)


def _matches(pattern: Path, hidden: list[str]) -> Iterator[Found]:
    found = sorted(glob.glob(str(pattern), recursive=True))  # noqa: PTH207 (absolute patterns)
    if not found:
        raise UnknownPath(f"no file matches {str(pattern)!r}", next_step=_near(pattern))
    base = _fixed_part(pattern)
    for path in map(Path, found):
        if path.is_dir():
            yield from _walk(path, hidden, base=base)
        else:
            yield _checked(path, path.relative_to(base).as_posix())


def _walk(folder: Path, hidden: list[str], *, base: Path | None = None) -> Iterator[Found]:
    """Every file below a folder; links to folders are not followed, so no loop can hold us."""
    base = base or folder
    refused: list[Found] = []

    def refuse(error: OSError) -> None:
        path = Path(error.filename)
        refused.append(Found(path, path.relative_to(base).as_posix(), _why(error)))

    for parent, folders, names in os.walk(folder, onerror=refuse):
        here = Path(parent)
        hidden += [
            (here / name).relative_to(base).as_posix()
            for name in [*folders, *names]
            if name.startswith(".")
        ]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = here / name
                yield _checked(path, path.relative_to(base).as_posix())
    yield from refused


def _checked(path: Path, name: str) -> Found:
    """Refuse what could block or never end: pipes, devices, sockets."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Found(path, name, _why(error))
    if stat.S_ISREG(mode):
        return Found(path, name)
    kind = "a named pipe" if stat.S_ISFIFO(mode) else "a device or socket"
    return Found(path, name, f"{kind}, not a file: copy what it holds into a file")


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission to read it: chmod +r, or run as a user who may"
    if isinstance(error, FileNotFoundError):
        return "a link that leads nowhere"
    return error.strerror or str(error)


def _once_each(found: list[Found]) -> tuple[list[Found], list[tuple[Found, Found]]]:
    seen: dict[tuple[int, int], Found] = {}
    kept, repeated = [], []
    for one in found:
        try:
            status = one.path.stat()
        except OSError:
            kept.append(one)
            continue
        first = seen.setdefault((status.st_dev, status.st_ino), one)
        if first is one:
            kept.append(one)
        elif first.path != one.path:
            repeated.append((one, first))
    return kept, repeated


def _distinct_names(found: list[Found]) -> Iterator[Found]:
    """Names that two given paths share are told apart by the path as it was given."""
    uses = Counter(one.name for one in found)
    for one in found:
        yield replace(one, name=one.path.as_posix()) if uses[one.name] > 1 else one


def _fixed_part(pattern: Path) -> Path:
    parts: list[str] = []
    for part in pattern.parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _near(path: Path) -> str:
    """What stands nearby, for a path that was mistyped."""
    parent = path.parent
    try:
        while not parent.is_dir():
            parent = parent.parent
        names = sorted(entry.name for entry in parent.iterdir() if not entry.name.startswith("."))
    except (OSError, ValueError):
        return f"check the path; {str(parent)!r} cannot be listed"
    wanted = path.relative_to(parent).parts[0] if path.is_relative_to(parent) else path.name
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(str(parent / name) for name in near) + "?"
    return f"{parent} holds: {', '.join(names[:8]) or 'nothing'}"
