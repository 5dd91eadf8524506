"""Tables as CSV that no spreadsheet takes for formulas: logs are written by attackers."""

import io
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

STARTS_FORMULA: Final = r"^[\s\x00-\x20]*[=+\-@\t\r\n|%\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
"""The last four are the full-width kin of the first four."""


def csv_bytes(table: pa.Table, *, heading: bool = True) -> bytes:
    r"""Return a table as CSV (RFC 4180, UTF-8); text that could be a formula begins with `'`.

    Numbers keep their sign; lists are joined by spaces. Source: OWASP, "CSV Injection".

    >>> csv_bytes(pa.table({"a": ["=1+1", "b"], "n": [-1, 2]}))
    b'"a","n"\n"\'=1+1",-1\n"b",2\n'
    """
    columns = [defused(_flat(column)) for column in table.columns]
    names = defused(pa.array(table.column_names, pa.string())).to_pylist()
    sink = io.BytesIO()
    options = pc_csv.WriteOptions(include_header=heading)
    pc_csv.write_csv(pa.table(columns, names=names), sink, options)
    return sink.getvalue()


def defused(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column whose texts begin with no sign of a formula; other types stay as they are."""
    if not pa.types.is_string(column.type):
        return column
    risky = pc.fill_null(pc.match_substring_regex(column, STARTS_FORMULA), fill_value=False)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as plain strings, lists as one text."""
    kind = column.type
    if pa.types.is_list(kind):
        return pc.binary_join(column, " ")
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    return column
