"""Lists in JSON records: each element is a record that keeps the fields beside the list."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.parse.clock import Longs
from authlogs.parse.envelopes import MOST_REPEATED
from authlogs.parse.json_records import parse_object
from authlogs.parse.paths import Record, field_getter, without
from authlogs.parse.texts import dump, quoted, text_array

_MOST_BYTES: Final = 32 << 20
"""What the fields beside a list may come to when each element bears them."""


@dataclass(frozen=True)
class Unpacked:
    """Records of single elements, the text that each came from, and how often it stands."""

    text: pa.Array
    origin: Longs
    repeat: Longs


def unpack(texts: pa.Array, path: str) -> Unpacked:
    """One JSON object for each element of the list at a path, which is then that element.

    What has no such list stays one; what has too many elements does too, and stands too often.
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
        elif (outer := _outer(record, path, len(elements))) is None:
            parts, often = [text], MOST_REPEATED + 1
        else:
            parts, often = [f"{outer}{dump(element)}}}" for element in elements], 1
        made += parts
        origin += [row] * len(parts)
        repeat += [often] * len(parts)
    return Unpacked(text_array(made), np.array(origin, np.int64), np.array(repeat, np.int64))


def _outer(record: Record, path: str, count: int) -> str | None:
    """The fields beside a list, up to where its element belongs; null where they are too much."""
    rest: dict[str, Any] = without(record, path)
    fields = "".join(f"{quoted(name)}:{dump(value)}," for name, value in rest.items())
    if count > MOST_REPEATED or count * len(fields) > _MOST_BYTES:
        return None
    return f"{{{fields}{quoted(path)}:"
