"""Files of rules as text and as YAML: bounded, and what is wrong with them told.

YAML can say what nothing here can hold: half of a character, a number of a million digits, the 99th
of a month, one key twice. Each is a fault of the text, as a missing bracket is.
"""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

from authlogs.errors import BadRule

MOST_BYTES: Final = 1 << 20
LONGEST_NUMBER: Final = 40
_FAULTS: Final = (yaml.YAMLError, ValueError, RecursionError)


def read_text(path: str | Path) -> str:
    """Return the text of a file of rules. Raises BadRule where it is none, or too long."""
    try:
        with Path(path).open("rb") as stream:
            told = stream.read(MOST_BYTES + 1)
        if len(told) > MOST_BYTES:
            raise BadRule(
                "the rules are longer than 1 MiB", where=str(path), next_step="split them"
            )
        return told.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise BadRule(
            f"the rules cannot be read: {why}",
            where=str(path),
            next_step="name a YAML file in UTF-8; docs/alerts.md and docs/sigma.md show some",
        ) from None


def documents(text: str) -> list[Any]:
    r"""Return the documents of a YAML text, empty ones left out. Raises ValueError with why.

    >>> documents("a: 1\n---\nb: 2")
    [{'a': 1}, {'b': 2}]
    """
    try:
        return [one for one in yaml.load_all(text, Loader=_Loader) if one is not None]
    except _FAULTS as error:
        raise ValueError(" ".join(str(error).split())[:300]) from None


class _Loader(yaml.SafeLoader):
    """Makes plain values alone, and only such as can be compared and printed."""

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        if any("\ud800" <= character <= "\udfff" for character in str(value)):
            raise ValueError(f"half of a character{node.start_mark}")
        if node.tag.endswith(":int") and len(value) > LONGEST_NUMBER:
            raise ValueError(f"a number of {len(value)} digits{node.start_mark}")
        return value

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            twice = Counter(keys).most_common(1)[0][0]
            raise ValueError(f"{twice[:80]!r} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep=deep)
