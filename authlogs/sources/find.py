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
from authlogs.sources.names import printable
from authlogs.sources.places import LocalFile, Place, is_address
from authlogs.sources.spools import Pipe, Spools

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True)
class Found:
    """One file: where it is, its name relative to the given path, and why it cannot be opened.

    `path` is a Path where that is all there is to it; for whatever else holds bytes (a member of
    an archive, standard input, a remote file) it is a Place. Its text is printable in any case.
    """

    path: Path | Place
    name: str
    error: str | None = None

    @property
    def place(self) -> Place:
        """Where its bytes are."""
        return LocalFile(self.path) if isinstance(self.path, Path) else self.path


@dataclass(frozen=True)
class Findings:
    """Everything the paths lead to, in a fixed order, and what was left out on purpose."""

    files: tuple[Found, ...]
    warnings: tuple[str, ...]


def find(paths: Paths, *, inside: bool = True) -> Findings:
    """The files that paths mean; raises UnknownPath for a path to nothing.

    A path is a file, a folder, a glob, an address such as `s3://bucket/logs`, a named pipe, or `-`
    for standard input. `inside` opens archives: each member is a file then.

    >>> [found.name for found in find(__file__).files]
    ['find.py']
    """
    given = given_paths(paths)
    if not given:
        raise BadCall("no path was given", next_step="name a file, a folder or a glob")
    hidden: list[str] = []
    found: list[Found] = []
    for path in given:
        found.extend(_expand(path, hidden))
    kept, repeated = _once_each(found)
    warnings = []
    if hidden:
        shown = ", ".join(map(printable, hidden[:5])) + (" …" if len(hidden) > 5 else "")
        warnings.append(f"{len(hidden)} hidden entries were not read: {shown}")
    warnings += [
        f"{one.name} is the same file as {other.name}, read once" for one, other in repeated
    ]
    files = tuple(_distinct_names(kept))
    if not inside:
        return Findings(files, tuple(warnings))
    spools = Spools()
    members: list[Found] = []
    for one in files:
        members += _members(one, spools, warnings)
    return Findings(tuple(members), tuple(warnings))


def given_paths(paths: Paths) -> list[str]:
    """The paths as texts, one by one."""
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return [os.fspath(path) for path in given]


def _members(found: Found, spools: Spools, warnings: list[str]) -> Iterator[Found]:
    """What is in a file if it is an archive, else the file."""
    from authlogs.sources.archives import open_archive  # a store is found without

    opened = None if found.error else open_archive(found.place, spools)
    if opened is None:
        yield found
        return
    warnings += opened.warnings
    for one in opened.members:
        name = f"{found.name}!/{one.name}" if one.name else found.name
        yield Found(one.place, name, one.error)


def _expand(given: str, hidden: list[str]) -> Iterator[Found]:
    if given == "-":
        yield Found(Pipe(None), "-")
    elif is_address(given):
        from authlogs.sources import remote

        for place, name in remote.listed(given, hidden):
            yield Found(place, name)
    else:
        yield from map(_shown, _local(Path(given).expanduser(), hidden))


def _shown(found: Found) -> Found:
    """A file whose name is no printable text is a Place with an escaped one."""
    name, text = printable(found.name), str(found.path)
    if isinstance(found.path, Path) and printable(text) != text:
        return Found(LocalFile(found.path), name, found.error)
    return replace(found, name=name)


def _local(path: Path, hidden: list[str]) -> Iterator[Found]:
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
        elif stat.S_ISFIFO(path.stat().st_mode):
            yield Found(Pipe(path), path.name)  # who names a pipe means what comes through it
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
    seen: dict[tuple[int, int] | str, Found] = {}
    kept, repeated = [], []
    for one in found:
        try:
            first = seen.setdefault(_identity(one), one)
        except OSError:
            kept.append(one)
            continue
        if first is one:
            kept.append(one)
        elif str(first.path) != str(one.path):
            repeated.append((one, first))
    return kept, repeated


def _identity(found: Found) -> tuple[int, int] | str:
    path = found.path.path if isinstance(found.path, LocalFile) else found.path
    if not isinstance(path, Path):
        return str(path)
    status = path.stat()
    return status.st_dev, status.st_ino


def _distinct_names(found: list[Found]) -> Iterator[Found]:
    """Names that two given paths share are told apart by the path as it was given."""
    uses = Counter(one.name for one in found)
    for one in found:
        whole = one.path.as_posix() if isinstance(one.path, Path) else str(one.path)
        yield replace(one, name=whole) if uses[one.name] > 1 else one


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
