"""Seeded columns of made values: times, names, addresses, numbers, hexadecimal and random words.

Everything is drawn and joined a column at a time, so that a gigabyte of lines takes seconds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]

START: Final = int(datetime(2024, 5, 3, 5, tzinfo=UTC).timestamp()) * 1_000_000
RATE: Final = 600
"""Records a second: a day of a busy login service is 50 million lines."""
_SIGNS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PAIRS: Final = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)
_ASKED: Final = re.compile("<([^<>\n]+)>")
_NAMES: Final = re.compile(r"[a-z]+=")
_THREE: Final = pa.array([f"{number:03d}" for number in range(1000)])


@dataclass(frozen=True)
class Block:
    """Some records in a row: the moments they happened (microseconds), and the dice."""

    dice: np.random.Generator
    moments: Numbers

    @classmethod
    def of(cls, seed: int, first: int, rows: int) -> "Block":
        """The block that begins with record number `first`."""
        dice = np.random.default_rng([seed, first])
        places = first + np.arange(rows) + dice.random(rows)
        return cls(dice, START + (places * (1_000_000 / RATE)).astype(np.int64))

    def __len__(self) -> int:
        return len(self.moments)

    def pick(self, pool: Sequence[str] | pa.Array) -> pa.Array:
        """Members of the pool, each as likely as the other."""
        return _array(pool).take(pa.array(self.dice.integers(0, len(pool), len(self))))

    def skewed(self, pool: Sequence[str] | pa.Array, power: float = 3) -> pa.Array:
        """Members of the pool, the first ones far more often than the last."""
        places = (len(pool) * self.dice.random(len(self)) ** power).astype(np.int64)
        return _array(pool).take(pa.array(places))

    def whole(self, low: int, high: int) -> pa.Array:
        """Whole numbers from `low` to below `high`, as text."""
        return pa.array(self.dice.integers(low, high, len(self))).cast(pa.string())

    def hexes(self, digits: int) -> pa.Array:
        """Lower-case hexadecimal, `digits` (even) each."""
        drawn = self.dice.integers(0, 256, len(self) * digits // 2, np.uint8)
        return _fixed(_PAIRS[drawn].view(np.uint8), digits)

    def codes(self, signs: int) -> pa.Array:
        """Random signs of base64url, as in authorization codes."""
        drawn = self.dice.integers(0, 64, len(self) * signs, np.uint8)
        return _fixed(np.frombuffer(_SIGNS, np.uint8)[drawn], signs)

    def clock(self, layout: str, digits: int = 0) -> pa.Array:
        """The moments in a layout of strftime, with 0, 3 or 6 digits of the second after it."""
        seconds, micros = np.divmod(self.moments, 1_000_000)
        each, places = np.unique(seconds, return_inverse=True)
        texts = [datetime.fromtimestamp(second, UTC).strftime(layout) for second in each.tolist()]
        parts = [pa.array(texts, pa.string()).take(pa.array(places))]
        if digits >= 3:
            parts.append(_THREE.take(pa.array(micros // 1000)))
        if digits == 6:
            parts.append(_THREE.take(pa.array(micros % 1000)))
        return joined(*parts)

    def draw(self, asked: str) -> pa.Array:
        """A column as a template asks for it."""
        word, _, more = asked.partition(" ")
        if word in _NAMED:
            return self.skewed(_NAMED[word]())
        if word == "session":
            return self.pick(Block(self.dice, self.moments[: len(self) // 8 + 1]).hexes(32))
        if word in ("hex", "code"):
            return (self.hexes if word == "hex" else self.codes)(int(more))
        if word.startswith("clock"):
            return self.clock(more, int(word.partition(".")[2] or 0))
        if ".." in word:
            return self.whole(*map(int, word.split("..")))
        if "|" in asked:
            parts = [part.partition("*")[::2] for part in asked.split("|")]
            return self.pick([part for part, times in parts for _ in range(int(times or 1))])
        raise ValueError(f"<{asked}> is nothing that can be drawn")

    def lines(self, template: str) -> pa.Array:
        """A record for each moment, as the template says."""
        named: dict[str, pa.Array] = {}
        parts: list[str | pa.Array] = []
        for place, part in enumerate(_ASKED.split(template + "\n")):
            name, _, asked = part.rpartition("=") if _NAMES.match(part) else ("", "", part)
            if place % 2 == 0:
                parts.append(part)
            elif part in named:
                parts.append(named[part])
            else:
                parts.append(self.draw(asked))
                named[name or part] = parts[-1]
        return joined(*parts)

    def mixed(self, templates: Sequence[tuple[float, str]]) -> pa.Array:
        """Records of several templates, each with its share, in the order of their moments."""
        shares = np.array([share for share, _ in templates])
        kinds = self.dice.choice(len(templates), len(self), p=shares / shares.sum())
        rows = [np.flatnonzero(kinds == kind) for kind in range(len(templates))]
        made = [
            Block(self.dice, self.moments[chosen]).lines(template)
            for (_, template), chosen in zip(templates, rows, strict=True)
        ]
        return pa.concat_arrays(made).take(pa.array(np.argsort(np.concatenate(rows))))


def joined(*parts: str | pa.Array) -> pa.Array:
    """The parts of each row one after the other; a plain text stands in every row."""
    return pc.binary_join_element_wise(*parts, "")


@cache
def users() -> pa.Array:
    """100,000 names of accounts."""
    given = (
        "ana luis carla jorge sofia diego elena pablo marta ivan nora hugo lucia raul olga bruno"
    )
    family = "rios lara pardo cortes rojas vega mora leon soto cruz gil paz rey sanz roca vidal"
    names = [f"{first}.{last}" for first in given.split() for last in family.split()]
    return pa.array([f"{names[at % len(names)]}{at // len(names) or ''}" for at in range(100_000)])


@cache
def addresses() -> pa.Array:
    """120,000 addresses of IPv4 and 8,000 of IPv6, from ranges that nobody owns."""
    dice = np.random.default_rng(7)
    told = [
        f"198.{18 + (at >> 16)}.{at >> 8 & 255}.{at & 255}"
        for at in dice.permutation(131_072)[:120_000].tolist()
    ]
    told += [f"2001:db8:{at & 255:x}::{at:x}" for at in range(1, 8_001)]
    return pa.array(told).take(pa.array(dice.permutation(len(told))))


@cache
def agents() -> pa.Array:
    """Some 330 user agents: browsers in their versions, the company's app, programs and robots."""
    systems = (
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
    )
    kit = "AppleWebKit/537.36 (KHTML, like Gecko)"
    told = []
    for version in range(124, 94, -1):
        for system in systems:
            chrome = f"Mozilla/5.0 ({system}) {kit} Chrome/{version}.0.0.0 Safari/537.36"
            told += [chrome, f"{chrome} Edg/{version}.0.0.0"]
            told.append(
                f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            )
        told.append(f"AcmeApp/7.{version - 94}.0 (iPhone; iOS 17.4.1)")
        told.append(
            f"Mozilla/5.0 ({systems[1]}) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            f" Version/17.{version - 94} Safari/605.1.15"
        )
    told += ["curl/8.5.0", "okhttp/4.12.0", "python-requests/2.31.0", "Go-http-client/2.0"]
    told.append("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    return pa.array(told)


@cache
def pages() -> pa.Array:
    """Pages of a site, the front page first."""
    return pa.array(["/", "/login", "/account", "/reports", "/help", "/pricing", "/static/app.js"])


@cache
def things() -> pa.Array:
    """What an application keeps."""
    return pa.array(["orders", "invoices", "profile", "reports", "devices", "messages", "search"])


_NAMED: Final = {"ip": addresses, "user": users, "agent": agents, "page": pages, "thing": things}


def _array(pool: Sequence[str] | pa.Array) -> pa.Array:
    return pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())


def _fixed(signs: npt.NDArray[np.uint8], width: int) -> pa.Array:
    """A column of texts that all have the same width."""
    rows = len(signs) // width
    ends = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(signs))
