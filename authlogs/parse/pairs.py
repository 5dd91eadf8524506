"""`key=value` text (logfmt and its relatives) as one column a key, a block at a time.

Signs that part keys, values and quotes are found in the bytes of the whole block at once. Texts in
which they do not stand as plainly as that (escapes, stray quotes) are read one by one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Longs: TypeAlias = NDArray[np.int64]
Ints: TypeAlias = NDArray[np.int32]
Rows: TypeAlias = NDArray[np.integer[Any]]
Mask: TypeAlias = NDArray[np.bool_]

MOST_CELLS: Final = 8 << 20
"""Texts times different keys of a block: what hostile text may cost. Later keys are left out."""
FEWEST_KEYS: Final = 32
_PAIR: Final = re.compile(
    r"(?:^|(?<=[\s,;|(\[{]))([A-Za-z_@][A-Za-z0-9_.@/-]*+)="
    r"(\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|[^\s]*+)",
    re.ASCII,
)
"""Possessive throughout: a text is never looked at twice, whoever wrote it."""
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPED: Final = re.compile(r"\\(.)")

_EQUALS, _SPACE, _END, _QUOTE, _APOSTROPHE, _ESCAPE, _PARTS, _CLOSES, _STRANGE = range(1, 10)


def _signs() -> NDArray[np.uint8]:
    """What each byte is: 0 within a key, else one of the signs above."""
    signs = np.full(256, _STRANGE, np.uint8)
    for start, end in (("a", "z"), ("A", "Z"), ("0", "9")):
        signs[ord(start) : ord(end) + 1] = 0
    named = {
        "_.@/-": 0, "=": _EQUALS, " \t\v\f\r": _SPACE, "\n": _END, '"': _QUOTE,
        "'": _APOSTROPHE, "\\": _ESCAPE, ",;|([{": _PARTS, ")]}": _CLOSES,
    }  # fmt: skip
    for letters, sign in named.items():
        signs[list(letters.encode())] = sign
    return signs


_SIGNS: Final = _signs()
_BEGINS: Final = np.zeros(256, bool)
_BEGINS[list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_@")] = True
_TRAILS: Final = np.zeros(256, bool)
_TRAILS[list(b",;")] = True


def pair_columns(texts: pa.Array) -> dict[str, pa.Array]:
    """The values of each key, in order of appearance; null where a text does not have it.

    Of a key that comes twice in a text the first counts: the forged one does not.

    >>> pair_columns(pa.array(['a=1 b="x y"', "a=2"]))["b"].to_pylist()
    ['x y', None]
    """
    row, key, value = _plain_pairs(texts)
    if not len(row):
        return {}
    encoded = key.dictionary_encode()
    most = max(FEWEST_KEYS, MOST_CELLS // len(texts))
    names = encoded.dictionary.to_pylist()[:most]
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    if len(encoded.dictionary) > most:
        known = codes < most
        row, codes, value = row[known], codes[known], value.filter(pa.array(known))
    place = np.full(len(texts) * len(names), -1, np.int32)
    place[(row * len(names) + codes)[::-1]] = np.arange(len(row))[::-1]  # the first one stays
    table = place.reshape(len(texts), len(names)).T
    return {
        name: value.take(pa.array(chosen, mask=chosen < 0))
        for name, chosen in zip(names, table, strict=True)
    }


def _plain_pairs(texts: pa.Array) -> tuple[Rows, pa.Array, pa.Array]:
    """Every pair's text (by number), key and value."""
    block = _Block.of(texts)
    at, odd = block.pairs()
    row = block.row[at]
    kept = ~odd[row]
    at, row = at[kept], row[kept]
    cut = block.cut(at)
    if not odd.any():
        return row, *cut
    strange = np.flatnonzero(odd)
    found = [parse_pairs(text) for text in texts.take(pa.array(strange)).to_pylist()]
    sizes = [len(one) for one in found]
    keys = pa.array([name for one in found for name in one], pa.string())
    values = pa.array([value for one in found for value in one.values()], pa.string())
    rows: Rows = np.concatenate((row, np.repeat(strange, sizes)))
    return rows, pa.concat_arrays([cut[0], keys]), pa.concat_arrays([cut[1], values])


@dataclass(frozen=True)
class _Block:
    """The bytes of all texts, each ended by a newline, and the signs among them.

    `place` is where each sign stands, `sign` what it is, `row` the text it stands in, `quotes`
    how many quotes came before it.
    """

    bytes: NDArray[np.uint8]
    place: Ints
    sign: NDArray[np.uint8]
    row: Ints
    rows: int
    quotes: Ints

    @classmethod
    def of(cls, texts: pa.Array) -> "_Block":
        data = _ended(texts)
        signs = _SIGNS[data]
        place = np.flatnonzero(signs != 0).astype(np.int32)
        sign = signs[place]
        ends = sign == _END
        row = np.cumsum(ends, dtype=np.int32) - ends
        quote = sign == _QUOTE
        return cls(data, place, sign, row, len(texts), np.cumsum(quote, dtype=np.int32) - quote)

    def pairs(self) -> tuple[Longs, Mask]:
        """Signs that part a key from its value, and the texts that are not that plain."""
        sign, place = self.sign, self.place
        quote = sign == _QUOTE
        first = np.concatenate(([0], self.quotes[sign == _END]))
        inside = ((self.quotes - first[self.row]) & 1).astype(bool)
        at = np.flatnonzero((sign == _EQUALS) & ~inside)
        begun, told = self._before(at)
        parted = (told == _SPACE) | (told == _END) | (told == _PARTS)
        at = at[parted & (begun < place[at]) & _BEGINS[self.bytes[begun]]]
        breaks = ((sign == _SPACE) & ~inside) | (sign == _END) | (quote & inside)
        word = np.cumsum(breaks, dtype=np.int32)[at]
        at = at[np.concatenate(([True], word[1:] != word[:-1]))] if len(at) else at
        return at, self._odd(at, quote, inside)

    def _before(self, at: Longs) -> tuple[Ints, NDArray[np.uint8]]:
        """Where the key before each `=` begins, and the sign before it."""
        led = at > 0
        previous = np.where(led, at - 1, 0)
        begun = np.where(led, self.place[previous] + 1, 0)
        return begun, np.where(led, self.sign[previous], _END)

    def _odd(self, at: Longs, quote: Mask, inside: Mask) -> Mask:
        """Texts in which a sign does not mean what it means in plain pairs."""
        sign, place = self.sign, self.place
        odd = np.zeros(self.rows, bool)
        opens = np.zeros(len(sign), bool)
        opens[at + 1] = place[at + 1] == place[at] + 1  # right after an accepted `=`
        odd[self.row[(sign == _APOSTROPHE) & opens]] = True
        if len(quotes := np.flatnonzero(quote)):
            after = sign[quotes + 1]
            closed = (after == _SPACE) | (after == _END) | (after == _PARTS)
            closed &= place[quotes + 1] == place[quotes] + 1
            odd[self.row[quotes[~np.where(inside[quotes], closed, opens[quotes])]]] = True
            many = np.bincount(self.row[quotes], minlength=self.rows)
            odd |= (many & 1).astype(bool)
            odd[self.row[sign == _ESCAPE]] |= many[self.row[sign == _ESCAPE]] > 0
        bare = at[~(opens[at + 1] & quote[at + 1])]
        ends = self._ends(bare)
        last = self.bytes[np.maximum(ends - 1, 0)]
        more = _TRAILS[last] & _TRAILS[self.bytes[np.maximum(ends - 2, 0)]]
        odd[self.row[bare[(_SIGNS[last] == _CLOSES) | more]]] = True
        return odd

    def _ends(self, at: Longs) -> Ints:
        """Where the unquoted value after each `=` ends: at the next space or end."""
        stops = np.flatnonzero((self.sign == _SPACE) | (self.sign == _END))
        return self.place[stops[np.searchsorted(stops, at)]]

    def cut(self, at: Longs) -> tuple[pa.Array, pa.Array]:
        """Keys and values of the pairs at some signs, cut out of the bytes in one go."""
        place = self.place
        key = self._before(at)[0]
        equals = place[at]
        start = equals + 1
        end = self._ends(at)
        if self.quotes[-1:].any():
            quoted = self.bytes[start] == 34
            quotes = place[self.sign == _QUOTE]
            closing = quotes[np.minimum(self.quotes[at] + 1, len(quotes) - 1)]
            end, start = np.where(quoted, closing, end), start + quoted
        else:
            quoted = np.zeros(len(at), bool)
        end = end - (~quoted & (end > start) & _TRAILS[self.bytes[end - 1]])
        if not len(at):
            return pa.array([], pa.string()), pa.array([], pa.string())
        edges = np.stack((key, equals, start, end), axis=1).astype(np.int32).ravel()
        buffers = [None, pa.py_buffer(edges), pa.py_buffer(self.bytes)]
        pieces = pa.StringArray.from_buffers(len(edges) - 1, buffers[1], buffers[2])
        number = np.arange(len(at)) * 4
        return pieces.take(pa.array(number)), pieces.take(pa.array(number + 2))


def _ended(texts: pa.Array) -> NDArray[Any]:
    """The bytes of texts (null is an empty one), each followed by its one newline."""
    plain = pc.replace_substring(pc.fill_null(texts, ""), "\n", " ")
    joined = pc.binary_join_element_wise(plain, pa.scalar(""), "\n")
    offsets = np.frombuffer(joined.buffers()[1], np.int32)[joined.offset :]
    data = np.frombuffer(joined.buffers()[2] or b"", np.uint8)
    return data[offsets[0] : offsets[len(joined)]]


def parse_pairs(text: str) -> Mapping[str, str]:
    """The pairs of one text: the slow reader, for what is not plain."""
    record: dict[str, str] = {}
    for key, value in _PAIR.findall(text):
        if key in record:
            continue
        if value[:1] in ("'", '"'):
            closed = len(value) > 1 and value[-1] == value[0]
            value = value[1:-1] if closed else value[1:]
            if "\\" in value:
                value = _ESCAPED.sub(_unescape, value)
        elif value[-1:] in (",", ";", ")", "]", "}"):
            value = value.rstrip(",;") if value[-1] in ",;" else _balanced(value)
        record[key] = value
    return record


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])


def _balanced(value: str) -> str:
    """Drop a bracket that closes what the value did not open."""
    opening = {")": "(", "]": "[", "}": "{"}[value[-1]]
    return value[:-1] if opening not in value else value
