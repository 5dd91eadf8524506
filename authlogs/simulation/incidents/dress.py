"""How a program writes its log: the dress-ups of `dresses/`, put on rows of `Played`."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.simulation.incidents.arrays import Bools, Ints
from authlogs.simulation.incidents.fault import Fault
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.people import AGENTS, CLIENTS, IDPS, People
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.incidents.played import CHALLENGE, EVENTS, FAILURE, LOGIN, SUCCESS, Played
from authlogs.simulation.incidents.reasons import REASONS
from authlogs.simulation.incidents.stamps import STAMPS, micros
from authlogs.simulation.incidents.template import compose, names

HERE: Final = Path(__file__).parent
OUTCOMES: Final = ("success", "failure", "challenge")
SAYS: Final = {"login": "sign-in", "mfa": "second factor", "token_issue": "token issue",
               "token_validate": "token check", "session_check": "session check"}  # fmt: skip
METHODS: Final = ("POST", "POST", "POST", "GET", "GET")
PATHS: Final = ("/login", "/login/otp", "/oauth/token", "/api/session", "/api/me")
ENDS: Final = ("succeeded", "refused", "pending")


@dataclass(frozen=True)
class Dress:
    """One way of writing; `line` is a template, the tables give its words."""

    name: str
    title: str
    file: str
    stamp: str
    line: str
    level: Mapping[str, str]
    outcome: Mapping[str, str]
    event: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ("login", "issuer", "gateway")
    service: str = ""
    """the name that the product gives itself"""


@cache
def dresses() -> Mapping[str, Dress]:
    """Return every dress-up by name."""
    found = {}
    for path in sorted((HERE / "dresses").glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        told["roles"] = tuple(told.get("roles", ("login", "issuer", "gateway")))
        found[path.stem] = Dress(name=path.stem, **told)
    return found


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """Return what programs call each reason."""
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


def among(texts: Sequence[str | None], places: Ints) -> Any:
    """Return the text at each place; -1 and None give null."""
    column = pa.array([*texts, None], type=pa.string())
    return column.take(pa.array(np.where(places < 0, len(texts), places)))


def _reason_words(key: str) -> list[str | None]:
    if key == "reason":
        return [reason or None for reason in REASONS]
    told = [words().get(reason, {}) for reason in REASONS]
    if key == "keycloak":
        return [each.get(key, "generic_authentication_error") if each else None for each in told]
    return [str(each[key]) if each else None for each in told]


def hexes(numbers: Ints, salt: int, digits: int) -> Any:
    """Return ids that look drawn by chance: equal numbers give equal ids."""
    mixed = (numbers.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    raw = mixed.astype(">u8").tobytes().hex()
    texts = pa.py_buffer(raw.encode())
    offsets = pa.py_buffer((16 * np.arange(numbers.size + 1)).astype(np.int32).tobytes())
    column = pa.Array.from_buffers(pa.string(), numbers.size, [None, offsets, texts])
    return pc.utf8_slice_codeunits(column, 0, digits)


@dataclass(frozen=True)
class Wardrobe:
    """What all logs of a case share: people, plan and the salts of their ids."""

    plan: Plan
    people: People
    fault: Fault
    salt: int

    def write(self, dress: Dress, service: Service, rows: Played, told: Bools) -> Any:
        """Return one line for each row; `told` says which rows name their token."""
        wanted = names(dress.line)
        makers: dict[str, Callable[[], Any]] = {
            "time": lambda: self._time(dress, service, rows),
            "level": lambda: among([dress.level[each] for each in OUTCOMES], rows.outcome),
            "event": lambda: _event(dress, rows),
            "outcome": lambda: among([dress.outcome[each] for each in OUTCOMES], rows.outcome),
            "message": lambda: _message(rows),
            "service": lambda: pa.scalar(dress.service or service.name),
            "version": lambda: self._version(service, rows),
            "host": lambda: among(service.hosts, rows.host),
            "zone": lambda: among(["zone-a", "zone-b", "zone-c"], service.zone[rows.host]),
            "user": lambda: among(self.people.names, rows.user),
            "user_id": lambda: hexes(rows.user, self.salt + 3, 12),
            "client": lambda: among(CLIENTS, self.people.client[rows.user]),
            "ip": lambda: among(self.people.addresses, rows.address),
            "idp": lambda: self._idp(rows),
            "agent": lambda: self._agent(rows, rows.event == LOGIN),
            "anyagent": lambda: self._agent(rows, rows.event >= LOGIN),
            "method": lambda: among(METHODS, rows.event),
            "path": lambda: among(PATHS, rows.event),
            "http": lambda: _status(rows),
            "bytes": lambda: pa.array(180 + rows.trace % 900).cast(pa.string()),
            "seconds": lambda: _seconds(rows),
            "trace": lambda: hexes(rows.trace, self.salt, 16),
            "token": lambda: self._token(rows, told),
            "kid": lambda: self._kid(rows),
            "pid": lambda: pa.array(rows.host + 17).cast(pa.string()),
            "ms": lambda: pa.array(np.ceil(rows.millis).astype(np.int64)).cast(pa.string()),
            "ns": lambda: pa.array((rows.millis * 1e6).astype(np.int64)).cast(pa.string()),
        }
        for key in ("reason", "error", "text", "keycloak"):
            makers[key] = partial(_why, key, rows)
        return compose(dress.line, {name: makers[name]() for name in sorted(wanted)})

    def _time(self, dress: Dress, service: Service, rows: Played) -> Any:
        shown = rows.moments + service.clock(rows.host, rows.moments)
        shown = shown + self.fault.clock(service.role, rows.host, rows.moments)
        return STAMPS[dress.stamp](micros(self.plan.start, shown), self.plan.offset_hours)

    def _version(self, service: Service, rows: Played) -> Any:
        if not self.plan.versions_logged:
            return pa.nulls(rows.moments.size, pa.string())
        return among(service.versions, service.version_at(rows.host, rows.moments))

    def _idp(self, rows: Played) -> Any:
        here = np.where(rows.event == LOGIN, self.people.idp[rows.user], -1)
        return among(IDPS, here)

    def _agent(self, rows: Played, told: Bools) -> Any:
        agent = np.where(rows.user >= self.people.known, len(AGENTS) - 1, 0)
        known = rows.user < self.people.known
        agent[known] = self.people.browser[rows.user[known]]
        return among(AGENTS, np.where(told, agent, -1))

    def _token(self, rows: Played, told: Bools) -> Any:
        ids = hexes(np.maximum(rows.token, 0), self.salt + 1, 16)
        return pc.if_else(pa.array(told & (rows.token >= 0)), ids, pa.scalar(None, pa.string()))

    def _kid(self, rows: Played) -> Any:
        turned = self.plan.way is not None and "key_rotation" in self.plan.way.changes
        begins = self.plan.begins if turned else np.inf
        issued = np.where(rows.issued >= 0, rows.issued, rows.moments)
        key = np.where(rows.token >= 0, (issued >= begins).astype(np.int64), -1)
        return among([f"k-{self.salt % 97:02d}", f"k-{self.salt % 97 + 1:02d}"], key)


def _event(dress: Dress, rows: Played) -> Any:
    pairs = [(event, outcome) for event in EVENTS for outcome in OUTCOMES]
    named = [
        dress.event.get(f"{event}.{outcome}", dress.event.get(event, event))
        for event, outcome in pairs
    ]
    return among(named, rows.event * len(OUTCOMES) + rows.outcome)


def _status(rows: Played) -> Any:
    told = pa.array(["200"] + [str(words()[reason]["status"]) for reason in REASONS[1:]])
    codes = told.take(pa.array(np.where(rows.outcome == FAILURE, rows.reason, 0)))
    moved = pa.array((rows.event == LOGIN) & (rows.outcome == SUCCESS))
    return pc.if_else(moved, pa.scalar("302"), codes)


def _seconds(rows: Played) -> Any:
    millis = np.ceil(rows.millis).astype(np.int64)
    rest = pc.utf8_lpad(pa.array(millis % 1000).cast(pa.string()), 3, "0")
    return pc.binary_join_element_wise(pa.array(millis // 1000).cast(pa.string()), rest, ".")


def _message(rows: Played) -> Any:
    said = [f"{SAYS[event]} {end}" for event in EVENTS for end in ENDS]
    return among(said, rows.event * len(OUTCOMES) + rows.outcome)


def _why(key: str, rows: Played) -> Any:
    found = among(_reason_words(key), np.where(rows.outcome == FAILURE, rows.reason, 0))
    if key != "keycloak":
        return found
    # Keycloak tells of a second factor that is still to come as an error of its own.
    waits = pa.array(rows.outcome == CHALLENGE)
    return pc.if_else(waits, pa.scalar("resolve_required_actions"), found)
