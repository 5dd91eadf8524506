"""Reading a git repository by git itself: no shell, no hooks, no network, bounded.

A repository may be anybody's: its configuration starts no program here, and a name that is given
cannot be taken for an option.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authlogs.errors import BadCall

QUIET: Final = (
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "log.showSignature=false"),
    *("-c", "core.quotePath=false"),
    "--no-pager",
)
SHOWN: Final = ("--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--no-renames", "-p")
MARK: Final = re.compile(rb"\x00\x00([0-9a-f]{40,64})\x00")
"""What our format writes before each commit; a message cannot hold a zero byte."""
NAME: Final = re.compile(r"[A-Za-z0-9][\w./+@{}~^-]*")
MOST_BYTES: Final = 64 << 20
MOST_LINE: Final = 500
MOST_COMMITS: Final = 5_000
PATIENCE_S: Final = 120


@dataclass(frozen=True)
class Commit:
    """A commit: its hash, day (ISO 8601), message, author if asked for, and what it changed.

    `changed` holds, by path, the lines that it took away or added, without their signs.
    """

    id: str
    when: str
    subject: str
    body: str
    changed: dict[str, list[str]]
    author: str | None = None


@dataclass(frozen=True)
class Repository:
    """A git repository on disk."""

    path: Path

    def resolve(self, name: str) -> str | None:
        """Return the hash of the commit that a name means; null where it means none."""
        if not NAME.fullmatch(name):
            return None
        done = self.git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        found = done.stdout.decode("ascii", "replace").strip()
        return found if done.returncode == 0 and re.fullmatch(r"[0-9a-f]{40,64}", found) else None

    def commits(self, first: str, last: str, *, authors: bool) -> list[Commit]:
        """Return the commits after `first` up to `last`, newest first, at most 5,000.

        Both are hashes. Raises BadCall where git cannot list them.
        """
        author = "%an" if authors else ""
        form = f"--format=%x00%x00%H%x00{author}%x00%cI%x00%s%x00%b%x00"
        most = f"--max-count={MOST_COMMITS}"
        done = self.git("log", *SHOWN, most, form, f"{first}..{last}", "--")
        if done.returncode != 0:
            raise BadCall(
                f"git cannot list {first[:12]}..{last[:12]}: {_said(done.stderr)}",
                where=str(self.path),
                next_step="name another range, or fetch what is missing (git fetch --unshallow)",
            )
        return list(_commits(done.stdout[:MOST_BYTES]))

    def git(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        """Run git with these words, with no shell and nothing to ask."""
        git = shutil.which("git")
        if git is None:
            raise BadCall(
                "git is not installed", next_step="install git, or leave out the repository"
            )
        command = [git, "-C", str(self.path), *QUIET, *words]
        closed = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603  a list of words, no shell, names checked above
                command,
                capture_output=True,
                check=False,
                timeout=PATIENCE_S,
                stdin=subprocess.DEVNULL,
                env=os.environ | closed,
            )
        except subprocess.TimeoutExpired:
            raise BadCall(
                f"git took more than {PATIENCE_S} s",
                where=str(self.path),
                next_step="name a shorter range of commits",
            ) from None


def open_repository(path: str | Path) -> Repository:
    """Return the repository at a path. Raises BadCall where there is none."""
    repository = Repository(Path(path))
    done = repository.git("rev-parse", "--git-dir") if repository.path.is_dir() else None
    if done is None or done.returncode != 0:
        why = _said(done.stderr) if done else "no such folder"
        raise BadCall(
            f"no git repository is here: {why}",
            where=str(path),
            next_step="name the clone that the blamed service is built from",
        )
    return repository


def _said(error: bytes) -> str:
    return " ".join(error.decode("utf-8", "replace").split())[:200] or "it does not say why"


def _commits(told: bytes) -> Iterator[Commit]:
    pieces = MARK.split(told)[1:]
    for name, rest in zip(pieces[::2], pieces[1::2], strict=True):
        author, when, subject, body, patch = (_text(part) for part in rest.split(b"\x00", 4))
        yield Commit(
            id=name.decode("ascii"),
            when=when,
            subject=subject,
            body=body,
            changed=_changed(patch),
            author=author or None,
        )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _changed(patch: str) -> dict[str, list[str]]:
    """Return the changed lines by path. Hunk headers count: they name the function."""
    changed: dict[str, list[str]] = {}
    path, hunks = "", False
    for line in patch.splitlines():
        if line.startswith("diff --git "):
            path, hunks = line.rpartition(" b/")[2], False
            changed[path] = []
        elif line.startswith("@@") and path:
            hunks = True
            changed[path].append(line.rpartition("@@")[2].strip())
        elif hunks and line[:1] in ("+", "-"):
            changed[path].append(line[1:MOST_LINE])
    return changed
