"""A bar with rate and remaining time, where somebody watches: on a terminal and in Jupyter."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

PATIENCE_S: Final = 1.0
"""What is done sooner shows no bar."""

Advance = Callable[[float], object]


@contextmanager
def bar(title: str, total: float, *, unit: str = "B") -> Iterator[Advance]:
    """Give the function to call with what has been done since; nothing is shown to nobody.

    Bytes (`B`) are counted in MB and their like. The bar goes when the work is done.
    """
    if not watched():
        yield _nothing
        return
    with _kind()(
        total=total,
        desc=title,
        unit=unit,
        unit_scale=unit == "B",
        leave=False,
        delay=PATIENCE_S,
        file=sys.stderr,
    ) as shown:
        yield shown.update


def watched() -> bool:
    """Return whether standard error is a terminal, or the page of a notebook."""
    stream = sys.stderr
    return in_jupyter() or bool(stream and not stream.closed and stream.isatty())


def in_jupyter() -> bool:
    """Return whether this is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell else None
    return found is not None and hasattr(found, "kernel")


def _kind() -> Any:
    """Return the bar of notebooks where their widgets are installed, else the one of texts."""
    name = "tqdm.notebook" if in_jupyter() and _has_widgets() else "tqdm"
    return import_module(name).tqdm


def _nothing(_done: float) -> None:
    pass


def _has_widgets() -> bool:
    return find_spec("ipywidgets") is not None
