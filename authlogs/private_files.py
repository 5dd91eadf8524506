"""Files and folders that only their owner may read: results hold who did what, and when."""

import os
from pathlib import Path


def make_private(folder: Path) -> Path:
    """Make a folder for its owner alone; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, content: str | bytes) -> Path:
    """Write a file that its owner alone may read, whatever the umask says; return its path."""
    data = content.encode() if isinstance(content, str) else content
    with open(path, "wb", opener=owner_only) as file:
        file.write(data)
    return own(path)


def own(path: Path) -> Path:
    """Take from everybody else the right to read a file that another program wrote."""
    path.chmod(0o600)
    return path


def owner_only(path: str, flags: int) -> int:
    """Open a file as `open(opener=…)` asks, made for its owner alone."""
    return os.open(path, flags, 0o600)
