"""One person, one pseudonym; one neighbourhood, one neighbourhood; nothing else moves."""

import ipaddress
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import authlogs as al
from authlogs.pseudonyms import EMAIL, _masked, address_names, person_names
from authlogs.schema import CHANGES, EVENTS

KEY = b"a key of sixteen bytes at least"
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
address = address_names(KEY)
person = person_names(KEY)


def shared_bits(one, other):
    """How many leading bits two addresses of one family share."""
    differ = int(one) ^ int(other)
    return one.max_prefixlen - differ.bit_length()


@given(ADDRESSES)
def test_addresses_stay_addresses_of_their_family(real):
    assert ipaddress.ip_address(address(str(real))).version == real.version


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_neighbours_stay_neighbours(one, other):
    masked = [ipaddress.ip_address(address(str(each))) for each in (one, other)]
    assert shared_bits(*masked) == shared_bits(one, other)


@given(st.ip_addresses(v=6), st.integers(0, 127))
def test_ipv6_keeps_the_shared_bits(one, bit):
    other = ipaddress.IPv6Address(int(one) ^ (1 << bit))
    masked = [ipaddress.ip_address(address(str(each))) for each in (one, other)]
    assert shared_bits(*masked) == shared_bits(one, other)


def test_hosts_of_one_network_are_not_only_shifted():
    """One pad for a whole network would let one known host unmask all the others."""
    network = [f"192.0.2.{host}" for host in range(256)]
    masked = {int(ipaddress.ip_address(address(host))) & 255 for host in network}
    pads = {
        (int(ipaddress.ip_address(address(host))) ^ int(ipaddress.ip_address(host))) & 255
        for host in network
    }
    assert len(masked) == 256
    assert len(pads) > 30


def test_another_key_gives_other_names():
    other = b"another key of sixteen bytes"
    assert address_names(other)("192.0.2.7") != address("192.0.2.7") != "192.0.2.7"
    assert person_names(other)("ana") != person("ana") != "ana"


def test_what_is_no_address_is_a_name():
    assert address("vpn-7.example") == person("vpn-7.example")


def rows(schema, *given):
    return pa.Table.from_pylist(list(given), schema)


def masked(*given):
    return _masked(rows(EVENTS, *given), person, address).to_pylist()


def test_one_person_has_one_name_in_every_column():
    first, second = masked({"user": "ana", "user_id": "u-1", "sub": "u-1"}, {"user": "ana"})
    assert first["user"] == second["user"] == person("ana")
    assert first["user_id"] == first["sub"] == person("u-1")


def test_the_key_of_an_address_follows_the_address():
    (row,) = masked({"source_ip": "192.0.2.7", "source_ip_key": "0" * 32, "source_ip_chain": None})
    assert row["source_ip"] == address("192.0.2.7")
    # The IPv4-mapped form of RFC 4291, 2.5.5.2.
    mapped = int(ipaddress.ip_address("::ffff:" + row["source_ip"]))
    assert row["source_ip_key"] == f"{mapped:032x}"
    assert row["source_ip_chain"] is None


def test_chains_keep_their_shape():
    chains = [["192.0.2.7", "198.51.100.9"], None, [], ["2001:db8::1"]]
    got = [row["source_ip_chain"] for row in masked(*({"source_ip_chain": c} for c in chains))]
    assert got == [c and [address(hop) for hop in c] for c in chains]


def test_text_loses_the_names_of_its_own_row():
    (row,) = masked(
        {
            "user": "ana.rios",
            "source_ip": "192.0.2.7",
            "source_ip_chain": ["192.0.2.7", "198.51.100.9"],
            "message": "ana.rios from 192.0.2.7 via 198.51.100.9, mail to boss@example.com",
            "extra": json.dumps({"who": "ana.rios", "n": 1}),
            "http_path": "/u/ana.rios?mail=ana%40example.org",
            "user_agent": "crawler/1.0 (+boss@example.com; for ana.rios at 192.0.2.7)",
        }
    )
    everything = json.dumps(row, default=str)
    for name in ("ana", "192.0.2.7", "198.51.100.9", "boss", "example"):
        assert name not in everything
    assert json.loads(row["extra"]) == {"who": person("ana.rios"), "n": 1}
    assert row["message"].startswith(f"{person('ana.rios')} from {address('192.0.2.7')} via ")


def test_short_names_are_not_found_inside_words():
    (row,) = masked({"user": "a", "message": "a failed attempt"})
    assert row["message"] == "a failed attempt"


def test_actors_of_changes():
    table = rows(CHANGES, {"actor": "maria", "description": "maria rolled back", "version": "1"})
    (row,) = _masked(table, person, address).to_pylist()
    assert row["actor"] == person("maria")
    assert row["description"] == f"{person('maria')} rolled back"
    assert row["version"] == "1"


TEXT = st.text("abñ@.1 '\"[", max_size=12)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "user": TEXT,
        "user_id": TEXT,
        "source_ip": ADDRESSES.map(str),
        "source_ip_chain": st.lists(ADDRESSES.map(str), max_size=3),
        "message": TEXT,
        "service": TEXT,
        "reason": TEXT,
        "line_no": st.integers(1, 9),
    },
)


@given(st.lists(ROW, max_size=6))
def test_everything_else_stays(given):
    table = rows(EVENTS, *given)
    got = _masked(table, person, address)
    assert got.schema.equals(table.schema)
    changed = {"user", "user_id", "source_ip", "source_ip_key", "source_ip_chain", "message"}
    kept = [name for name in table.column_names if name not in changed]
    assert got.select(kept).equals(table.select(kept))
    for name in ("user", "user_id", "source_ip"):
        before, after = table[name].to_pylist(), got[name].to_pylist()
        assert [each is None for each in before] == [each is None for each in after]
        assert len(set(before)) == len(set(after))


def test_mail_addresses_are_known_by_their_shape():
    import re

    assert re.fullmatch(EMAIL, "ana.rios+x@mail.example.co")
    assert not re.search(EMAIL, "user@host")


def test_a_short_key_is_refused(sample_logs):
    with pytest.raises(al.BadCall, match="can be guessed"):
        al.pseudonymise(sample_logs, key=b"short")


def test_logs_are_renamed_throughout(sample_logs):
    got = al.pseudonymise(sample_logs, key=KEY)
    users = {user for user in sample_logs.events["user"].unique().to_pylist() if user}
    assert users
    assert users.isdisjoint(got.events["user"].unique().to_pylist())
    assert got.events["time"].equals(sample_logs.events["time"])
    assert got.rejects["first_bytes"].null_count == sample_logs.rejects.num_rows
    assert got.tally() == sample_logs.tally()


def test_actors_are_renamed_in_prose_too(sample_logs):
    got = al.pseudonymise(sample_logs, key=KEY)
    actors = {actor for actor in sample_logs.changes["actor"].to_pylist() if actor}
    prose = " ".join(text for text in got.sources["notes"].to_pylist() if text)
    assert actors
    assert not [actor for actor in actors if actor in prose]
