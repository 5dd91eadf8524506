"""How a run of the command line ends: with its exit code, whatever other threads are at."""

import atexit
import os
import sys
from typing import NoReturn

from authlogs.cli.exits import Exit


def leave(code: int) -> NoReturn:
    """End the process with a code, as an interpreter does, but without taking it apart.

    A thread of Arrow's may let go of a buffer late; where the interpreter is half gone by then, it
    aborts a process whose answer is complete (apache/arrow issue 49942).
    """
    atexit._run_exitfuncs()  # noqa: SLF001  (what was promised for the end still happens)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or Exit.BROKEN_PIPE
    os._exit(code)
