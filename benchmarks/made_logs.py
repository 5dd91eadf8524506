"""Logs to measure with: no line comes twice, and names, addresses and times are as many as in life.

    python benchmarks/made_logs.py KIND PATH [--lines 1000000] [--seed 1]

writes one file (for `mixed` a folder) and prints what it holds as JSON. One line in a thousand is
cut off; records with stack traces are whole. Times without a zone are UTC, of the year 2024.
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import made_lines
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from draws import Block

KINDS: Final[dict[str, tuple[made_lines.Templates, str]]] = {
    "nginx": (made_lines.NGINX, "nginx_access"),
    "json": (made_lines.JSON, "json_lines"),
    "sshd": (made_lines.SSHD, "sshd"),
    "logfmt": (made_lines.LOGFMT, "logfmt"),
    "keycloak": (made_lines.KEYCLOAK, "keycloak_events"),
    "python_logging": (made_lines.PYTHON_LOGGING, "python_logging"),
    "postgresql": (made_lines.POSTGRESQL, "postgresql"),
    "nginx_error": (made_lines.NGINX_ERROR, "nginx_error"),
    "java_traces": (made_lines.JAVA_TRACES, "keycloak_events"),
    "python_traces": (made_lines.PYTHON_TRACES, "python_logging"),
}
"""How each kind is made, and the format that is to read it."""
MIXED: Final = (
    ("access.log", "nginx", 0.25),
    ("access.log.1.gz", "nginx", 0.15),
    ("app.jsonl", "json", 0.2),
    ("app.jsonl.1.gz", "json", 0.1),
    ("keycloak.log", "keycloak", 0.1),
    ("gateway.log.gz", "python_logging", 0.1),
    ("token-issuer.log", "logfmt", 0.05),
    ("auth.log.gz", "sshd", 0.02),
    ("postgresql.log", "postgresql", 0.02),
    ("nginx-error.log", "nginx_error", 0.01),
)
"""A folder of a login service: file, kind and share of the lines."""
_FIRST: Final = 100
_ROWS: Final = 50_000
_CUT: Final = 0.001


def make(kind: str, path: Path, lines: int, *, seed: int = 1) -> dict[str, int]:
    """Write about `lines` lines; what the file or folder holds."""
    if kind != "mixed":
        return _file(kind, path, lines, seed)
    path.mkdir(parents=True, exist_ok=True)
    told = [
        _file(part, path / name, max(1, int(lines * share)), seed + at)
        for at, (name, part, share) in enumerate(MIXED)
    ]
    return {name: sum(one[name] for one in told) for name in told[0]}


def _file(kind: str, path: Path, lines: int, seed: int) -> dict[str, int]:
    """Write the blocks of one file; gzip's lowest level, since only reading is measured."""
    total = {"lines": 0, "records": 0, "cut": 0, "bytes": 0}
    with gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb") as file:
        for text, told in _blocks(kind, lines, seed):
            file.write(text)
            for name, count in told.items():
                total[name] += count
    return total


def _blocks(kind: str, lines: int, seed: int) -> Iterator[tuple[memoryview, dict[str, int]]]:
    """Records until there are about `lines` lines; the first few tell how long records are."""
    templates = KINDS[kind][0]
    first = written = 0
    each = 1.0
    while written < lines:
        wanted = max(1, round((lines - written) / each))
        rows = min(_ROWS if first else _FIRST, wanted)
        block = Block.of(seed, first, rows)
        made = block.mixed(templates)
        cut = 0
        if not kind.endswith("traces"):
            made, cut = _with_cuts(block, made)
        text = memoryview(made.buffers()[2])[: pc.sum(pc.binary_length(made)).as_py()]
        begun = int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))
        each = begun / rows
        yield text, {"lines": begun, "records": rows, "cut": cut, "bytes": len(text)}
        first, written = first + rows, written + begun


def _with_cuts(block: Block, made: pa.Array) -> tuple[pa.Array, int]:
    """A few lines that end too early, as a full disk leaves them."""
    chosen = block.dice.random(len(made)) < _CUT
    mask = pa.array(chosen)
    short = pc.binary_join_element_wise(pc.utf8_slice_codeunits(made.filter(mask), 0, 23), "\n", "")
    return pc.replace_with_mask(made, mask, short), int(chosen.sum())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kind", choices=[*KINDS, "mixed"])
    options.add_argument("path", type=Path)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    print(json.dumps(make(asked.kind, asked.path, asked.lines, seed=asked.seed)))


if __name__ == "__main__":
    main()
