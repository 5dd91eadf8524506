"""An investigation in which every word that a log or a change record can choose is hostile."""

import dataclasses
from collections.abc import Mapping

import pyarrow as pa
from example_investigation import example

HOSTILE = (
    "<script>alert(1)</script> ](javascript:x) ![](http://evil.example/x.png) | **b** \x1b[2J "
    "\u202e \r\n# h {{ 7*7 }} $x$ `c` &lt; \"' style=x www.evil.example @all"
)
OURS = {
    "status", "verdict", "direction", "denominator", "effect", "level", "display_zone", "role",
    "lane", "logs_success", "sha256",
}  # fmt: skip
"""Fields that only this project writes."""


def poisoned(value, name=""):
    """The value with hostile words behind every text in it that is not ours."""
    if isinstance(value, str):
        return value if name in OURS else f"{value} {HOSTILE}"
    if dataclasses.is_dataclass(value):
        fields = [f.name for f in dataclasses.fields(value)]
        return dataclasses.replace(value, **{f: poisoned(getattr(value, f), f) for f in fields})
    if isinstance(value, Mapping):
        return {key: poisoned(item, key) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(poisoned(item, name) for item in value)
    if isinstance(value, pa.Table):
        return poisoned_table(value)
    return value


def poisoned_table(table):
    rows = [{key: poisoned(item, key) for key, item in row.items()} for row in table.to_pylist()]
    return pa.Table.from_pylist(rows, schema=table.schema)


def hostile():
    """The example with hostile words everywhere."""
    found = example()
    charts = dataclasses.replace(found.charts, lanes=poisoned_table(found.charts.lanes))
    return dataclasses.replace(poisoned(dataclasses.replace(found, charts=None)), charts=charts)
