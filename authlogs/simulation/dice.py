"""Chance that falls the same way in every version of Python."""

import random
import zlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

HEX = "0123456789abcdef"


class Dice:
    """One stream of chance, fixed by a seed and a name.

    Only `random.Random(int).random()` is used: it is the one draw whose values Python promises
    to keep. Streams of different names are independent, so that adding a draw to one log does
    not change the others.

    >>> Dice(7, "users").hex(8) == Dice(7, "users").hex(8)
    True
    """

    def __init__(self, seed: int, stream: str) -> None:
        self._unit = random.Random((seed << 32) + zlib.crc32(stream.encode())).random

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        return self._unit()

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._unit() < probability

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self._unit()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high - 1."""
        return low + int((high - low) * self._unit())

    def within(self, start: int, length: int) -> int:
        """Return a moment from `start` on, before `start + length`."""
        return start + int(length * self._unit())

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items, each as likely as the others."""
        return items[int(len(items) * self._unit())]

    def word(self, length: int, alphabet: str) -> str:
        """Return a word of this length over the alphabet."""
        return "".join([self.pick(alphabet) for _ in range(length)])

    def hex(self, length: int) -> str:
        """Return a word of hexadecimal digits; eight digits cost one draw."""
        groups = [f"{int(self._unit() * 4294967296):08x}" for _ in range((length + 7) // 8)]
        return "".join(groups)[:length]

    def uuid(self) -> str:
        """Return 32 hexadecimal digits in the grouping of RFC 9562."""
        text = self.hex(32)
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
