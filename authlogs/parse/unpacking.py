"""Lists in JSON records: each element is a record that keeps the fields beside the list."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.parse.clock import Longs
from authlogs.parse.json_records import parse_object
from authlogs.parse.paths import Record, field_getter, without
from authlogs.parse.records import MOST_REPEATED
from authlogs.parse.texts import dump, quoted, text_array

_MOST_BYTES: Final = 32 << 20
"""What the fields beside a list may come to when each element bears them."""


@dataclass(frozen=True)
class Unpacked:
    """Records of single elements, the text that each came from, and how often it stands."""

    text: pa.Array
    origin: Longs
    repeat: Longs


def levels(each: str) -> tuple[str, ...]:
    """The paths of `outer[].inner[].innermost`, list in list, outermost first."""
    parts = each.split("[].")
    return tuple(".".join(parts[: depth + 1]) for depth in range(len(parts)))


def unpack(
    texts: pa.Array, path: str, *, names: str | None = None, most: int = MOST_REPEATED
) -> Unpacked:
    """One JSON object for each element of the list at a path, which is then that element.

    What has no such list stays one; what has more than `most` elements does too, and stands too
    often. Elements that are lists become objects where `names` is the path of a list of names.
    A loop: lists are of any length, and few sources have them.
    """
    made: list[str] = []
    origin: list[int] = []
    repeat: list[int] = []
    for row, text in enumerate(texts.to_pylist()):
        record = parse_object(text)
        elements = field_getter(path)(record) if isinstance(record, dict) else None
        if not isinstance(record, dict) or not isinstance(elements, list) or not elements:
            parts, often = [text], 1
        elif len(elements) > most or (outer := _outer(record, path, len(elements))) is None:
            parts, often = [text], MOST_REPEATED + 1
        else:
            if names is not None:
                elements = _named(elements, field_getter(names)(record))
            parts, often = [f"{outer}{dump(element)}}}" for element in elements], 1
        made += parts
        origin += [row] * len(parts)
        repeat += [often] * len(parts)
    return Unpacked(text_array(made), np.array(origin, np.int64), np.array(repeat, np.int64))


def _outer(record: Record, path: str, count: int) -> str | None:
    """The fields beside a list, up to where its element belongs; null where they are too much."""
    rest: dict[str, Any] = without(record, path)
    fields = "".join(f"{quoted(name)}:{dump(value)}," for name, value in rest.items())
    return f"{{{fields}{quoted(path)}:" if count * len(fields) <= _MOST_BYTES else None


def _named(elements: list[Any], names: Any) -> list[Any]:
    """Rows of a table as objects: their cells by the names of its columns."""
    named = [one.get("name") if isinstance(one, dict) else one for one in names or ()]
    return [
        dict(zip(map(str, named), one, strict=True))
        if isinstance(one, list) and len(one) == len(named)
        else one
        for one in elements
    ]
