"""How a process writes its log: structlog's JSON or logfmt, or plain Python logging."""

import json
import logging
from pathlib import Path
from typing import Any

import structlog

from stack.settings import Settings

LINES = {
    "plain": "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s",
    "dashes": "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
}
Journal = Any
"""A structlog logger: its methods are made as they are called."""


def journal(settings: Settings) -> Journal:
    """Open the log of this process in the style that its settings name."""
    opened = {"json": _json, "logfmt": _logfmt, "python_json": _python_json}
    path, style = Path(settings.log_file), settings.log_style
    if style in LINES:
        _python(path, LINES[style])
    else:
        opened[style](path)
    who = {"service": settings.service, "instance": settings.instance}
    bound = {} if style in LINES else who
    if settings.log_version:
        bound |= {"version": settings.version}
    return structlog.get_logger(settings.service).bind(**bound)


def _quoted(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) and " " in value else str(value)


def _lines(path: Path, *processors: Any) -> None:
    structlog.configure(
        processors=[structlog.processors.add_log_level, *processors],
        logger_factory=structlog.WriteLoggerFactory(file=path.open("a", buffering=1)),
        cache_logger_on_first_use=True,
    )


def _json(path: Path) -> None:
    _lines(
        path,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    )


def _logfmt(path: Path) -> None:
    _lines(
        path,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.EventRenamer("msg"),
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(key_order=["ts", "level", "msg"], bool_as_flag=False),
    )


def _python_json(path: Path) -> None:
    """Write the names that python-json-logger gives to the fields of Python's logging."""

    def renamed(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        moved = {"levelname": event.pop("level").upper(), "name": event.pop("service")}
        return moved | {"message": event.pop("event"), **event}

    _lines(
        path,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True, key="asctime"),
        structlog.processors.format_exc_info,
        renamed,
        structlog.processors.JSONRenderer(),
    )


def _python(path: Path, line: str) -> None:
    """Python's own logging, whose times name no zone."""
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter(line))
    logging.basicConfig(handlers=[handler], level=logging.INFO)

    def text(_: Any, __: str, event: dict[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
        told = {"exc_info": event.pop("exc_info")} if "exc_info" in event else {}
        pairs = " ".join(
            f"{key}={_quoted(value)}" for key, value in event.items() if key != "event"
        )
        return (f"{event['event']} {pairs}".rstrip(),), told

    structlog.configure(
        processors=[text],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
