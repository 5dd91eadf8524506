"""What `git log` prints, commit by commit, as JSON records."""

import re
from typing import Final

from authlogs.parse.json_documents import Elements
from authlogs.parse.texts import dump

_COMMIT: Final = re.compile(
    r"^commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)(?: \((.*)\))?\r?$", re.MULTILINE
)
_HEADER: Final = re.compile(
    r"^(Merge|Author|AuthorDate|Commit|CommitDate|Date): +(.*?)\r?$", re.MULTILINE
)


def begins_log(head: str) -> bool:
    """Whether a text is what `git log` prints."""
    return _COMMIT.match(head.lstrip("\ufeff \t\r\n")) is not None


def find_commits(text: str) -> Elements:
    """Every commit with its headers and its message; the message stands below an empty line."""
    found = Elements()
    begins = list(_COMMIT.finditer(text))
    ends = [one.start() for one in begins[1:]] + [len(text)]
    for begin, end in zip(begins, ends, strict=True):
        part = text[begin.end() : end].rstrip()
        headers, _, message = part.replace("\r\n", "\n").partition("\n\n")
        record = {"commit": begin[1], "refs": begin[2], **dict(_HEADER.findall(headers))}
        lines = [line[4:] for line in message.split("\n") if line.startswith("    ")]
        record["subject"] = lines[0] if lines else None
        record["body"] = "\n".join(lines[1:]).strip() or None
        found.spans.append((begin.start(), begin.end() + len(part)))
        found.texts.append(dump({name: value for name, value in record.items() if value}))
    return found
