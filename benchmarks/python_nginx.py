"""nginx's combined format with `re`: the hand-written peer of the text lane."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
from python_core import (
    TIME,
    Cache,
    Core,
    address,
    constant,
    nothing,
    of_status,
    quoted,
    without_secrets,
    words,
)

_COMBINED: Final = re.compile(
    r'(\S++) \S++ ([^ "]*+(?: [^ "\[]++)*+) \[([^\]]++)\]'
    r' "([A-Z]{3,16}+) ([^"\\ ]*+(?:(?:\\.| (?!HTTP/))[^"\\ ]*+)*+)(?: HTTP/[\d.]++)?" (\d{3})'
    r' (\d++|-) "([^"\\]*+(?:\\.[^"\\]*+)*+)" "([^"\\]*+(?:\\.[^"\\]*+)*+)"$'
)
"""Possessive throughout: a fourth of the time of the same with plain repetitions."""
_BROWSERS: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("bot", r"(?i)bot\b|crawler|spider|slurp"),
        ("Edge", r"Edg(?:e|A|iOS)?/"),
        ("Opera", r"OPR/|Opera"),
        ("Samsung Internet", r"SamsungBrowser/"),
        ("Firefox", r"Firefox/|FxiOS/"),
        ("Chrome", r"Chrome/|CriOS/|Chromium/"),
        ("Safari", r"Safari/"),
        ("okhttp", r"^okhttp/"),
        ("curl", r"^curl/"),
        ("python", r"^python-"),
        ("Go", r"^Go-http-client/"),
    )
)


def read_nginx(path: Path) -> tuple[pa.Table, pa.Table]:
    """Events and rejects of an access log."""
    core, known = Core(path.name, "nginx_access", block=1 << 20), _Known()
    match = _COMBINED.match
    for block in core.lines(path):
        found = [match(text) for text in block.texts]
        good = None
        if None in found:
            good = [row for row, one in enumerate(found) if one]
            for row, one in enumerate(found):
                if one is None:
                    core.refuse(block, row, "no_pattern")
        if groups := [one.groups() for one in found if one]:
            core.keep(block, good, _columns(groups, known))
    return core.tables()


class _Known:
    """What was worked out before."""

    def __init__(self) -> None:
        self.times, self.statuses = Cache(_moment), Cache(of_status)
        self.addresses, self.browsers, self.quotes = Cache(address), Cache(_browser), Cache(quoted)


def _columns(groups: list[tuple[str, ...]], known: _Known) -> dict[str, pa.Array]:
    """The captures of a block, typed and without secrets."""
    client, user, clock, method, path, status, size, referrer, agent = zip(*groups, strict=True)
    times, addresses, statuses = known.times, known.addresses, known.statuses
    quotes = known.quotes
    spelled, keys = zip(*[addresses[one] for one in client], strict=True)
    outcome, reason, group = zip(*[statuses[one] for one in status], strict=True)
    came_from = [None if text == "-" else text for text in without_secrets(referrer)]
    return {
        "time": pa.array([times[text] for text in clock], TIME),
        "time_raw": pa.array(clock),
        "event_type": constant("http_request", len(groups)),
        "service": constant("nginx", len(groups)),
        "outcome": words(outcome),
        "reason": words(reason),
        "reason_group": words(group),
        "http_method": pa.array(method),
        "http_path": pa.array(without_secrets(path)),
        "http_status": pa.array(status).cast(pa.int16()),
        "user": pa.array([nothing(text) for text in user], pa.string()),
        "source_ip": pa.array(spelled, pa.string()),
        "source_ip_key": pa.array(keys, pa.string()),
        "user_agent": pa.array([nothing(text) for text in agent], pa.string()),
        "browser": words([known.browsers[text] for text in agent]),
        "extra": pa.array([
            f'{{"bytes":"{count}","referer":{quotes[text]}}}' if text else f'{{"bytes":"{count}"}}'
            for count, text in zip(size, came_from, strict=True)
        ]),
    }  # fmt: skip


def _moment(text: str) -> int | None:
    try:
        return int(datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp()) * 1_000_000
    except ValueError:
        return None


def _browser(agent: str) -> str | None:
    return next((name for name, pattern in _BROWSERS if pattern.search(agent)), None)
