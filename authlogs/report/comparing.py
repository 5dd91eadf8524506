"""Two results side by side: where they first differ, as a path into the JSON document."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PSEUDONYM: Final = re.compile(
    r"\buser-[0-9a-f]{16}\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=[0-9a-f:]*::)[0-9a-f:]{3,39})(?![\w:])"
)
"""People and addresses; another key gives others, so each is compared by where it stood first."""
MADE_BY: Final = "software"
"""Versions may differ and the result be the same: they are no difference of the result."""


@dataclass(frozen=True)
class Difference:
    """A place where two documents differ: `$.incidents[0].onset`, and what stands there."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.path}: {_short(self.before)} before, {_short(self.after)} now"


def first_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference | None:
    """Return the first difference in the order of the document, or None; see PSEUDONYM.

    >>> str(first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}))
    '$.a[1].b: 2 before, 3 now'
    """
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})
    one, other = ({k: v for k, v in told.items() if k != MADE_BY} for told in (before, after))
    return next(_differences(one, other, "$", names), None)


def _differences(
    one: Any, other: Any, path: str, names: tuple[dict[str, str], dict[str, str]]
) -> Iterator[Difference]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in (*one, *(key for key in other if key not in one)):
            at = f"{path}.{key}" if re.fullmatch(r"\w+", key) else f"{path}[{key!r}]"
            yield from _differences(one.get(key), other.get(key), at, names)
    elif _is_list(one) and _is_list(other):
        for place, (a, b) in enumerate(zip(one, other, strict=False)):
            yield from _differences(a, b, f"{path}[{place}]", names)
        if len(one) != len(other):
            yield Difference(f"{path}.length", len(one), len(other))
    elif _told(one, names[0]) != _told(other, names[1]):
        yield Difference(path, one, other)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _told(value: Any, names: dict[str, str]) -> Any:
    """Return a value in which every pseudonym is the number of its first appearance."""
    if not isinstance(value, str):
        return value
    return PSEUDONYM.sub(lambda found: names.setdefault(found[0], f"<{len(names)}>"), value)


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, Mapping) else "an object"
    return text if len(text) <= 80 else f"{text[:77]}…"
