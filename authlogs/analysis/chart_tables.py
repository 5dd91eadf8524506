"""The tables behind the figures: which columns each has. Times are UTC, starts of bins."""

from typing import Final

import pyarrow as pa

from authlogs.schema import TIME

UTC: Final = TIME
SUSPECTED: Final = 0.05
"""From this probability on a cause is shown as a suspect."""
MINUTES: Final = pa.schema(
    [
        ("time", UTC),
        ("attempts", pa.int64()),
        ("attempts_low", pa.float64()),
        ("attempts_high", pa.float64()),
        ("people_failing", pa.int64()),
        ("covered", pa.bool_()),
    ]
)
REASONS: Final = pa.schema([("time", UTC), ("reason", pa.string()), ("people", pa.int64())])
STAGES: Final = pa.schema(
    [("time", UTC), ("stage", pa.string()), ("attempts", pa.int64()), ("successes", pa.int64())]
)
ISSUING: Final = pa.schema([("time", UTC), ("version", pa.string()), ("tokens", pa.int64())])
LANES: Final = pa.schema(
    [
        ("time", UTC),
        ("end_time", UTC),
        ("lane", pa.string()),
        ("label", pa.string()),
        ("change_id", pa.string()),
        ("role", pa.string()),
        ("probability", pa.float64()),
        ("note", pa.string()),
    ]
)
GAPS: Final = pa.schema(
    [("source_file", pa.string()), ("start", UTC), ("end", UTC), ("why", pa.string())]
)
TOKENS: Final = pa.schema(
    [
        ("issued", UTC),
        ("used", UTC),
        ("failed", pa.bool_()),
        ("version", pa.string()),
        ("stands_for", pa.float64()),
    ]
)
BUILDS: Final = pa.schema(
    [
        ("time", UTC),
        ("role", pa.string()),
        ("service", pa.string()),
        ("version", pa.string()),
        ("attempts", pa.int64()),
        ("failures", pa.int64()),
    ]
)
JOURNEY: Final = pa.schema(
    [
        ("stage", pa.string()),
        ("period", pa.string()),
        ("hours", pa.float64()),
        ("tried", pa.int64()),
        ("passed", pa.int64()),
    ]
)
