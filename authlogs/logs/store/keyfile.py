"""The key of a store: beside it, for its owner alone, and the same for all that is appended."""

import hashlib
import os
from pathlib import Path

from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.logs.store.manifest import Manifest, open_private, sync_folder
from authlogs.secrets import new_key


def key_path(folder: Path) -> Path:
    """Where the key of a store lies: beside it, so that the store can be handed on without it."""
    return folder.with_name(folder.name + ".key")


def key_id(key: bytes) -> str:
    """What tells one key from another and gives neither away; empty for no key."""
    return hashlib.blake2b(key, digest_size=8, person=b"authlogs store").hexdigest() if key else ""


def read_key(folder: Path, manifest: Manifest) -> bytes:
    """The key that made the fingerprints of a store; empty where it is lost."""
    for path in (key_path(folder), _waiting(folder)):
        key = path.read_bytes() if path.is_file() else b""
        if manifest.key_id is None or key_id(key) == manifest.key_id:
            return key
    return b""


def key_to_use(folder: Path, manifest: Manifest | None, given: bytes | None) -> bytes:
    """The key for new rows: that of the store; raises BadCall where it is lost or another."""
    if manifest is None:
        return new_key() if given is None else given
    kept = read_key(folder, manifest)
    known = manifest.key_id or key_id(kept)
    if given is not None and known and key_id(given) == known:
        return given
    if given is not None and known:
        raise BadCall(
            "the key given is not the one that this store was made with",
            where=str(folder),
            next_step=f"leave the key out to use {key_path(folder)}, or name a new store",
        )
    if not kept:
        raise BadCall(
            f"its key {key_path(folder).name} is lost, so that the fingerprints of new rows "
            "would not match those of the old",
            where=str(folder),
            next_step="put the key back or give it (--key); else make a new store of all logs",
        )
    return kept


def write_key(folder: Path, key: bytes) -> None:
    """Lay the key down where `settle_key` finds it once the manifest speaks of it."""
    if not key or (key_path(folder).is_file() and key_path(folder).read_bytes() == key):
        return
    waiting = _waiting(folder)
    waiting.unlink(missing_ok=True)
    with open_private(waiting) as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder.parent)


def settle_key(folder: Path, manifest: Manifest | None) -> None:
    """Give the key that the manifest speaks of its name; what a killed writer left is removed."""
    waiting = _waiting(folder)
    if not waiting.is_file():
        return
    if manifest is not None and key_id(waiting.read_bytes()) == manifest.key_id:
        waiting.replace(key_path(folder))
    else:
        waiting.unlink()


def destroy_key(path: Path) -> None:
    """Overwrite a key and remove it; raises UnknownPath where there is none, Unwritable.

    What copies of it exist elsewhere (backups, the old blocks of a disk that moves them) it cannot
    know.
    """
    if not path.is_file():
        raise UnknownPath(
            "no key is here",
            where=str(path),
            next_step="it was destroyed, or never laid down",
        )
    try:
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise Unwritable(
            f"the key cannot be destroyed ({error.strerror or error})",
            where=str(path),
            next_step="remove it by hand",
        ) from None


def _waiting(folder: Path) -> Path:
    return folder.with_name(folder.name + ".key.part")
