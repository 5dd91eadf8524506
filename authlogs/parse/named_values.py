"""Lists of named values in JSON (`[{"key": …, "value": …}]`) as columns by name."""

from typing import Any, Final

import pyarrow as pa

from authlogs.parse.json_queries import parse_value
from authlogs.parse.texts import scalar_text, text_array

_NAMES: Final = ("key", "name", "Name")
_VALUES: Final = ("value", "Value", "intValue", "boolValue")
_MOST: Final = 256
"""Names that are read of one stretch of records; an honest log has a few dozen."""


def named_columns(texts: pa.Array) -> dict[str, pa.Array]:
    """The values of each list by their names; of a name that comes twice the first counts.

    A loop over distinct lists: those of a resource repeat from record to record.
    """
    encoded = texts.dictionary_encode()
    told = [_values(parse_value(text)) for text in encoded.dictionary.to_pylist()]
    names = list(dict.fromkeys(name for one in told for name in one))[:_MOST]
    return {
        name: text_array([one.get(name) for one in told]).take(encoded.indices) for name in names
    }


def _values(elements: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in elements if isinstance(elements, list) else []:
        name = _first(one, _NAMES) if isinstance(one, dict) else None
        value = None if name is None else _first(one, _VALUES)
        if isinstance(value, dict) and len(value) == 1:  # OpenTelemetry: {"stringValue": …}
            (value,) = value.values()
        text = scalar_text(value)
        if isinstance(name, str) and text is not None:
            values.setdefault(name, text)
    return values


def _first(one: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((one[name] for name in names if name in one), None)
