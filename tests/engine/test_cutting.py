"""The pieces of a file give the very rows, rejects and counts of the whole."""

import hashlib
import random

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mixed_logs import ZONE, app_lines, keycloak_lines

from authlogs.parse.cutting import cut_file
from authlogs.parse.files import FileRead
from authlogs.parse.probing import probe
from authlogs.parse.reader import Settings
from authlogs.parse.registry import load_registry
from authlogs.schema import TALLY
from authlogs.secrets import Fingerprints
from authlogs.sources.find import find
from authlogs.window import parse_zone


@pytest.fixture(scope="module")
def known():
    return Settings(load_registry(), Fingerprints(b"k" * 32))


def read(path, known, pieces):
    """Events, changes and rejects of the pieces one after the other, and their rows of sources."""
    (found,) = find(path).files
    probed = probe(found, known)
    tables, rows = {"events": [], "changes": [], "rejects": []}, []
    for piece in pieces:
        one = FileRead(probed, known, zone=parse_zone(ZONE), zone_name=ZONE, piece=piece)
        for chunk in one.chunks():
            for name, parts in tables.items():
                parts.append(getattr(chunk, name))
        rows.append(one.source())
    whole = {name: pa.concat_tables(parts).to_pylist() for name, parts in tables.items() if parts}
    return whole, rows


def pieces_of(path, known, size):
    (found,) = find(path).files
    return cut_file(path, probe(found, known).recognition.order, size=size)


def agree(path, known, size):
    cut = pieces_of(path, known, size)
    whole, (row,) = read(path, known, [None])
    parts, rows = read(path, known, cut.pieces)
    for name, told in whole.items():
        assert parts.get(name, []) == told, name
    assert {n: sum(r[n] for r in rows) for n in TALLY} == {n: row[n] for n in TALLY}
    assert (cut.sha256, cut.size) == (row["sha256"], row["size"])
    return cut


LINES = {"app": lambda seed: list(app_lines(60, seed)), "keycloak": lambda _: [*keycloak_lines(80)]}


@settings(max_examples=6)
@given(
    st.sampled_from(sorted(LINES)),
    st.tuples(st.integers(0, 9), st.integers(900, 6_000)),
    st.tuples(st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n"]), st.booleans()),
)
@example("app", (1, 700), ("\ufeff", "\r\n", False))
def test_pieces_give_what_the_whole_gives(tmp_path_factory, known, kind, sized, written):
    seed, size = sized
    mark, newline, ended = written
    text = mark + newline.join(LINES[kind](seed)) + (newline if ended else "")
    path = tmp_path_factory.mktemp("cut") / "app.log"
    path.write_bytes(text.encode())
    agree(path, known, size)


def test_a_piece_begins_after_what_continues_the_record_before(tmp_path, known):
    path = tmp_path / "app.log"
    lines = [line + "\n" for line in app_lines(120, 5)]
    path.write_text("".join(lines), encoding="utf-8")
    cut = agree(path, known, 2_000)
    assert len(cut.pieces) > 5
    assert cut.pieces[0].start == 0
    text = path.read_bytes()
    for before, piece in zip(cut.pieces, cut.pieces[1:], strict=False):
        assert before.end == piece.start
        assert text[: piece.start].count(b"\n") + 1 == piece.first_line
        assert text[piece.start :].startswith(b'{"@timestamp"')


def test_pieces_reach_across_what_is_read_at_a_time(tmp_path, known):
    """Files of several MiB, cut where the reading of bytes pauses."""
    path = tmp_path / "large.log"
    lines = list(app_lines(2_000, 7))
    random.Random(7).shuffle(lines)
    path.write_text("\n".join(lines * 5), encoding="utf-8")
    cut = pieces_of(path, known, 700_000)
    assert len(cut.pieces) > 2
    assert cut.pieces[-1].end == path.stat().st_size
    assert cut.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    text = path.read_bytes()
    assert all(text[: p.start].count(b"\n") + 1 == p.first_line for p in cut.pieces)


def test_where_no_record_begins_there_is_no_cut(tmp_path, known):
    path = tmp_path / "words.log"
    path.write_text("words that no format knows\n" * 500, encoding="utf-8")
    assert len(pieces_of(path, known, 1_000).pieces) == 1
