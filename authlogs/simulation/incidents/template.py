"""Lines from columns: a template with `$names` and «optional pieces» becomes one joined column."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

PIECE: Final = re.compile(r"«([^»]*)»|\$(\w+)|([^«$]+)")


def compose(template: str, columns: Mapping[str, Any]) -> Any:
    """Return one text for each row; an optional piece is left out where its column is null.

    >>> rows = {"name": pa.array(["ana", None]), "n": pa.array(["1", "2"])}
    >>> compose("n=$n« name=$name»", rows).to_pylist()
    ['n=1 name=ana', 'n=2']
    """
    parts = []
    for optional, name, literal in PIECE.findall(template):
        if optional:
            parts.append(pc.fill_null(_joined(optional, columns), ""))
        else:
            parts.append(columns[name] if name else pa.scalar(literal))
    return pc.binary_join_element_wise(*parts, "")


def _joined(piece: str, columns: Mapping[str, Any]) -> Any:
    found = PIECE.findall(piece)
    parts = [columns[name] if name else pa.scalar(literal) for _, name, literal in found]
    return pc.binary_join_element_wise(*parts, "") if len(parts) > 1 else parts[0]


def names(template: str) -> set[str]:
    """Return the columns that a template uses."""
    return set(re.findall(r"\$(\w+)", template))
