"""What DuckDB is asked about JSON: which names objects have, and what stands under them.

It makes no Python object a record. What it does not read (lone surrogates, a byte-order mark) goes
through the exact parser of `json_records` and is written anew. Of two equal names the first counts.
"""

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.json_records import parse_object
from authlogs.parse.paths import Record
from authlogs.parse.texts import dump, text_array

if TYPE_CHECKING:
    import duckdb

_KEYS: Final = """
SELECT CASE WHEN json_valid(text) THEN CAST(to_json(json_keys(text)) AS VARCHAR) END FROM texts
"""


@cache
def _database() -> "duckdb.DuckDBPyConnection":
    """One empty database; each query has a cursor of its own, so threads do not meet."""
    import duckdb

    return duckdb.connect(":memory:", config={"threads": 1})


def _query(query: str, texts: pa.Array) -> pa.Table:
    with _database().cursor() as cursor:
        cursor.register("texts", pa.table({"text": texts}))
        return cursor.sql(query).to_arrow_table()


def keys_of(texts: pa.Array) -> pa.DictionaryArray:
    """The names in each object as a JSON list; null for what is no object."""
    objects = pc.if_else(pc.starts_with(texts, "{"), texts, None)
    told = _query(_KEYS, objects).column(0).combine_chunks().cast(pa.string())
    return told.dictionary_encode()


def read_again(texts: pa.Array, rows: NDArray[np.int64]) -> tuple[pa.Array, dict[int, str]]:
    """Texts with what only the exact parser reads written anew, and a word for all others."""
    why: dict[int, str] = {}
    written: list[str | None] = []
    for row, text in zip(rows.tolist(), texts.take(pa.array(rows)).to_pylist(), strict=True):
        found = parse_object(text)
        if isinstance(found, str):
            why[row] = found
        written.append(None if isinstance(found, str) else _written(found))
    mask = np.zeros(len(texts), bool)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(written, pa.string())), why


def _written(record: Record) -> str:
    """An object as DuckDB reads it."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace").decode()


def values_of(texts: pa.Array, names: tuple[str, ...], kind: str) -> dict[str, pa.Array]:
    """The top-level values under some names: as text (VARCHAR), or as JSON."""
    found: dict[str, pa.Array] = {}
    if "" in names:  # the one name that DuckDB does not take
        found[""] = _nameless(texts, as_json=kind == "JSON")
    for group in _groups(tuple(name for name in names if name)):
        columns = json.dumps(dict.fromkeys(group, kind), ensure_ascii=False)
        spec = columns.replace("'", "''")
        query = f"SELECT json_transform(text, '{spec}') AS made FROM texts"  # noqa: S608
        made = _query(query, texts).column(0).combine_chunks()
        parts = made.flatten() if len(made) else [pa.array([], pa.string())] * len(group)
        found.update(
            (name, part.cast(pa.string())) for name, part in zip(group, parts, strict=True)
        )
    return {name: found[name] for name in names}


_SPELLED_TWICE: Final = r"^-?(?:[0-9.]+e|0\.000|[0-9]{16,}\.)"


def unquoted(raw: pa.Array) -> pa.Array | None:
    """JSON values as text: strings without quotes and escapes, and all else as it is.

    None where a number is so large or small that DuckDB spells it in another way as text.
    """
    quote = pc.starts_with(raw, '"')
    if pc.any(pc.match_substring_regex(raw.filter(pc.invert(quote)), _SPELLED_TWICE)).as_py():
        return None
    plain = pc.ascii_trim(raw, '"')
    escaped = pc.fill_null(pc.and_(quote, pc.match_substring(raw, "\\")), False)
    if not pc.any(escaped).as_py():
        return plain
    words = [json.loads(text) for text in raw.filter(escaped).to_pylist()]
    return pc.replace_with_mask(plain, escaped, pa.array(words, pa.string()))


def _nameless(texts: pa.Array, *, as_json: bool) -> pa.Array:
    """What stands under the empty name: a loop over the few objects that have it."""
    told: list[str | None] = []
    for text in texts.to_pylist():
        record = parse_object(text) if text is not None and '""' in text else {}
        value = record.get("") if isinstance(record, dict) else None
        plain = value is None or (isinstance(value, str) and not as_json)
        told.append(value if plain else dump(value))
    return text_array(told)


def _groups(names: tuple[str, ...]) -> list[list[str]]:
    """Names in groups without two that differ in case alone, which DuckDB takes for one."""
    groups: list[dict[str, str]] = []
    for name in names:
        for group in groups:
            if name.lower() not in group:
                group[name.lower()] = name
                break
        else:
            groups.append({name.lower(): name})
    return [list(group.values()) for group in groups]


def parse_value(text: str) -> Any:
    """A JSON value that DuckDB wrote, as Python objects; the first of a name counts."""
    found = parse_object(f'{{"value":{text}}}')
    return None if isinstance(found, str) else found["value"]
