"""Logs on S3, Google Cloud, Azure and Hadoop, through pyarrow's file systems.

An address may hold keys or tokens: no message and no table shows more of it than scheme, bucket
and path, and no text of a store's own client is passed on.
"""

import fnmatch
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final, TypeVar

import pyarrow as pa
from pyarrow import fs

from authlogs.errors import UnknownPath
from authlogs.sources.names import printable
from authlogs.sources.places import CHUNK, Told, Window, up_to, without_secrets

T = TypeVar("T")
_SCHEMES: Final = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs")
_ENVIRONMENT: Final = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile; AWS_DEFAULT_REGION",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS",
    "abfs": "an Azure login (az login) or a managed identity",
    "abfss": "an Azure login (az login) or a managed identity",
    "hdfs": "HADOOP_HOME, CLASSPATH and, with Kerberos, a ticket (kinit)",
    "viewfs": "HADOOP_HOME, CLASSPATH and, with Kerberos, a ticket (kinit)",
}
_PATIENCE: Final = "retry_limit_seconds=20"
_CODE: Final = re.compile(r"AWS Error ([A-Z_]+(?: \(HTTP status \d+\))?)")
_MEANINGS: Final = (
    (("libhdfs", "hadoop", "jvm"), "Hadoop's client is not set up on this machine"),
    (
        ("network", "resolve", "connect", "timeout", "timed out"),
        "the store cannot be reached: check the network and the endpoint",
    ),
    (
        ("denied", "forbidden", "signature", "access_key", "token", "credential", "authori",
         "authenti", "permission", "403", "401"),
        "access is denied: check the credentials",
    ),
    (
        ("no_such", "no such", "not_found", "not found", "does not exist", "404"),
        "there is no such bucket or file",
    ),
)  # fmt: skip


class _StoreError(OSError):
    """What a store's client said, already in our words."""


@dataclass(frozen=True)
class Remote:
    """A file of a remote store, as it was listed."""

    filesystem: fs.FileSystem
    path: str
    text: str
    size: int | None = None
    mtime: datetime | None = None

    def __str__(self) -> str:
        return self.text

    def share(self) -> float:
        """All of it comes from outside."""
        return 1.0

    def open(self) -> IO[bytes]:
        """The file, read in ranges."""
        file = _in_our_words(lambda: self.filesystem.open_input_file(self.path))

        def read_at(offset: int, size: int) -> bytes:
            return bytes(_in_our_words(lambda: file.read_at(size, offset)))

        return io.BufferedReader(Window(read_at, _in_our_words(file.size), file.close), CHUNK)

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """The file from start to end."""
        done = 0
        try:
            with self.open() as file:
                for piece in up_to(file, None, size):
                    told.taken += len(piece)
                    done += len(piece)
                    yield piece
        except OSError as error:
            told.stop(f"reading stopped: {error}")
        else:
            if self.size is not None and done != self.size:
                told.stop(f"it changed: it had {self.size:,} bytes when it was listed")


def listed(address: str, hidden: list[str]) -> Iterator[tuple[Remote, str]]:
    """The files that an address means, each with its name; raises UnknownPath.

    A path may be a file, a folder (everything below it), or end in a glob.
    """
    shown, scheme = without_secrets(address), address.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        raise UnknownPath(
            f"{shown!r} cannot be read: {scheme}:// is no store that is known",
            next_step=f"download it first; known are {', '.join(f'{one}://' for one in _SCHEMES)}",
        )
    try:
        filesystem, path = _opened(address)
        found = list(_infos(filesystem, path))
    except (OSError, pa.ArrowException, NotImplementedError, ValueError) as error:
        raise UnknownPath(
            f"{shown!r} cannot be listed: {_why(error)}",
            next_step=f"check the address; access comes from {_ENVIRONMENT[scheme]}",
        ) from None
    if not found:
        raise UnknownPath(
            f"nothing is at {shown!r}",
            next_step="check bucket and path; a glob may stand in the last part alone",
        )
    root = _root(shown, path)
    for info, name in found:
        if any(part.startswith(".") for part in name.split("/")):
            hidden.append(printable(name))
            continue
        text = printable(f"{root}{info.path.lstrip('/')}")
        yield Remote(filesystem, info.path, text, info.size, info.mtime), printable(name)


def _in_our_words(call: Callable[[], T]) -> T:
    try:
        return call()
    except (OSError, pa.ArrowException) as error:
        raise _StoreError(_why(error)) from None


def _opened(address: str) -> tuple[fs.FileSystem, str]:
    """The store, and the path in it just as it was typed: `#` and blanks are common in keys."""
    head, _, path = address.partition("://")[2].partition("/")
    path, _, query = path.partition("?")
    scheme = address.partition("://")[0]
    if scheme in ("gs", "gcs") and "retry_limit_seconds" not in query:
        query = f"{query}&{_PATIENCE}".lstrip("&")  # else a quarter of an hour without a word
    base = f"{scheme}://{head}/" + (f"?{query}" if query else "")
    filesystem, root = fs.FileSystem.from_uri(base)
    return filesystem, f"{root.rstrip('/')}/{path}".rstrip("/")


def _infos(filesystem: fs.FileSystem, path: str) -> Iterator[tuple[fs.FileInfo, str]]:
    folder, _, last = path.rpartition("/")
    info = filesystem.get_file_info(path or "/")
    if info.type == fs.FileType.File:
        yield info, last
        return
    if info.type == fs.FileType.Directory:
        folder, last, deep = path, "*", True
    elif any(one in last for one in "*["):
        deep = False
    else:
        return
    selector = fs.FileSelector(folder, recursive=deep, allow_not_found=False)
    for one in sorted(filesystem.get_file_info(selector), key=lambda one: one.path):
        name = one.path[len(folder) :].lstrip("/")
        if one.type == fs.FileType.File and (deep or fnmatch.fnmatchcase(name, last)):
            yield one, name


def _root(shown: str, path: str) -> str:
    """What stands before the store's own path in an address."""
    scheme, _, rest = shown.partition("://")
    if path.lstrip("/").startswith(rest.partition("/")[0]):
        return f"{scheme}://"
    return f"{scheme}://{rest.partition('/')[0]}/"


def _why(error: Exception) -> str:
    """What a store's client said, in our words: its own may repeat keys and tokens."""
    if isinstance(error, _StoreError):
        return str(error)
    code = _CODE.search(str(error))  # the rest of the text holds names of files
    said = (code.group(1) if code else str(error)).lower()
    if isinstance(error, NotImplementedError) or "built without" in said:
        return "this pyarrow is built without that store"
    for words, told in _MEANINGS:
        if any(word in said for word in words):
            return told
    if code:
        return f"the store answered {code.group(1)}"
    bad = isinstance(error, ValueError)
    return "the address is not understood" if bad else "the store answered with an error"
