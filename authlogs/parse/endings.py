"""Lines that are no record of their own: they continue one, or comment the file."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.fields import Mask

_CONTINUES: Final = (
    r"^(?:\s+\S"
    r"|Traceback \(most recent call last\):"
    r"|Caused by: |\.\.\. \d+ (?:more|common frames)"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|[A-Za-z_$][\w$]*(?:\.[\w$]+)*(?:Exception|Error|Throwable)(?::.*)?$"
    r"|at [\w$.<>]+\(.*\)$|#\d+ |goroutine \d+ \["
    r"|[}\])]+[;,]?$)"
)
_ENDS_TRACE: Final = r"^[A-Za-z_][\w.]*(?:: .*)?$"
_COMMENT: Final = r"^\s*(?:#|//)"
KEPT: Final = 8192
"""Bytes of continuation that a message keeps."""


def judge(texts: pa.Array, line_no: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Mask, Mask]:
    """Which of the unclaimed lines continue a record, and which are comments.

    The last line of a Python traceback continues one only right after a line that does.
    """
    continues = _found(texts, _CONTINUES)
    ends = _found(texts, _ENDS_TRACE)
    after = np.zeros(len(texts), bool)
    after[1:] = continues[:-1] & (np.diff(line_no) == 1)
    continues |= ends & after
    return continues, _found(texts, _COMMENT) & ~continues


def _found(texts: pa.Array, pattern: str) -> Mask:
    hit = pc.match_substring_regex(texts, pattern)
    return pc.fill_null(hit, False).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]
