"""A command answers at once: what takes long to load and is not needed stays out."""

import sys
from importlib.abc import MetaPathFinder
from typing import Final


class _Absent(MetaPathFinder):
    """Says of pandas that it is not there."""

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


_ABSENT: Final = _Absent()


def without_pandas() -> None:
    """Let Arrow settle that there is no pandas, whose loading takes longer than all the rest.

    Arrow looks for it at its first scalar. Whoever asks for a data frame later still gets one:
    then Arrow looks again.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _ABSENT)
    try:
        import pyarrow.dataset  # noqa: F401
    finally:
        sys.meta_path.remove(_ABSENT)
