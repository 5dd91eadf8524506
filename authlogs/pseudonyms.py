"""Pseudonyms for people and addresses, so that a result can leave the team.

One key gives one person one pseudonym, in every column and every table. Times, reasons, versions
and counts stay as they are, so an investigation finds the same. Pseudonyms hide names from
readers; whoever holds the key can compute them again.
"""

import hashlib
import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.engine.base import mapped
from authlogs.engine.queries import run_sql
from authlogs.logs import Logs
from authlogs.parse.addresses import address_key, canonical
from authlogs.secrets import Fingerprints, new_key

PEOPLE: Final = ("user", "user_id", "sub", "actor")
TEXTS: Final = (
    "reason_text", "http_path", "user_agent", "message", "extra", "url", "description",
)  # fmt: skip
"""Free text, in which a record's own people and addresses are replaced too."""
HOPS: Final = 4
SHORTEST: Final = 3
"""A name shorter than this is not looked for in text: it would be found inside words."""
EMAIL: Final = r"[A-Za-z0-9._+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"

Rename = Callable[[str], str]


def pseudonymise(logs: Logs, *, key: bytes | None = None) -> Logs:
    """Return `logs` with pseudonyms for people (`user-…`) and addresses (valid, same family).

    Addresses keep their neighbourhood: two that share their first n bits still do. `key`
    (at least 16 bytes) is that of the logs by default; the result does not carry it. The
    beginnings of rejected lines and e-mail addresses in text are dropped. Raises BadCall for a
    short key.
    Source of the address mapping: Xu, Fan, Ammar, Moon, "Prefix-preserving IP address
    anonymization" (ICNP 2002), with keyed BLAKE2b in place of the block cipher.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.pseudonymise(logs).events.num_rows == logs.events.num_rows
    True
    """
    key = naming_key(logs, key)
    return replace(
        logs,
        dataset=mapped(logs.dataset, partial(masked_by, key=key)),
        changes=masked_by(logs.changes, key=key),
        rejects=_emptied(logs.rejects, "first_bytes"),
        sources=_without_actors(logs.sources, logs.changes, person_names(key)),
        key=b"",
    )


def naming_key(logs: Logs, given: bytes | None) -> bytes:
    """The key of pseudonyms: the one given, that of the logs, or a new one.

    Never an empty one, with which anybody could test guesses of names. Raises BadCall for a short
    key.
    """
    return Fingerprints(given or logs.key or new_key()).key


TYPED: Final = "[redacted:typed]"


def without_typed(logs: Logs) -> Logs:
    """Return `logs` without what was typed as a name that nobody has: people type passwords there.

    For results that show identities; `pseudonymise` hides these names like all others.
    """
    return replace(logs, dataset=mapped(logs.dataset, _untyped))


def _untyped(table: pa.Table) -> pa.Table:
    told = pc.and_(pc.equal(table["reason"], "unknown_user"), pc.equal(table["outcome"], "failure"))
    told = pc.fill_null(told, fill_value=False)
    if not pc.any(told).as_py():
        return table
    typed = table.filter(told)
    old, typed = typed, _with(typed, "user", _renamed(typed["user"], lambda _: TYPED))
    for name, column in _texts(old, typed).items():
        typed = _with(typed, name, column)
    places = pa.table({"place": pa.array(range(len(table)), pa.int64())})
    order = pa.concat_tables([places.filter(pc.invert(told)), places.filter(told)])
    both = pa.concat_tables([table.filter(pc.invert(told)), typed])
    return both.take(pc.sort_indices(order["place"]))


def person_names(key: bytes) -> Rename:
    """Return the function from a name to its pseudonym."""
    return lambda name: f"user-{_keyed(key, b'person', name.encode()).hex()[:16]}"


def address_names(key: bytes) -> Rename:
    """Return the function from an address to its pseudonym; what is no address is a name.

    >>> address_names(b"0" * 32)("192.0.2.7") == address_names(b"0" * 32)("192.0.2.7")
    True
    """
    person = person_names(key)

    @cache
    def flips(before: bytes, length: int) -> int:
        """256 bits, one a node of the binary tree over the next octet (node 1 is its root)."""
        return int.from_bytes(_keyed(key, b"address%d" % length, before))

    def mixed(octets: bytes) -> bytes:
        out = bytearray()
        for place, octet in enumerate(octets):
            tree, node, flipped = flips(octets[:place], len(octets)), 1, 0
            for shift in range(7, -1, -1):
                flipped |= (tree >> node & 1) << shift
                node = node << 1 | octet >> shift & 1
            out.append(octet ^ flipped)
        return bytes(out)

    def rename(text: str) -> str:
        try:
            packed = ipaddress.ip_address(text).packed
        except ValueError:
            return person(text)
        return str(ipaddress.ip_address(mixed(packed)))

    return rename


def _ip_key(text: str) -> str | None:
    found = canonical(text)
    return None if found is None else address_key(found)


def _keyed(key: bytes, kind: bytes, value: bytes) -> bytes:
    short = key if len(key) <= 64 else hashlib.blake2b(key).digest()
    return hashlib.blake2b(value, digest_size=32, key=short, person=kind).digest()


def masked_by(table: pa.Table, *, key: bytes) -> pa.Table:
    """Return a table of events or changes, or some of their columns, with pseudonyms by a key.

    The key travels to where the rows are; functions would not.
    """
    return _masked(table, person_names(key), address_names(key))


def _masked(table: pa.Table, person: Rename, address: Rename) -> pa.Table:
    """Rename the people and addresses of every row, in their columns and in its text."""
    old = table
    for name in (name for name in PEOPLE if name in table.column_names):
        table = _with(table, name, _renamed(table[name], person))
    if "source_ip" in table.column_names:
        table = _with(table, "source_ip", _renamed(table["source_ip"], address))
    if "source_ip_key" in table.column_names:
        table = _with(table, "source_ip_key", _renamed(table["source_ip"], _ip_key))
    if "source_ip_chain" in table.column_names:
        chain = _renamed_lists(table["source_ip_chain"], address)
        table = _with(table, "source_ip_chain", chain)
    for name, column in _texts(old, table).items():
        table = _with(table, name, column)
    return table


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), column)


def _renamed(column: pa.ChunkedArray, rename: Callable[[str], str | None]) -> pa.ChunkedArray:
    """Rename each distinct value once; null stays null."""
    distinct = column.unique().drop_null()
    names = pa.array([rename(name) for name in distinct.to_pylist()], pa.string())
    return names.take(pc.index_in(column, distinct))


def _renamed_lists(column: pa.ChunkedArray, rename: Rename) -> pa.ChunkedArray:
    """Rename the strings inside the lists, which keep their lengths."""
    chunks = []
    for lists in column.chunks:
        values = _renamed(pa.chunked_array([lists.flatten()], pa.string()), rename)
        ends = pc.cumulative_sum(pc.fill_null(pc.list_value_length(lists), 0))
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])
        flat = values.combine_chunks()
        chunks.append(pa.ListArray.from_arrays(offsets, flat, mask=lists.is_null()))
    return pa.chunked_array(chunks, column.type)


def _texts(old: pa.Table, new: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return the text columns with each row's own names replaced and mail addresses dropped."""
    texts = [name for name in TEXTS if name in old.column_names]
    names = [name for name in (*PEOPLE, "source_ip") if name in old.column_names]
    chains = ["source_ip_chain"] if "source_ip_chain" in old.column_names else []
    masked = old.select([*texts, *names, *chains])
    for name in names + chains:
        masked = masked.append_column(f"new_{name}", new[name])
    masked = masked.append_column("row", pa.array(range(old.num_rows), pa.int64()))
    pairs = [(f'"{name}"', f'"new_{name}"') for name in names]
    hops = [f"try_element_at({{}}, {hop})" for hop in range(1, HOPS + 1)]
    pairs += [(hop.format(c), hop.format(f"new_{c}")) for c in chains for hop in hops]
    shown = ", ".join(_replaced(text, pairs) for text in texts)
    result = run_sql(f"SELECT {shown} FROM masked ORDER BY row", masked=masked)
    return {
        name: pc.replace_substring_regex(result[name], EMAIL, "[redacted:email]") for name in texts
    }


def _replaced(text: str, pairs: list[tuple[str, str]]) -> str:
    expression = f'"{text}"'
    for old, new in pairs:
        needle = f"CASE WHEN length({old}) >= {SHORTEST} THEN {old} ELSE '' END"
        expression = f"replace({expression}, {needle}, coalesce({new}, ''))"
    return f'{expression} AS "{text}"'


def _emptied(table: pa.Table, name: str) -> pa.Table:
    return _with(table, name, pa.chunked_array([pa.nulls(table.num_rows, pa.string())]))


def _without_actors(sources: pa.Table, changes: pa.Table, person: Rename) -> pa.Table:
    """Rename in prose the people who made the changes; drop its mail addresses."""
    actors = [name for name in changes["actor"].unique().to_pylist() if name]
    actors = sorted((name for name in actors if len(name) >= SHORTEST), key=len, reverse=True)
    notes = pc.replace_substring_regex(sources["notes"], EMAIL, "[redacted:email]")
    if actors:
        named = re.compile(rf"\b(?:{'|'.join(map(re.escape, actors))})\b")
        texts = [
            text and named.sub(lambda found: person(found[0]), text) for text in notes.to_pylist()
        ]
        notes = pa.chunked_array([pa.array(texts, pa.string())])
    return _with(sources, "notes", notes)
