"""Exit codes, and what every command does when something goes wrong."""

import os
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

import click

from authlogs.cli.terminal import ReaderGone, prepare, say
from authlogs.errors import (
    AuthlogsError,
    BadCall,
    BadFormatFile,
    UnknownPath,
    Unwritable,
    ZoneNeeded,
)


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    DIFFERS = 1
    FOUND_NOTHING = 1
    USAGE = 2
    UNREAD = 3
    SUSPECT = 4
    TOO_LITTLE = 5
    FAULT = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANT_OTHERWISE = (BadCall, BadFormatFile, Unwritable)
"""What the caller can only mend by another call …"""
UNREADABLE = (UnknownPath, ZoneNeeded)
"""… but for these: the call is meant, its input cannot be read."""


def guarded(run: Callable[[], object]) -> int:
    """Run a command and return its exit code; nobody ever sees a traceback."""
    prepare()
    try:
        code = run()
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except ReaderGone:
        # What is still buffered has no reader: let it go nowhere, without another complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    except AuthlogsError as error:
        say(f"authlogs: {error}")
        usage = isinstance(error, MEANT_OTHERWISE) and not isinstance(error, UNREADABLE)
        return Exit.USAGE if usage else Exit.UNREAD
    except Exception as error:  # noqa: BLE001  the last door: a fault of ours is told, not dumped
        say(_fault(error))
        return Exit.FAULT
    return code if isinstance(code, int) else Exit.DONE


def _fault(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    told = " ".join(str(error).split())[:300]
    return (
        f"authlogs: a fault of ours: {type(error).__name__} at {place}: {told}\n"
        "  next: open an issue in the repository that authlogs came from, with this line, "
        "the command and `authlogs --version`"
    )
