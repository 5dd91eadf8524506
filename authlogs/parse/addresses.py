"""Addresses in one spelling, with a key that sorts and ranges, over distinct values."""

import ipaddress
import socket
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_MAPPED = "0" * 20 + "ffff"


def canonical(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a text such as `[::1]:443`, `203.0.113.9:80` or `::ffff:1.2.3.4`; or None."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1 and "." in bare:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def address_key(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """32 hex digits of the IPv6-mapped form, so that ranges are BETWEEN."""
    value = int(address)
    if address.version == 4:
        value |= 0xFFFF << 32
    return f"{value:032x}"


def addresses(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Canonical text and key of each address; what is none (a host name) is null in both."""
    plain, keys = _plain_ipv4(column)
    rest = pc.if_else(pa.array(plain), None, column)
    if rest.null_count == len(rest):
        return pc.if_else(pa.array(plain), column, None), keys
    encoded = rest.dictionary_encode()
    read = [_read(text) for text in encoded.dictionary.to_pylist()]
    texts = pa.array([one[0] for one in read], pa.string()).take(encoded.indices)
    others = pa.array([one[1] for one in read], pa.string()).take(encoded.indices)
    mask = pa.array(plain)
    return pc.if_else(mask, column, texts), pc.if_else(mask, keys, others)


def _read(text: str) -> tuple[str | None, str | None]:
    try:  # the system reads most IPv6 ten times faster than the library
        packed = socket.inet_pton(socket.AF_INET6, text)
        if packed[:2] != b"\0\0":  # those have spellings of their own
            return socket.inet_ntop(socket.AF_INET6, packed), packed.hex()
    except (OSError, ValueError):
        pass
    address = canonical(text)
    return (None, None) if address is None else (str(address), address_key(address))


_HEX: Final = np.frombuffer(b"".join(b"%02x" % value for value in range(256)), np.uint8)
_HEX_PAIRS: Final = _HEX.reshape(256, 2)


def _plain_ipv4(column: pa.Array) -> tuple[NDArray[np.bool_], pa.Array]:
    """Which texts are four numbers below 256 with dots between, and the key of each of those."""
    texts = pc.fill_null(column, "")
    rows = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + rows + 1]
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    begins, ends = offsets[:-1], offsets[1:]
    dots, digits = data == 46, data - np.uint8(48)  # below zero is far above nine
    dots_before, others_before = _counts(dots), _counts(~dots & (digits > 9))
    plain = (ends - begins >= 7) & (ends - begins <= 15)
    plain &= dots_before[ends] - dots_before[begins] == 3
    plain &= others_before[ends] == others_before[begins]
    chosen = np.flatnonzero(plain)
    cuts = np.flatnonzero(dots)[dots_before[begins[chosen], None] + np.arange(3)]
    starts = np.column_stack((begins[chosen], cuts + 1))
    stops = np.column_stack((cuts, ends[chosen]))
    long = stops - starts
    good = (long >= 1) & (long <= 3)
    value = np.zeros(long.shape, np.int32)
    for place, worth in enumerate((1, 10, 100), start=1):
        value += np.where(long >= place, worth * digits[stops - place].astype(np.int32), 0)
    first = digits[np.minimum(starts, len(data) - 1)]
    good &= (value < 256) & ((long == 1) | (first > 0))  # one that begins with 0 may be octal
    kept = good.all(axis=1)
    plain[chosen[~kept]] = False
    return plain, _keys(plain, value[kept])


def _counts(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many are true before each place."""
    return np.concatenate((np.zeros(1, np.int32), np.cumsum(mask, dtype=np.int32)))


def _keys(plain: NDArray[np.bool_], octets: NDArray[np.int32]) -> pa.Array:
    """The keys of plain addresses in their places, null elsewhere."""
    signs = np.empty((len(octets), 32), np.uint8)
    signs[:, :24] = np.frombuffer(_MAPPED.encode(), np.uint8)
    signs[:, 24:] = _HEX_PAIRS[octets].reshape(-1, 8)
    edges = np.arange(0, 32 * len(octets) + 1, 32, dtype=np.int32)
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(signs)]
    keys = pa.StringArray.from_buffers(len(octets), buffers[1], buffers[2])
    place = np.cumsum(plain) - 1
    return keys.take(pa.array(place, mask=~plain))


def client_address(own: pa.Array, chain: pa.Array) -> pa.Array:
    """The first hop, seen from the server, that is no proxy of ours (no private address).

    Whoever is nearer to the client may have been forged; with private hops only it is the first
    of the chain. `own` is the peer, or itself a list with commas; `chain` is client first.
    """
    alone = chain.null_count == len(chain)
    if alone and not pc.any(pc.match_substring(own, ",")).as_py():
        return own
    from authlogs.parse.texts import join_present

    told = join_present([chain, own], ",")
    encoded = told.dictionary_encode()
    picked = [_client(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(picked, pa.string()).take(encoded.indices)


def hops(text: str) -> list[str]:
    """The members of a JSON list of strings or of a list with commas."""
    plain = text.replace('["', "").replace('"]', "").replace('"', "")
    return [part.strip() for part in plain.split(",") if part.strip()]


def _client(text: str) -> str | None:
    if "," not in text:
        return text
    read = [one for one in map(canonical, hops(text)) if one is not None]
    outside = [one for one in reversed(read) if not (one.is_private or one.is_loopback)]
    chosen = outside or read
    return str(chosen[0]) if chosen else None


_BROWSERS = (
    ("bot", r"(?i)bot\b|crawler|spider|slurp"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/[\d.]+ .*Safari/|Safari/"),
    ("Internet Explorer", r"MSIE |Trident/"),
    ("okhttp", r"^okhttp/"),
    ("CFNetwork", r"CFNetwork/"),
    ("curl", r"^curl/"),
    ("python", r"^python-|^Python/|aiohttp/|^httpx/"),
    ("Go", r"^Go-http-client/"),
    ("Java", r"^Java/|Apache-HttpClient/"),
    ("Postman", r"^PostmanRuntime/"),
)


def browsers(column: pa.Array) -> pa.Array:
    """The name of each user agent, most telling mark first; null where none is known."""
    encoded = column.dictionary_encode()
    agents = encoded.dictionary
    names = pa.nulls(len(agents), pa.string())
    for name, pattern in reversed(_BROWSERS):
        names = pc.if_else(pc.match_substring_regex(agents, pattern), name, names)
    return names.take(encoded.indices)
