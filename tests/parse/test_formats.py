"""The contract of docs/format-files.md, one test an item, for every format that ships."""

import json
import re
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from formats_page import PAGE, WRITTEN, page
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.parse.clock import Clock
from authlogs.parse.delimited import Sheet, find_heading
from authlogs.parse.engine import assign
from authlogs.parse.extended import ExtendedLog
from authlogs.parse.format import SHAPES, bad_pattern
from authlogs.parse.format_file import bad_expressions
from authlogs.parse.ordering import one_line, plain_lines
from authlogs.parse.registry import load_registry
from authlogs.parse.rules import apply_rules
from authlogs.schema import CHANGE_TYPES, CHANGES, EVENT_TYPES, EVENTS, OUTCOMES
from authlogs.sources.lines import cut_blocks

REGISTRY = load_registry()
FORMATS = {one.name: one for one in REGISTRY.formats}
SAMPLES = {
    f"{one.name}-{number}": (one, sample)
    for one in REGISTRY.formats
    for number, sample in enumerate(one.samples, 1)
}
TEXTS = {name: one for name, one in FORMATS.items() if one.shape == "text"}
GOOD = [key for key, (_, sample) in SAMPLES.items() if not (sample.reject or sample.filtered)]
LOCAL = ("America/Bogota", "-05:00")
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.([\w-]+)")
CODE = re.compile(r"[?&](?:code|state)=([\w-]+)")


@dataclass(frozen=True)
class Told:
    """What one sample gave, of the tables that its reading gave, and the name of its file."""

    file: str
    events: list
    changes: list
    rejects: list
    filtered: int

    def rows(self, kind):
        return self.events if kind == "events" else self.changes


def stands_with_others(one, sample):
    """Whether a sample can stand in a file with others of its format and be told by its line."""
    alone = one.shape in ("csv", "w3c", "xml") or "\n" in sample.line or sample.year is not None
    return not (alone or sample.reject or sample.filtered)


def by_file(table):
    """The rows of a table, file by file."""
    rows = {}
    for row in table.to_pylist():
        rows.setdefault(row["source_file"], []).append(row)
    return rows


def placed(zone, year):
    """The samples of a zone and a year as files: their lines, and where each sample stands."""
    lines, places = {}, {}
    for key, (one, sample) in SAMPLES.items():
        if (sample.zone, sample.year) == (zone, year):
            shared = stands_with_others(one, sample)
            file = f"{one.name if shared else key}.{one.shape}"
            lines.setdefault(file, []).append(sample.line)
            places[key] = (file, len(lines[file]) if shared else None)
    return lines, places


@pytest.fixture(scope="session")
def read_sample(tmp_path_factory):
    """A function that reads a sample, among all formats, once.

    Those of a zone and a year are read in one call, which costs as much as two files.
    """

    @cache
    def together(zone, year):
        folder = tmp_path_factory.mktemp("samples")
        lines, places = placed(zone, year)
        for file, texts in lines.items():
            (folder / file).write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        logs = al.read(folder, tz=zone, year=year)
        filtered = {row["source_file"]: row["filtered"] for row in logs.sources.to_pylist()}
        return places, filtered, *map(by_file, (logs.events, logs.changes, logs.rejects))

    @cache
    def read(key):
        _, sample = SAMPLES[key]
        places, filtered, *tables = together(sample.zone, sample.year)
        file, line = places[key]
        rows = [
            [row for row in table.get(file, []) if line in (None, row["line_no"])]
            for table in tables
        ]
        return Told(file, *rows, filtered[file])

    return read


def plain(value):
    """A cell as a sample writes it: nothing as an empty text, times in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.astimezone(UTC)
    return value


def wanted(value, column):
    if column in ("time", "end_time", "observed_time") and value:
        return datetime.fromisoformat(value)
    return value


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_gives_what_it_wants(key, read_sample):
    one, sample = SAMPLES[key]
    told = read_sample(key)
    if sample.reject:
        assert not told.events and not told.changes
        assert told.rejects
        return
    if sample.filtered:
        assert not told.events and not told.rejects
        assert told.filtered == 1
        return
    rows = [dict(row) for row in told.rows(one.kind)]
    for row in rows:  # an attempt without a request's id is named after its file
        if row.get("attempt_id"):
            row["attempt_id"] = row["attempt_id"].replace(told.file, f"sample.{one.shape}")
    got = [
        {name: plain(row[name]) for name in want}
        for row, want in zip(rows, sample.wants, strict=True)
    ]
    assert got == [
        {name: wanted(value, name) for name, value in want.items()} for want in sample.wants
    ]


@pytest.mark.parametrize("key", GOOD)
def test_a_sample_is_claimed_by_its_own_format_among_all(key, read_sample):
    one, _ = SAMPLES[key]
    assert {row["format"] for row in read_sample(key).rows(one.kind)} == {one.name}


def test_lines_of_all_formats_in_one_file_are_told_apart(tmp_path):
    keys = [
        key
        for key in GOOD
        if FORMATS[key.rpartition("-")[0]].shape not in ("csv", "w3c")
        and "\n" not in SAMPLES[key][1].line
        and SAMPLES[key][1].zone in (None, *LOCAL)
    ]
    path = tmp_path / "mixed.log"
    path.write_text("".join(SAMPLES[key][1].line + "\n" for key in keys), encoding="utf-8")
    logs = al.read(path, tz=LOCAL[0], year=2024)
    rows = [*logs.events.to_pylist(), *logs.changes.to_pylist()]
    told = {row["line_no"]: row["format"] for row in rows}
    assert told == {number: SAMPLES[key][0].name for number, key in enumerate(keys, 1)}


@pytest.mark.parametrize("key", GOOD)
def test_no_token_or_code_of_a_sample_survives(key, read_sample):
    _, sample = SAMPLES[key]
    secrets = JWT.findall(sample.line) + CODE.findall(sample.line)
    told = read_sample(key)
    shown = repr(told.events) + repr(told.changes)
    assert [secret for secret in secrets if secret in shown] == []


def test_some_samples_hold_secrets():
    lines = [sample.line for _, sample in SAMPLES.values()]
    assert sum(bool(JWT.search(line)) for line in lines) >= 2
    assert any(CODE.search(line) for line in lines)


def records_of(one, sample):
    """The records of a sample, whatever the shape of its file."""
    blocks = cut_blocks([sample.line.encode()])
    if one.shape == "w3c":
        return next(cut.records for cut, _ in ExtendedLog().stretches(blocks) if len(cut.records))
    if one.shape == "csv":
        heading = find_heading(sample.line.split("\n")[0], (one,))
        return next(Sheet(heading).stretches(blocks)).records
    if one.shape == "json":
        return plain_lines([one_line(sample.line)])
    return plain_lines([sample.line if one.shape == "xml" else sample.line.split("\n")[0]])


def claim_of(one, sample):
    """The fields of a sample as its own format sees them."""
    claimed = assign(records_of(one, sample), (one,), Clock()).claimed
    claim = next((each.claim for each in claimed if each.format.name == one.name), None)
    rest = sample.line.partition("\n")[2]
    if claim is not None and rest and one.shape == "text":
        claim.fields.add("rest", pa.array([rest]))
    return claim


@cache
def claimed(name):
    """Each sample of a format with the claim that it makes of it, if any."""
    return tuple((sample, claim_of(FORMATS[name], sample)) for sample in FORMATS[name].samples)


def claims_of(name):
    """The claims of all good samples of a format."""
    return [claim for sample, claim in claimed(name) if claim is not None and not sample.reject]


@pytest.mark.parametrize("name", TEXTS)
def test_every_pattern_is_the_first_to_fit_some_sample(name):
    one = FORMATS[name]
    names = [each.name for each in one.patterns]
    assert len(set(names)) == len(names), "patterns have names of their own"
    open_ = [sample.line.split("\n")[0] for sample in one.samples if not sample.reject]
    for each in one.patterns:
        alone = replace(one, patterns=(each,))
        assigned = assign(plain_lines(open_), (alone,), Clock())
        fitting = {
            row for claim in assigned.claimed if claim.format is alone for row in claim.order
        }
        assert fitting, f"{each.name} is the first to fit no sample"
        open_ = [line for row, line in enumerate(open_) if row not in fitting]


def own_fields(one):
    """Every field that the file itself names; synonyms are tested as a table."""
    named = {*one.time.field, *one.time.end, *one.time.observed}
    named |= set(one.attempt or ())
    for way in one.recognise:
        named |= {*way.all, *way.any, *way.equals}
    for rules in one.columns.values():
        for rule in rules:
            named |= {*rule.fields, *(field for field, _ in rule.present)}
    if one.reason != REGISTRY.synonyms.reason:
        named |= {*one.reason.source, *one.reason.text}
    return named - {"rest"}  # what continues a line is no part of a claim


def fields_in(one, sample, claim):
    """The fields that a sample holds, of those that its format names."""
    if one.shape in ("csv", "w3c") and not sample.reject:
        return {name for name, cell in records_of(one, sample).cells.items() if cell[0].as_py()}
    if claim is None:
        return set()
    keys = set(json.loads(one_line(sample.line))) if one.shape == "json" else set()
    return keys | {
        name for name in own_fields(one) if claim.fields.get(name, lists=True) is not None
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_that_a_format_names_is_in_some_sample(name):
    one = FORMATS[name]
    there = set().union(*(fields_in(one, *pair) for pair in claimed(name)))
    assert own_fields(one) - there == set()


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].columns])
def test_every_rule_gives_a_value_for_some_sample(name):
    one = FORMATS[name]
    claims = claims_of(name)
    for column, rules in one.columns.items():
        for number, rule in enumerate(rules):
            lists = column in ("aud", "source_ip_chain")
            values = [apply_rules((rule,), claim.fields, lists=lists) for claim in claims]
            assert any(value is not None and value.null_count < len(value) for value in values), (
                f"rule {number} of {column} is used by no sample"
            )


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].columns])
def test_every_pattern_of_a_rule_decides_some_sample(name):
    one = FORMATS[name]
    claims = claims_of(name)
    for column, rules in one.columns.items():
        for rule in rules:
            for number, (pattern, _) in enumerate(rule.matches):
                marked = [(each, str(at)) for at, (each, _) in enumerate(rule.matches)]
                asked = replace(rule, matches=tuple(marked))
                got = [apply_rules((asked,), claim.fields) for claim in claims]
                told = [value for each in got if each is not None for value in each.to_pylist()]
                assert str(number) in told, f"{pattern} of {column} decides no sample"


@pytest.mark.parametrize("name", FORMATS)
def test_words_of_closed_vocabularies_are_known(name):
    one = FORMATS[name]
    words = {
        "event_type": set(EVENT_TYPES),
        "outcome": set(OUTCOMES),
        "change_type": {*CHANGE_TYPES, "none"},
        "reason": set(REGISTRY.reasons.groups),
    }
    for constants in (one.set, *(each.set for each in one.patterns)):
        assert [k for k, v in constants.items() if v not in words.get(k, {v})] == []
    for column, rules in one.columns.items():
        for rule in rules if column in words else ():
            given_ = {value for _, value in (*rule.matches, *rule.present)}
            given_ |= set((rule.table or {}).values()) | ({rule.default} - {None})
            assert given_ - words[column] == set()


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_an_attacker_s_sample(name):
    """Every one of them carries text that somebody outside can choose."""
    assert any(sample.hostile and not sample.reject for sample in FORMATS[name].samples)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_what_it_is(name):
    one = FORMATS[name]
    assert one.title and one.vendor.startswith("https://")
    assert one.shape in SHAPES and one.logs_success in WRITTEN
    assert any(sample.want for sample in one.samples)


@pytest.mark.parametrize("name", FORMATS)
def test_columns_exist(name):
    one = FORMATS[name]
    schema = set((EVENTS if one.kind == "events" else CHANGES).names)
    named = {*one.columns, *one.set, *(key for each in one.patterns for key in each.set)}
    asked = {key for sample in one.samples for key in sample.want}
    assert (named | asked) - schema == set()


@pytest.mark.parametrize("name", FORMATS)
def test_expressions_of_rules_and_patterns_compile(name):
    assert list(bad_expressions(FORMATS[name])) == []


@pytest.mark.parametrize("name", TEXTS)
def test_patterns_are_anchored_and_linear(name):
    for each in FORMATS[name].patterns:
        assert bad_pattern(each.regex) is None
        assert each.regex[0] == "^" and each.regex[-1] == "$"
        assert not re.search(r"\(\?(?:[=!]|<[=!])|\\[1-9]", each.regex)


@pytest.mark.parametrize("name", TEXTS)
def test_a_pattern_of_a_naive_format_names_its_time(name):
    one = FORMATS[name]
    if one.envelope is None:
        assert all("(?P<time>" in each.regex for each in one.patterns)


CUT = (
    "sshd", "nginx_error", "keycloak_events", "postgresql", "auditd", "pam", "sudo", "su",
    "freeradius", "openldap", "dovecot", "mysql", "cisco_ise",
)  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_cut_anywhere_a_line_never_turns_into_a_success(name, tmp_path):
    """A failure that lost its end is a reject or no success, wherever it was cut."""
    one = FORMATS[name]
    failures = [sample for sample in one.samples if sample.want.get("outcome") == "failure"]
    cut = [s.line.split("\n")[0][:end] for s in failures for end in range(20, len(s.line), 9)]
    path = tmp_path / "cut.log"
    path.write_text("\n".join(cut) + "\n", encoding="utf-8")
    logs = al.read(path, tz=LOCAL[0], year=2024, log_format=name)
    assert len(logs.events) > len(failures)
    assert "success" not in logs.events["outcome"].to_pylist()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(GOOD), st.integers(0, 400), st.binary(max_size=4)),
        min_size=1,
        max_size=12,
    )
)
def test_damaged_samples_are_counted_and_never_raise(damage):
    parts = []
    for key, cut, junk in damage:
        line = SAMPLES[key][1].line.encode()
        parts.append(line[:cut] + junk + line[cut:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.log"
        path.write_bytes(b"\n".join(parts))
        logs = al.read(path, tz=LOCAL[0], year=2024)
    (told,) = logs.sources.to_pylist()
    spent = ("events", "changes", "filtered", "rejected", "joined", "blank", "comments")
    assert told["lines"] + told["unpacked"] == sum(told[name] for name in spent)
    assert told["events"] == len(logs.events) and told["changes"] == len(logs.changes)


def test_the_page_of_formats_is_in_step():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tests/parse/formats_page.py"


def test_a_wish_is_a_real_check(read_sample):
    """The comparison above tells a wrong wish from a right one."""
    key = next(key for key in GOOD if SAMPLES[key][1].want.get("outcome") == "failure")
    one, _ = SAMPLES[key]
    row = read_sample(key).rows(one.kind)[0]
    assert plain(row["outcome"]) != wanted("success", "outcome")
