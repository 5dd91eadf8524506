"""A trail is what its identifiers tie together, and nothing else; secrets stand nowhere in it."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.query.linking import COLUMNS, MOST_SHARING, ROUNDS
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES
from authlogs.secrets import Fingerprints

START = datetime(2024, 5, 3, 14, tzinfo=UTC)
KEY = b"k" * 32
KIND_OF = {name: kind for kind, names in COLUMNS.items() for name in names}
PLACES = {
    "user": st.sampled_from(["ana", "bob", "cy", "dee", "eve", "fay", "gus"]),
    "user_id": st.sampled_from(["u1", "u2"]),
    "sub": st.sampled_from(["u1", "ana"]),
    "token_hash": st.sampled_from(["t1", "t2"]),
    "jti": st.sampled_from(["j1", "j2", "t1"]),
    "session_hash": st.sampled_from(["s1", "s2"]),
    "request_id": st.sampled_from(["r1", "r2", "r3"]),
    "trace_id": st.sampled_from(["r1", "r4"]),
    "attempt_id": st.sampled_from(["r1", "host:1"]),
    "source_ip": st.sampled_from(["192.0.2.1", "192.0.2.2"]),
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=PLACES), min_size=1, max_size=14)


def table(rows):
    told = [
        {"time": START + timedelta(seconds=60 * at), "source_file": "a.log", "byte_offset": at}
        | row
        for at, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(told, EVENTS)


def logs_of(rows, changes=(), key=KEY):
    import pyarrow.dataset as ds

    told = pa.Table.from_pylist(list(changes), CHANGES)
    return al.Logs(
        ds.dataset(table(rows)), told, REJECTS.empty_table(), SOURCES.empty_table(), key=key
    )


def ids(row):
    return {(KIND_OF[name], value) for name, value in row.items() if name in KIND_OF}


def name_of(row):
    return row.get("user") or row.get("user_id") or row.get("sub")


def twin(rows, asked, reach):
    """The same in plain Python: which rows belong to the trail of one identifier."""
    kind = asked[0]
    known, fresh, refused, met = {asked}, {asked}, set(), set()
    nameless = kind not in ("user", "ip")
    for turn in range(ROUNDS):
        if not fresh:
            break
        met |= {at for at, row in enumerate(rows) if ids(row) & fresh}
        sharing = {}
        for at in met:
            for one in ids(rows[at]):
                sharing.setdefault(one, set()).add(name_of(rows[at]))
        shared = {
            one
            for one, names in sharing.items()
            if one[0] != "user" and len(names - {None}) > MOST_SHARING
        }
        good = fresh if turn == 0 else fresh - shared
        linked = [rows[at] for at in met if ids(rows[at]) & good]
        told = set()
        for row in linked:
            ours = name_of(row) is None or any(
                ("user", row.get(name)) in known for name in COLUMNS["user"]
            )
            if ours or nameless or kind == "ip":
                told |= {one for one in ids(row) if one[0] != "ip"}
        refused |= (told & shared) - {asked}
        known -= refused
        new = told - shared - known - refused
        names = {one for one in new if one[0] == "user"}
        fresh = new - names
        known |= fresh
        if 0 < len(names) <= MOST_SHARING and (kind == "user" or nameless):
            known |= names
            nameless = False
            if kind == "user":
                fresh = new
    narrow = known if kind == "user" else {one for one in known if one[0] != "user"}
    found = {at for at in met if ids(rows[at]) & narrow}
    people = {one for one in known if one[0] == "user"}
    if kind not in ("user", "ip") and found:
        first, last = min(found) * 60 - reach, max(found) * 60 + reach
        near = {at for at, row in enumerate(rows) if first <= at * 60 <= last}
        found |= {at for at in near if ids(rows[at]) & people}
    return found


def printed(name, value):
    """A value as a fingerprint would look, where it stands for one."""
    if KIND_OF[name] not in ("token", "session"):
        return value
    return f"{value:0>32}".translate(str.maketrans("tjs", "def"))


@settings(max_examples=30)
@given(rows=ROWS, pick=st.integers(0, 1000))
def test_a_trail_has_the_rows_that_a_plain_loop_finds(rows, pick):
    everything = sorted(set().union(*map(ids, rows)) or {("user", "ana")})
    kind, value = everything[pick % len(everything)]
    asked = {kind: value}
    if kind in ("token", "session"):  # fingerprints are asked for as themselves
        rows = [{n: printed(n, v) for n, v in row.items()} for row in rows]
        value = printed("jti", value)
        asked = {kind: value}
    found = al.trail(logs_of(rows), **asked, reach_s=90)
    assert set(found.events["byte_offset"].to_pylist()) == twin(rows, (kind, value), 90)


LOGIN = [
    {"user": "ana", "trace_id": "r1", "service": "web", "event_type": "login"},
    {"trace_id": "r1", "jti": "j1", "service": "issuer", "event_type": "token_issue"},
    {"jti": "j1", "request_id": "r9", "service": "gateway", "event_type": "token_validate"},
    {"user": "ana", "user_id": "u1", "session_hash": "0" * 32, "service": "idp"},
    {"user": "bob", "trace_id": "r2", "service": "web", "event_type": "login"},
]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({"user": "ana"}, [0, 1, 2, 3]),
        ({"user": "u1"}, [0, 1, 2, 3]),
        ({"token": "j1"}, [0, 1, 2, 3]),
        ({"request": "r9"}, [0, 1, 2, 3]),
        ({"session": "0" * 32}, [0, 3]),
        ({"user": "bob"}, [4]),
    ],
)
def test_links_lead_from_request_to_token_to_person(asked, rows):
    found = al.trail(logs_of(LOGIN), **asked)
    assert found.events["byte_offset"].to_pylist() == rows


def test_a_raw_token_is_fingerprinted_and_told_nowhere():
    raw, session = "the-raw-token-of-ana", "raw-session"
    prints = Fingerprints(KEY)
    rows = [
        {"token_hash": prints.one(raw), "service": "web"},
        {"session_hash": prints.one(session), "service": "app"},
    ]
    for asked, row in (
        ({"token": raw}, 0),
        ({"token": f"Bearer {raw}"}, 0),
        ({"token": prints.one(raw)}, 0),
        ({"session": session}, 1),
    ):
        found = al.trail(logs_of(rows), **asked)
        assert found.events["byte_offset"].to_pylist() == [row]
        shown = repr(found) + found._repr_html_() + str(found.to_pandas()) + found.asked
        assert raw not in shown and session not in shown
    with pytest.raises(al.BadCall, match="no key") as told:
        al.trail(logs_of(rows, key=b""), token=raw)
    assert raw not in str(told.value)


def test_what_many_share_links_nobody():
    shared = [{"user": f"user{n}", "attempt_id": "host:7", "request_id": f"q{n}"} for n in range(9)]
    found = al.trail(logs_of(shared), user="user3")
    assert found.events["byte_offset"].to_pylist() == [3]
    assert "host:7" not in found.identifiers["value"].to_pylist()
    asked = al.trail(logs_of(shared), request="host:7")
    assert len(asked) == 9


def test_a_stolen_token_is_seen_and_its_thief_not_followed():
    rows = [
        {"user": "ana", "token_hash": "a" * 32},
        {"user": "eve", "token_hash": "a" * 32, "request_id": "r1"},
        {"user": "eve", "request_id": "r1"},
    ]
    found = al.trail(logs_of(rows), user="ana")
    assert found.events["byte_offset"].to_pylist() == [0, 1]


def test_changes_meanwhile_stand_between_the_events():
    changes = [
        {"time": START + timedelta(seconds=s), "end_time": end, "change_type": "deploy"}
        for s, end in (
            (-7200, None),
            (-7200, START + timedelta(seconds=30)),
            (90, None),
            (7200, None),
        )
    ]
    found = al.trail(logs_of(LOGIN, changes), user="ana")
    assert len(found.changes) == 2
    told = found.to_arrow()
    assert told["what"].to_pylist() == ["change", "event", "event", "change", "event", "event"]
    times = told["time"].to_pylist()
    assert times == sorted(times)


@pytest.mark.parametrize("asked", [{}, {"user": ""}, {"user": "ana", "ip": "192.0.2.1"}])
def test_exactly_one_thing_is_followed(asked):
    with pytest.raises(al.BadCall, match="one thing"):
        al.trail(logs_of(LOGIN), **asked)


def test_events_without_the_columns_are_refused():
    with pytest.raises(al.BadCall, match=r"lack .*session_hash"):
        al.trail(table(LOGIN).select(["time", "user"]), user="ana")


def test_hostile_values_are_values():
    for asked in ({"user": "' OR 1=1 --"}, {"ip": "$1"}, {"request": '"\x00'}):
        assert len(al.trail(logs_of(LOGIN), **asked)) == 0


def test_the_lockout_is_followed_from_a_rejected_token(sample_logs):
    """Hand-checked in the lines of keycloak.log, token-issuer.log, web-app.jsonl, gateway.log."""
    found = al.trail(sample_logs, token="0c312af638d95dd5")
    assert found.services == ("keycloak", "token-issuer", "web", "gateway")
    assert found.events["outcome"].to_pylist() == ["success"] * 4 + ["failure"]
    assert found.events["reason"][-1].as_py() == "invalid_signature"
    assert "5.13.0" in found.changes["version"].to_pylist()
    assert "script" not in found._repr_html_()


def test_identifiers_by_the_dozen_are_followed_too():
    first = [{"session_hash": "a" * 32, "request_id": f"q{at}"} for at in range(70)]
    last = [{"request_id": f"q{at}", "trace_id": f"q{at}"} for at in range(70)]
    found = al.trail(logs_of([*first, *last, {"request_id": "other"}]), session="a" * 32).events
    assert found["byte_offset"].to_pylist() == list(range(140))
