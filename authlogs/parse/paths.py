"""Dotted paths into parsed records: `a.b`, `list[0].b`, `list[key=value].b`.

An object stands for a list of one where it is asked for an element by value.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

Record = dict[str, Any]
Getter = Callable[[Record], Any]


@lru_cache(maxsize=4096)
def splits(path: str) -> tuple[int, ...]:
    """Where a path may be parted into a key and the rest."""
    return tuple(at for at, sign in enumerate(path) if sign in ".[")


def without(tree: Record, path: str) -> Record:
    """A tree without the leaf at a dotted path; what it does not hold stays as it is."""
    if path in tree:
        return {k: v for k, v in tree.items() if k != path}
    for at in splits(path):
        head, rest = path[:at], path[at + 1 :]
        inner = tree.get(head)
        if path[at] == "." and isinstance(inner, dict):
            pruned = without(inner, rest)
            if pruned is inner:
                continue
            left = {k: v for k, v in tree.items() if k != head}
            return {**left, head: pruned} if pruned else left
    return tree


@lru_cache(maxsize=4096)
def field_getter(path: str) -> Getter:
    """A function that finds a dotted path in a parsed record, None where it is not there."""
    if not splits(path):
        return lambda record: record.get(path)

    def find(record: Record) -> Any:
        found = record.get(path)
        return _descend(record, path) if found is None else found

    return find


def _descend(tree: Any, path: str) -> Any:
    """`a.b`, `list[0].b` and `list[key=value].b`, each key perhaps dotted itself."""
    if not isinstance(tree, dict):
        return None
    if path in tree:
        return tree[path]
    for at in splits(path):
        inner = tree.get(path[:at])
        if inner is None:
            continue
        found = _follow(inner, path[at:])
        if found is not None:
            return found
    return None


def _follow(inner: Any, rest: str) -> Any:
    if rest.startswith("["):
        close = rest.find("]")
        inner = _element(inner, rest[1:close]) if close > 0 else None
        rest = rest[close + 1 :]
        if not rest:
            return inner
    return _descend(inner, rest[1:]) if rest.startswith(".") else None


def _element(items: Any, wanted: str) -> Any:
    key, equals, value = wanted.partition("=")
    if isinstance(items, dict):
        return items if equals and str(items.get(key)) == value else None
    if not isinstance(items, list):
        return None
    if not equals:
        return items[int(key)] if key.isdigit() and int(key) < len(items) else None
    for item in items:
        if isinstance(item, dict) and str(item.get(key)) == value:
            return item
    return None
