"""The few types that results have on every engine."""

import pyarrow as pa


def plain(table: pa.Table) -> pa.Table:
    """Return a table of strings, int64, doubles, booleans and UTC microseconds, all nullable."""
    return table.cast(pa.schema([pa.field(f.name, plain_type(f.type)) for f in table.schema]))


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that values of `kind` have in results; whole sums are whole numbers."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind) and kind.tz:
        return pa.timestamp("us", tz="UTC")
    if pa.types.is_list(kind):
        return pa.list_(plain_type(kind.value_type))
    return kind
