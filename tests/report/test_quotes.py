"""The lines behind the findings: the original bytes by hash and place, the text without secrets."""

import dataclasses
import gzip
import hashlib
import json

import pytest
from cli_cases import LOGIN
from example_investigation import example
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.report.original_bytes import _cut
from authlogs.report.quotes import GONE, UNSHOWN, quotes

KEY = b"k" * 32
NAMES = ("ana", 'o"hara', "zoë")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJlLXRoYXQtbXVzdC1nbw"


def line(name, minute):
    told = LOGIN | {
        "@timestamp": f"2024-05-03T14:{minute:02d}:00Z",
        "user": {"name": name},
        "message": f"login of {name} from 192.0.2.7 with Authorization: Bearer {TOKEN}",
    }
    return json.dumps(told, ensure_ascii=minute % 2 == 0)


@pytest.fixture(scope="module")
def lines():
    return [line(NAMES[n % 3], n) for n in range(12)]


@pytest.fixture(scope="module")
def folder(lines, tmp_path_factory):
    path = tmp_path_factory.mktemp("logs")
    text = "\n".join(lines) + "\n"
    (path / "app.jsonl").write_text(text, encoding="utf-8")
    (path / "old.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    (path / "changes.csv").write_text(
        "time,change_type,service,version,actor,id\n"
        "2024-05-03T14:41:00Z,deploy,web,5.13.0,mallory,D-1\n"
    )
    return path


@pytest.fixture(scope="module")
def logs(folder):
    return al.read(folder, key=KEY)


@pytest.fixture(scope="module")
def found():
    rows = ("app.jsonl:2", "old.jsonl.gz:3", "app.jsonl:99", "gone.log:1")
    incident = example().incidents[0]
    first, *others = incident.suspects
    finding = dataclasses.replace(first.evidence[0], rows=rows, kind="token_lineage")
    first = dataclasses.replace(first, evidence=(finding,))
    return example(dataclasses.replace(incident, suspects=(first, *others)))


def by_row(told):
    return {quote.row: quote for quote in told}


def test_each_line_has_the_place_and_hash_of_its_original_bytes(found, logs, lines):
    told = by_row(quotes(found, logs))
    assert set(told) == {"changes.csv:2", "app.jsonl:2", "old.jsonl.gz:3"}
    whole = ("\n".join(lines) + "\n").encode()
    for row, number in (("app.jsonl:2", 1), ("old.jsonl.gz:3", 2)):
        quote, original = told[row], lines[number].encode()
        stands = whole[quote.byte_offset : quote.byte_offset + quote.byte_length]
        assert stands.rstrip(b"\n") == original
        assert quote.sha256 == hashlib.sha256(stands).hexdigest()
        assert quote.behind == ("token lineage",)
    assert told["changes.csv:2"].behind == ("record D-1",)


def test_texts_name_nobody_and_hold_no_secret(found, logs):
    told = quotes(found, logs)
    texts = "".join(quote.text for quote in told)
    for secret in ("hara", "zo\\u00eb", "zoë", "mallory", "192.0.2.7", "eyJ", "c2lnbmF0dXJl"):
        assert secret not in texts, secret
    assert texts.count("user-") == 2 * 2 + 1  # in the field and in the message; the actor
    shown = al.pseudonymise(logs).events.to_pylist()
    assert {row["user"] for row in shown if row["user"] in texts} == {
        row["user"] for row in shown if row["line_no"] in {2, 3}
    }


def test_identities_are_shown_when_asked_for_and_secrets_never(found, logs):
    texts = "".join(quote.text for quote in quotes(found, logs, identities=True))
    assert "mallory" in texts
    assert "192.0.2.7" in texts
    assert "eyJ" not in texts


def test_without_the_names_of_the_logs_no_text_is_shown(found, logs):
    told = quotes(found, al.pseudonymise(logs))
    assert {quote.text for quote in told} == {UNSHOWN}
    assert all(quote.sha256 for quote in told)


def test_a_file_that_is_gone_or_shorter_is_said(found, lines, tmp_path):
    for name in ("app.jsonl", "old.jsonl.gz"):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    logs = al.read(tmp_path, key=KEY)
    (tmp_path / "app.jsonl").unlink()
    (tmp_path / "old.jsonl.gz").write_text("short")
    assert {(q.text, q.sha256) for q in quotes(found, logs)} == {(GONE, None)}


@settings(max_examples=60)
@given(
    st.binary(max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 20)), max_size=6),
    st.integers(1, 9),
)
def test_any_stretch_is_cut_out_however_the_stream_comes(data, spans, size):
    pieces = [data[n : n + size] for n in range(0, len(data), size)]
    spots = sorted({("x", *span) for span in spans})
    found = _cut(list(spots), iter(pieces))
    for spot in spots:
        _, offset, length = spot
        if offset + length <= len(data) and (length or pieces):
            assert found.get(spot, b"") == data[offset : offset + length]
        else:
            assert spot not in found
