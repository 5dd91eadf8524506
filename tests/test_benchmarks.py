"""What is measured is true: made logs are read as what they are, and the peers do equal work."""

import json

import pytest
from made_logs import KINDS, make
from python_core import Core
from python_nginx import read_nginx

import authlogs as al

LINES = 3_000
KEY = b"0" * 32


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A file of each kind, what it holds, and what authlogs reads in it."""
    place = tmp_path_factory.mktemp("made")
    told = {}
    for kind in KINDS:
        path = place / f"{kind}.log"
        counts = make(kind, path, LINES)
        told[kind] = (path, counts, al.read(path, tz="UTC", year=2024, key=KEY))
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_a_made_log_is_read_as_what_it_is(made, kind):
    _, counts, logs = made[kind]
    formats = logs.events["format"].to_pylist()
    assert formats.count(KINDS[kind][1]) >= 0.99 * (counts["records"] - counts["cut"])
    assert logs.tally().total.lines == counts["lines"]
    assert logs.tally().holds


def test_no_line_comes_twice(made):
    path, _, _ = made["nginx"]
    lines = path.read_bytes().splitlines()
    assert len(set(lines)) == len(lines)


def test_the_same_seed_makes_the_same_log(tmp_path):
    one, same, other = (tmp_path / name for name in ("one.log", "same.log", "other.log"))
    for path, seed in ((one, 1), (same, 1), (other, 2)):
        make("sshd", path, 500, seed=seed)
    assert one.read_bytes() == same.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("kind", ["nginx", "json"])
def test_the_peer_does_equal_work(made, kind):
    if kind == "json":
        pytest.importorskip("orjson")
        from python_json import read_json as work
    else:
        work = read_nginx
    path, _, logs = made[kind]
    ours = logs.events
    events, rejects = work(path)
    filled = {name for name in ours.column_names if ours[name].null_count < len(ours)}
    assert filled == set(events.column_names)
    for name in filled - {"extra"}:
        assert events[name].to_pylist() == ours[name].to_pylist(), name
    if kind == "nginx":
        assert list(map(json.loads, events["extra"].to_pylist())) == list(
            map(json.loads, ours["extra"].to_pylist())
        )
    place = ["line_no", "byte_offset", "byte_length"]
    assert len(rejects) == made[kind][1]["cut"] > 0
    assert rejects.select(place).to_pylist() == logs.rejects.select(place).to_pylist()


@pytest.mark.parametrize("kind", ["nginx", "json"])
def test_the_peer_lets_no_secret_through(made, kind):
    if kind == "json":
        pytest.importorskip("orjson")
        from python_json import read_json as work
    else:
        work = read_nginx
    path, _, _ = made[kind]
    text = path.read_text(encoding="utf-8")
    names = ("code=", "state=", "token=", '"client_secret":"', '"session_id":"')
    secrets = {piece[:16] for name in names for piece in text.split(name)[1:] if len(piece) > 16}
    assert len(secrets) > 100
    told = json.dumps([table.to_pydict() for table in work(path)], default=str)
    assert not [secret for secret in secrets if secret in told]


def test_a_file_is_cut_into_blocks_at_line_ends(tmp_path):
    path = tmp_path / "some.log"
    path.write_bytes("one\nzwölf\n\nlast".encode())
    blocks = list(Core("some.log", "any", block=5).lines(path))
    assert [text for block in blocks for text in block.texts] == ["one", "zwölf", "", "last"]
    assert [at for block in blocks for at in block.offsets] == [0, 4, 11, 12]
    assert [at for block in blocks for at in block.lengths] == [3, 6, 0, 4]
    assert [block.number for block in blocks] == [1, 2, 4]
