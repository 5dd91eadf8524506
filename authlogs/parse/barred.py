"""CEF and LEEF: a header of fields between bars, and pairs after it, each with its escapes."""

import re
from typing import Final

import pyarrow as pa

from authlogs.parse.pair_table import PairTable
from authlogs.parse.pairs import FEWEST_KEYS, MOST_CELLS
from authlogs.parse.texts import text_array

BEGINS: Final = {"cef": r"^CEF: ?\d", "leef": r"^LEEF: ?\d"}
"""How a record of each begins."""
_HEADERS: Final = {
    "cef": ("cef_version", "vendor", "product", "product_version", "event_id", "name", "severity"),
    "leef": ("leef_version", "vendor", "product", "product_version", "event_id"),
}
_BAR: Final = re.compile(r"((?:[^|\\]|\\.)*+)\|", re.DOTALL)
_KEY: Final = re.compile(r"(?:^|[ \t]+)([A-Za-z0-9_.\-\[\]]{1,128})=")
"""A value runs on to where the next key begins, so spaces may stand in it."""
_ESCAPED: Final = re.compile(r"\\([\\|=nr])")
_ESCAPES: Final = {"n": "\n", "r": "\n"}
_SIGN: Final = re.compile(r"(?:0?[xX]([0-9A-Fa-f]{2})|([^|]?))\|")


def read_barred(texts: pa.Array, kind: str) -> PairTable:
    """The fields of each CEF or LEEF record, as columns; null has none.

    A loop over records: where a value ends depends on what follows it.
    """
    columns: dict[str, list[str | None]] = {}
    most = max(FEWEST_KEYS, MOST_CELLS // max(len(texts), 1))
    for row, text in enumerate(texts.to_pylist()):
        for name, value in ({} if text is None else parse_barred(text, kind)).items():
            if name not in columns:
                if len(columns) >= most:
                    continue
                columns[name] = [None] * len(texts)
            columns[name][row] = value
    return PairTable(len(texts), {name: text_array(column) for name, column in columns.items()})


def parse_barred(text: str, kind: str) -> dict[str, str]:
    r"""The fields of one record; none where bars are missing. Of equal names the first counts.

    >>> parse_barred(r"CEF:0|Acme|a\|b|1|7|Log in|5|suser=ana ríos msg=x\=y", "cef")["msg"]
    'x=y'
    """
    names = _HEADERS[kind]
    at = text.index(":") + 1
    record: dict[str, str] = {}
    for name in names:
        bar = _BAR.match(text, at)
        if bar is None:
            return {}
        record[name], at = _unescape(bar[1]).strip(), bar.end()
    pairs = _parted if kind == "cef" else _delimited
    for name, value in pairs(text[at:], record[names[0]]):
        record.setdefault(name, _unescape(value))
    return record


def _parted(extension: str, _: str) -> list[tuple[str, str]]:
    keys = list(_KEY.finditer(extension))
    starts = [*(key.start() for key in keys), len(extension)]
    return [
        (key[1], extension[key.end() : end].strip(" \t"))
        for key, end in zip(keys, starts[1:], strict=True)
    ]


def _delimited(attributes: str, version: str) -> list[tuple[str, str]]:
    """Tabs part attributes, or what a LEEF 2 header says last: a character, or its hex code."""
    sign = "\t"
    if version.startswith("2") and (told := _SIGN.match(attributes)):
        attributes = attributes[told.end() :]
        sign = chr(int(told[1], 16)) if told[1] else told[2] or sign
    parts = (part.partition("=") for part in attributes.split(sign))
    return [(name.strip(), value) for name, equals, value in parts if equals and name.strip()]


def _unescape(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), value)
