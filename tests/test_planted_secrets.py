"""Sixty and more kinds of secret are planted everywhere a log can hold them; none comes out."""

import json

import pyarrow as pa
import pytest
from cli_cases import authlogs
from planted import KINDS, TIME, plants

import authlogs as al
from authlogs.secrets import redact, redact_json

ENDINGS = {"{": "app.jsonl", "1": "access.log", "t": "app.logfmt", "%": "odd.log", "2": "app.log"}
CORES = [kind.core for kind in KINDS]


def named(kind):
    """A secret as people write it down: alone where its shape tells it, else after its name."""
    return kind.text if not kind.names else f"{kind.names[0]}={kind.text}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of every kind of file, each line with a secret in it."""
    path = tmp_path_factory.mktemp("planted")
    files = {}
    for _, _, line in plants():
        files.setdefault(ENDINGS[line[0]], []).append(line)
    sheet = ["time,change_type,service,version,description,url,password"]
    for number, kind in enumerate(KINDS):
        told = (
            f'{TIME},deploy,web,1.{number},"used {named(kind)}",https://ci.example/?{named(kind)}'
        )
        sheet += [f"{told},{kind.text}", f"{told},{kind.text},a cell too many,{kind.text}"]
    files["deployments.csv"] = sheet
    files["postmortem.md"] = ["# Postmortem", *(f"- we used {named(kind)}" for kind in KINDS)]
    for name, lines in files.items():
        (path / name).write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def logs(folder):
    """All of it, read."""
    return al.read(folder, tz="UTC", year=2024)


def leaks(text):
    return [kind.name for kind in KINDS if kind.core in text]


def leaks_of(table):
    """Columns that hold secrets, with the kinds."""
    told = {}
    for column in table.column_names:
        values = {str(value) for value in table[column].to_pylist()}
        told |= {column: found} if (found := leaks("\n".join(sorted(values)))) else {}
    return told


def test_there_are_sixty_kinds_and_each_is_planted():
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 60
    assert all(len(core) >= 6 for core in CORES)
    held = {}
    for kind, place, line in plants():
        assert kind.core in line or "query" in place, (kind.name, place)
        held[kind.name] = held.get(kind.name, 0) + 1
    assert min(held.values()) >= 13


def test_no_text_keeps_one_and_a_second_look_changes_nothing():
    lines = list(plants())
    told = redact(pa.array([line for _, _, line in lines]))
    clean = zip(lines, told.to_pylist(), strict=True)
    assert [(kind.name, place) for (kind, place, _), text in clean if kind.core in text] == []
    assert redact(told).equals(told)


def test_json_keeps_none_and_stays_json():
    lines = [line for _, _, line in plants() if line.startswith("{")]
    for text in redact_json(pa.array(lines)).to_pylist():
        json.loads(text)
        assert not leaks(text)


@pytest.mark.parametrize("table", ["events", "changes", "rejects", "sources"])
def test_no_table_holds_one(logs, table):
    held = getattr(logs, table)
    assert held.num_rows > 5
    assert leaks_of(held) == {}


def test_the_lines_were_read(logs):
    """Else there would be nothing to find."""
    assert logs.events.num_rows > 1_200
    assert logs.changes.num_rows >= len(KINDS)
    assert "[redacted:" in str(logs.rejects["first_bytes"].to_pylist())


def test_no_store_holds_one(logs, tmp_path):
    logs.save(tmp_path / "store")
    kept = al.load(tmp_path / "store")
    for table in ("events", "changes", "rejects", "sources"):
        assert leaks_of(getattr(kept, table)) == {}
    for path in tmp_path.rglob("*.json"):
        assert not leaks(path.read_text())


def test_no_report_holds_one(logs, tmp_path):
    al.write_report(al.investigate(logs), tmp_path / "report")
    texts = [path for path in (tmp_path / "report").rglob("*") if path.suffix != ".png"]
    assert len(texts) >= 4
    for path in texts:
        if path.is_file():
            assert not leaks(path.read_text(errors="replace")), path.name


def test_no_figure_of_a_trail_and_no_word_of_it_holds_one(logs):
    way = al.trail(logs, user="ana")
    assert not leaks(str(way.to_arrow().to_pylist()) + way._repr_html_() + repr(way))
    assert not leaks(str(al.journeys(logs).to_pylist()))


def test_no_error_and_no_debug_output_holds_one(folder, logs):
    for name in ("odd.log", "deployments.csv"):
        with pytest.raises(al.AuthlogsError) as told:
            al.read(folder / name, tz="UTC", strict=True)
        assert not leaks(f"{told.value!r} {told.value}")
    assert not leaks(repr(logs) + logs._repr_html_() + repr(vars(logs)))


@pytest.mark.parametrize("name", sorted(ENDINGS.values()))
def test_no_explanation_holds_one(folder, name):
    ran = authlogs("parse", folder / name, "--tz", "UTC", "--explain")
    assert not leaks(ran.all)
