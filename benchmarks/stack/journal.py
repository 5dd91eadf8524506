"""How a process writes its log: structlog's JSON or logfmt, or plain Python logging."""

import logging
from pathlib import Path
from typing import Any

import structlog

from stack.settings import Settings

Journal = Any
"""A structlog logger: its methods are made as they are called."""


def journal(settings: Settings) -> Journal:
    """Open the log of this process in the style that its settings name."""
    {"json": _json, "logfmt": _logfmt, "plain": _plain, "python_json": _python_json}[
        settings.log_style
    ](Path(settings.log_file))
    who = {"service": settings.service, "instance": settings.instance}
    bound = {} if settings.log_style == "plain" else who
    if settings.log_version:
        bound |= {"version": settings.version}
    return structlog.get_logger(settings.service).bind(**bound)


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


def _plain(path: Path) -> None:
    handler = logging.FileHandler(path)
    line = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"
    handler.setFormatter(logging.Formatter(line))
    logging.basicConfig(handlers=[handler], level=logging.INFO)

    def text(_: Any, __: str, event: dict[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
        told = {"exc_info": event.pop("exc_info")} if "exc_info" in event else {}
        pairs = " ".join(f"{key}={value}" for key, value in event.items() if key != "event")
        return (f"{event['event']} {pairs}".rstrip().replace("%", "%%"),), told

    structlog.configure(
        processors=[text],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
