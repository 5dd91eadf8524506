"""One writer at a time: a lock that ends with the process that holds it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from authlogs.errors import Unwritable

try:
    import fcntl
except ImportError:  # not POSIX: there, one writer at a time is left to the caller
    HAS_LOCKS = False
else:
    HAS_LOCKS = True

LOCK: Final = "writer.lock"
_PAUSE_S: Final = 0.1


@contextmanager
def locked(folder: Path, *, wait_s: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a store for writing; waits for another writer up to `wait_s`, then raises Unwritable.

    A folder that holds nothing but the lock in the end is removed: nothing was written.
    """
    descriptor = _held(folder, wait_s, say)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        _leave(folder)
        os.close(descriptor)


def _held(folder: Path, wait_s: float, say: Callable[[str], None]) -> int:
    """The lock, held. Whoever had it before may have removed it: then there is a new one."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait(descriptor, folder, wait_s, say)
            if _is_still(descriptor, folder / LOCK):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _leave(folder: Path) -> None:
    """Take the lock away from a folder that holds nothing else, and the folder."""
    for path in sorted(folder.glob("*/**/"), reverse=True):
        with suppress(OSError):  # only what is empty goes
            path.rmdir()
    with suppress(OSError):
        if [path.name for path in folder.iterdir()] == [LOCK]:
            (folder / LOCK).unlink()
            folder.rmdir()


def _wait(descriptor: int, folder: Path, wait_s: float, say: Callable[[str], None]) -> None:
    end = time.monotonic() + wait_s
    told = False
    while not _taken(descriptor):
        who = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
        if time.monotonic() >= end:
            raise Unwritable(
                f"another process (pid {who}) is writing to the store",
                where=str(folder),
                next_step="wait until it has ended, or name another store",
            )
        if not told:
            say(f"{folder}: process {who} is writing to it; waiting up to {wait_s:g} s")
            told = True
        time.sleep(_PAUSE_S)


def _taken(descriptor: int) -> bool:
    if not HAS_LOCKS:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
