"""`suspect_code`: the commits and files of the suspect change, ranked against the incident."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from authlogs.analysis.commits.ranking import alike
from authlogs.analysis.commits.repository import Commit, open_repository
from authlogs.analysis.commits.signature import Signature, signature_of
from authlogs.analysis.commits.span import span_of
from authlogs.analysis.commits.words import path_words, words_of
from authlogs.analysis.result import Incident
from authlogs.logs import Logs
from authlogs.secrets import redact_text

MESSAGE, PATHS = 2, 2
"""How many times the words of a message and of paths count beside those of changed lines."""
METHOD = "ranked by likeness of words (TF-IDF) alone: a list to start a review from, no verdict"
MOST_SHOWN = 10
MOST_FILES = 5


@dataclass(frozen=True, kw_only=True)
class RankedCommit:
    """A commit, its likeness to the incident (0: none), the words that made it, and its files."""

    commit: str
    when: str
    subject: str
    likeness: float
    words: tuple[str, ...]
    files: tuple[str, ...]
    author: str | None = None


@dataclass(frozen=True, kw_only=True)
class RankedFile:
    """A file that was changed in the range, likewise."""

    path: str
    likeness: float
    words: tuple[str, ...]
    commits: int


@dataclass(frozen=True, kw_only=True)
class SuspectCode:
    """Commits and files of a range, most alike to the incident first. `method` says how little it
    takes to stand high: words in common, nothing else.
    """

    first: str
    last: str
    commits: tuple[RankedCommit, ...]
    files: tuple[RankedFile, ...]
    texts: int
    method: str = METHOD

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def suspect_code(
    logs: Logs,
    incident: Incident,
    *,
    repo: str | Path,
    commits: str | None = None,
    authors: bool = False,
) -> SuspectCode:
    """Rank the commits and files of the suspect change against the words of an incident.

    The words are those of the failures (error texts, paths, identifiers, stack traces), of errors
    that came with them, and of the change's own description; they are compared with each commit's
    message, paths and changed lines by TF-IDF and the cosine. `commits` is a range such as
    `v5.12.0..v5.13.0`; without it the record's commits or the tags of its versions are taken.
    `authors` adds names; without it none is read.

    Raises BadCall where there is no repository, no range, or the commits are not in it.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> incident = al.investigate(logs).incidents[0]
    >>> al.suspect_code(logs, incident, repo="no/such/folder")
    Traceback (most recent call last):
        ...
    authlogs.errors.BadCall: no/such/folder: no git repository is here: no such folder
      next: name the clone that the blamed service is built from
    """
    repository = open_repository(repo)
    first, last = span_of(repository, incident, logs.changes, commits)
    found = repository.commits(first, last, authors=authors)
    wanted = signature_of(logs.dataset, incident)
    return SuspectCode(
        first=first,
        last=last,
        commits=_ranked(found, wanted),
        files=_files(found, wanted),
        texts=wanted.texts,
    )


def _ranked(found: list[Commit], wanted: Signature) -> tuple[RankedCommit, ...]:
    scores = alike([_words(commit) for commit in found], wanted.words)
    ranked = [
        RankedCommit(
            commit=commit.id,
            when=commit.when,
            subject=redact_text(commit.subject),
            likeness=likeness,
            words=words,
            files=tuple(commit.changed)[:MOST_FILES],
            author=commit.author,
        )
        for commit, (likeness, words) in zip(found, scores, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda one: -one.likeness))


def _words(commit: Commit) -> Counter[str]:
    counted = words_of("\n".join(line for lines in commit.changed.values() for line in lines))
    for text in [f"{commit.subject}\n{commit.body}"] * MESSAGE:
        counted.update(words_of(text))
    for _ in range(PATHS):
        counted.update(path_words(commit.changed))
    return counted


def _files(found: list[Commit], wanted: Signature) -> tuple[RankedFile, ...]:
    lines: dict[str, list[str]] = {}
    times: Counter[str] = Counter()
    for commit in found:
        for path, changed in commit.changed.items():
            lines.setdefault(path, []).extend(changed)
            times[path] += 1
    documents = [words_of("\n".join(told)) + path_words([path]) for path, told in lines.items()]
    scores = alike(documents, wanted.words)
    ranked = [
        RankedFile(path=path, likeness=likeness, words=words, commits=times[path])
        for path, (likeness, words) in zip(lines, scores, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda one: -one.likeness))


def _lines(found: SuspectCode) -> Iterator[str]:
    many = f"{len(found.commits)} commits, {len(found.files)} files"
    yield f"{found.first[:12]}..{found.last[:12]}: {many}; {found.method}"
    for place, one in enumerate(found.commits[:MOST_SHOWN], start=1):
        by = f" ({one.author})" if one.author else ""
        yield f"{place:>3}  {one.commit[:12]}  {one.likeness:.3f}  {one.subject}{by}"
        yield f"     words: {', '.join(one.words) or 'none in common'}"
    yield "files"
    for file in found.files[:MOST_SHOWN]:
        yield f"     {file.likeness:.3f}  {file.path}  ({', '.join(file.words)})"
