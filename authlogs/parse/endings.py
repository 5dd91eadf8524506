"""Lines that are no record of their own: they continue one, or comment the file."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Longs
from authlogs.parse.fields import Mask

_CONTINUES: Final = (
    r"^(?:[ \t]+[!-~\pL]"
    r"|Traceback \(most recent call last\):"
    r"|Caused by: |\.\.\. \d+ (?:more|common frames)"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|[A-Za-z_$][\w$]*(?:\.[\w$]+)*(?:Exception|Error|Throwable)(?::.*)?$"
    r"|at [\w$.<>]+\(.*\)$|#\d+ |goroutine \d+ \["
    r"|={30,}$|(?:WHO|WHAT|ACTION|APPLICATION|WHEN|(?:CLIENT|SERVER) IP ADDRESS|GEO LOCATION): "
    r"|[}\])>]+[;,]?$)"
)
"""Traces of Python, Java and Go; the blocks in which CAS writes its audit; closing brackets."""
_ENDS_TRACE: Final = r"^[A-Za-z_][\w.]*(?:: .*)?$"
_COMMENT: Final = r"^\s*(?:#|//)"
KEPT: Final = 8192
"""Bytes of continuation that a message keeps."""


def judge(texts: pa.Array, line_no: Longs, *, after: int = 0) -> tuple[Mask, Mask]:
    """Which of the unclaimed lines continue a record, and which are comments.

    The last line of a Python traceback continues one only right after a line that does; `after`
    is such a line at the end of the stretch before.
    """
    continues = _found(texts, _CONTINUES)
    ends = _found(texts, _ENDS_TRACE)
    follows = np.zeros(len(texts), bool)
    follows[1:] = continues[:-1] & (np.diff(line_no) == 1)
    follows[:1] = line_no[:1] == after + 1
    continues |= ends & follows & (line_no > 1)
    return continues, _found(texts, _COMMENT) & ~continues


def _found(texts: pa.Array, pattern: str) -> Mask:
    hit = pc.match_substring_regex(texts, pattern)
    return pc.fill_null(hit, False).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]
