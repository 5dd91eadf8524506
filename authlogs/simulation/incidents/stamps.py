"""Moments as logs write them: whole columns at once, in the layouts of the dress-ups."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.simulation.incidents.arrays import Floats, Ints


def micros(start: datetime, moments: Floats) -> Ints:
    """Return microseconds since 1970 for seconds since the logs begin."""
    first = int(start.timestamp()) * 1_000_000
    return np.asarray(first + np.round(moments * 1e6).astype(np.int64))


def _text(stamp: Ints, unit: str, layout: str, hours: float = 0.0) -> Any:
    local = pa.array(stamp + int(hours * 3_600_000_000), type=pa.timestamp("us"))
    return pc.strftime(local.cast(pa.timestamp(unit), safe=False), format=layout)


def offset_text(hours: float, colon: str = "") -> str:
    """Return an offset as `+0530`."""
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02d}{colon}{minutes % 60:02d}"


def _epoch(stamp: Ints, unit: int) -> Any:
    return pa.array(stamp // unit).cast(pa.string())


Stamp = Callable[[Ints, float], Any]
STAMPS: Final[Mapping[str, Stamp]] = {
    "iso_us": lambda stamp, _: _text(stamp, "us", "%Y-%m-%dT%H:%M:%SZ"),
    "iso_ms": lambda stamp, _: _text(stamp, "ms", "%Y-%m-%dT%H:%M:%SZ"),
    "iso_local": lambda stamp, hours: _text(
        stamp, "ms", f"%Y-%m-%dT%H:%M:%S{offset_text(hours, ':')}", hours
    ),
    "epoch_ms": lambda stamp, _: _epoch(stamp, 1000),
    "epoch_ns": lambda stamp, _: pc.binary_join_element_wise(_epoch(stamp, 1), "000", ""),
    "epoch_s": lambda stamp, _: pc.binary_join_element_wise(
        _epoch(stamp, 1_000_000), pc.utf8_lpad(_epoch(stamp % 1_000_000, 1), 6, "0"), "."
    ),
    "naive_comma": lambda stamp, hours: pc.replace_substring(
        _text(stamp, "ms", "%Y-%m-%d %H:%M:%S", hours), ".", ","
    ),
    "clf": lambda stamp, hours: _text(stamp, "s", f"%d/%b/%Y:%H:%M:%S {offset_text(hours)}", hours),
    "postgres": lambda stamp, _: _text(stamp, "ms", "%Y-%m-%d %H:%M:%S UTC"),
    "syslog": lambda stamp, hours: _text(stamp, "s", "%b %e %H:%M:%S", hours),
}
NAIVE: Final = ("naive_comma", "syslog")
"""Layouts without a zone."""
