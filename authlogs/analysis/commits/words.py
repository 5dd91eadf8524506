"""The words of code and of errors: identifiers whole and in parts, paths, and nothing that counts.

`wrapProviderToken`, `wrap_provider_token` and `wrap-provider-token` share their parts, so that
an error's words and the code that raised it meet.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,60}")
PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
ENDINGS: Final = (
    "py|js|ts|tsx|jsx|java|kt|go|rb|rs|php|cs|scala|ex|c|cc|cpp|h|sql|toml|ya?ml|json|conf"
    "|properties"
)
PATH: Final = re.compile(rf"(?:[\w.-]{{1,60}}/){{0,12}}[\w-]{{1,60}}\.(?:{ENDINGS})\b")
STOP: Final = frozenset(
    (
        *("and", "are", "but", "for", "from", "has", "have", "into", "not", "the", "that", "this"),
        *("was", "were", "will", "with", "you", "def", "class", "return", "import", "self", "none"),
        *("true", "false", "null", "new", "function", "const", "let", "var", "public", "private"),
        *("static", "void", "string", "int", "elif", "else", "try", "except", "finally", "raise"),
        *("throw", "catch", "async", "await", "file", "line", "most", "recent", "call", "last"),
        *("traceback", "http", "https", "www", "com", "org", "srv", "usr", "lib", "src", "app"),
    )
)
STEMS: Final = ("ization", "ation", "ings", "ing", "ied", "ies", "ers", "ed", "er", "es", "s")


def words_of(text: str) -> Counter[str]:
    """Count the words of a text: paths, identifiers, and their parts by their stems.

    >>> sorted(words_of("wrapProviderToken"))
    ['provid', 'token', 'wrap', 'wrapprovidertoken']
    """
    found: Counter[str] = Counter()
    for path in PATH.findall(text):
        found.update(_path_words(path))
    for name in IDENTIFIER.findall(text):
        parts = [_stem(part.lower()) for part in PARTS.findall(name) if len(part) > 2]
        found.update(part for part in parts if part not in STOP)
        if len(parts) > 1:
            found[name.replace("_", "").lower()] += 1
    return found


def path_words(paths: Iterable[str]) -> Counter[str]:
    """Count the words of paths, with each file's name and its folder as words of their own."""
    found: Counter[str] = Counter()
    for path in paths:
        found.update(_path_words(path))
        found.update(words_of(path.rpartition(".")[0]))
    return found


def _path_words(path: str) -> list[str]:
    """Return the file's name, and the name with its folder: traces and trees share these."""
    parts = path.lower().strip("/").split("/")
    named = [f"file:{parts[-1]}"]
    return [*named, f"path:{'/'.join(parts[-2:])}"] if len(parts) > 1 else named


def _stem(word: str) -> str:
    """Cut an ending, so that `signature`, `signed` and `signing` come nearer to each other."""
    for ending in STEMS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
