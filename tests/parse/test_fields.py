"""Fields of records: paths, pairs, and what is left over."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authlogs.parse.fields import Fields
from authlogs.parse.format_file import parse_rules
from authlogs.parse.json_queries import unquoted, values_of
from authlogs.parse.json_records import parse_object
from authlogs.parse.json_table import read_objects
from authlogs.parse.pairs import pair_columns, parse_pairs
from authlogs.parse.paths import field_getter
from authlogs.parse.rules import apply_rules
from authlogs.parse.texts import dump, join_present


def keyed(*records):
    """Records as the table of what their JSON says."""
    texts = pa.array([json.dumps(record) for record in records], pa.string())
    return read_objects(texts).table(np.arange(len(records)))


def pairs_by_column(texts):
    """What the columns say of each text, as one dict a text."""
    rows = [{} for _ in texts]
    for name, column in pair_columns(pa.array(texts, pa.string())).items():
        for row, value in zip(rows, column.to_pylist(), strict=True):
            if value is not None:
                row[name] = value
    return rows


TREE = {
    "a": {"b": 1, "c.d": 2, "list": [{"k": "x", "v": 1}, {"k": "y", "v": {"w": 2}}]},
    "e.f": {"g": 3},
    "h": None,
    "plain": "text",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("plain", "text"),
        ("a.b", 1),
        ("a.c.d", 2),
        ("e.f.g", 3),
        ("a.list[0].v", 1),
        ("a.list[k=y].v.w", 2),
        ("a.list[1]", {"k": "y", "v": {"w": 2}}),
        ("a.list[9]", None),
        ("a.list[k=z].v", None),
        ("a.list[k", None),
        ("h", None),
        ("h.i", None),
        ("plain.x", None),
        ("nothing", None),
        ("a.b.c", None),
    ],
)
def test_paths(path, value):
    assert field_getter(path)(TREE) == value


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ('level=info msg="a \\"b\\" c=1" n=3', {"level": "info", "msg": 'a "b" c=1', "n": "3"}),
        ('type="LOGIN", realm="acme"', {"type": "LOGIN", "realm": "acme"}),
        ("type=LOGIN, uri=http://x/?a=1,b=2", {"type": "LOGIN", "uri": "http://x/?a=1,b=2"}),
        ("u='x y' v=1", {"u": "x y", "v": "1"}),
        ('a="never closed b=2', {"a": "never", "b": "2"}),
        ("a=1 a=2", {"a": "1"}),
        ("words without pairs", {}),
        ("(uid=0) path=/f(x)", {"uid": "0", "path": "/f(x)"}),
        ("a= b=", {"a": "", "b": ""}),
        ("x==y", {"x": "=y"}),
        ("", {}),
        (None, {}),
    ],
)
def test_pairs(text, record):
    assert parse_pairs(text or "") == record
    assert pairs_by_column(["a=1", text, 'b="2"']) == [{"a": "1"}, record, {"b": "2"}]


WORD = st.text(st.characters(codec="utf-8", exclude_characters='"\\\n\r\t'), max_size=20)


@given(st.dictionaries(st.from_regex(r"\A[a-z_][a-z0-9_.]{0,8}\Z"), WORD))
def test_quoted_pairs_come_back_as_they_were_written(record):
    text = " ".join(f'{key}="{value}"' for key, value in record.items())
    assert pairs_by_column([text]) == [parse_pairs(text)] == [record]


@settings(max_examples=500)
@given(st.lists(st.text("ab=\"\\' ,;)([{|/.\t\u00e9", max_size=60), max_size=8))
def test_columns_of_pairs_say_what_the_slow_reader_says(texts):
    assert pairs_by_column(texts) == [dict(parse_pairs(text)) for text in texts]


@pytest.mark.parametrize("piece", ["a", 'a="', "a='", "=", "a= ", '"\\', 'a="\\', 'a="\\"', "a=b,"])
def test_hostile_text_takes_no_more_steps_than_it_has_signs(piece):
    """Twenty thousand repetitions are done before a quadratic reader would have begun."""
    assert len(parse_pairs(piece * 200_000)) <= 2
    assert len(pair_columns(pa.array([piece * 200_000]))) <= 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a":1}', {"a": 1}),
        ('{"a":1,"a":2}', {"a": 1}),
        ('{"b":{"a":1,"c":3,"a":2},"a":2,"b":1}', {"b": {"a": 1, "c": 3}, "a": 2}),
        ('{"a":NaN,"b":-Infinity}', {"a": "NaN", "b": "-Infinity"}),
        ('{"a":' + "9" * 5000 + "}", {"a": "9" * 5000}),
        ('{"a":', "bad_json"),
        ("[1]", "not_an_object"),
        ('{"a":' + "[" * 5000, "too_deep"),
        ('{"a":1} x', "bad_json"),
    ],
)
def test_json_is_read_or_refused_with_a_word(text, told):
    assert parse_object(text) == told


def test_a_null_word_is_nothing():
    fields = Fields(3, records=keyed({"u": "ana"}, {"u": "-"}, {"u": "null"}))
    assert fields.get("u").to_pylist() == ["ana", None, None]
    assert Fields(1, records=keyed({"u": "N/A"})).get("u") is None


def test_objects_are_no_text_and_lists_only_where_they_are_asked_for():
    fields = Fields(2, records=keyed({"user": {"name": "ana"}, "aud": ["a", "b"]}, {"user": "bo"}))
    assert fields.get("user").to_pylist() == [None, "bo"]
    assert fields.get("user.name").to_pylist() == ["ana", None]
    assert fields.get("aud") is None
    assert fields.get("aud", lists=True).to_pylist() == ['["a","b"]', None]


def test_what_was_taken_is_no_extra_on_the_rows_where_it_was():
    records = [{"a": "1", "b": {"c": 1, "d": 2}}, {"a": "2", "b": {"c": 1}}, {"a": "-"}]
    fields = Fields(3, records=keyed(*records))
    fields.take("a", np.array([True, False, True]))
    fields.take("b.c")
    told = fields.extra(more={"status": pa.array([None, "odd", None])}).to_pylist()
    assert [one and json.loads(one) for one in told] == [
        {"b": {"d": 2}},
        {"status": "odd", "a": "2"},
        None,
    ]


def test_a_field_that_some_rows_took_is_extra_on_the_others():
    columns = {"thread": pa.array(["x", "y"])}
    fields = Fields(2, columns=columns, records=keyed({"a": "1"}, {"a": "2"}))
    for name in ("thread", "a"):
        fields.take(name, np.array([True, False]))
    told = fields.extra(more={}).to_pylist()
    assert told == [None, '{"thread":"y","a":"2"}']


def test_captured_columns_and_pairs_share_one_extra():
    fields = Fields(
        2,
        columns={"thread": pa.array(['x"y', None]), "pairs": pa.array(["k=1", ""])},
        records=keyed({"k": "1"}, {}),
        hidden=frozenset({"pairs"}),
    )
    told = fields.extra(more={}).to_pylist()
    assert json.loads(told[0]) == {"thread": 'x"y', "k": "1"} and told[1] is None


def test_what_an_envelope_says_comes_after_the_record_and_is_no_extra():
    fields = Fields(2, records=keyed({"host": "own"}, {"x": 1}))
    fields.add("host", pa.array(["theirs", "theirs"]))
    fields.add("pid", pa.array(["7", None]))
    assert fields.get("host").to_pylist() == ["own", "theirs"]
    assert fields.get("pid").to_pylist() == ["7", None]
    fields.take("host")
    assert [one and json.loads(one) for one in fields.extra(more={}).to_pylist()] == [
        None,
        {"x": 1},
    ]


def test_surrogates_and_infinities_reach_no_table():
    texts = pa.array(['{"u":"\\ud800x","\\udfff":1,"n":1e999,"o":NaN,"p":{"q":[-Infinity]}}'])
    fields = Fields(1, records=read_objects(texts).table(np.arange(1)))
    assert fields.get("u").to_pylist() == ["?x"]
    extra = fields.extra(more={})
    extra.validate(full=True)
    assert json.loads(extra[0].as_py(), parse_constant=pytest.fail)["o"] == "NaN"
    assert dump(float("inf")) == '"inf"'
    deep = []
    for _ in range(50_000):
        deep = [deep]
    assert dump(deep) == '"too deep"'


@pytest.mark.parametrize("number", ["NaN", "nan", "-Infinity", "inf", "[1,nan]", '{"x":NaN}'])
def test_numbers_that_json_does_not_know_are_kept_as_text(number):
    table = read_objects(pa.array([f'{{"a":{number},"b":["inf nan"]}}'])).table(np.arange(1))
    members = [table.member(name)[0].as_py() for name in ("a", "b")]
    told = json.loads("{" + ",".join(members) + "}", parse_constant=pytest.fail)
    assert told["b"] == ["inf nan"] and number.strip("[]{}").split(",")[-1][-3:] in str(told["a"])


def test_an_empty_name_is_a_name_as_any_other():
    fields = Fields(3, records=keyed({"": 1, "a": {"": "x", "b": 2}}, {"a": {"b": 3}}, {"": "y"}))
    assert fields.get("a.b").to_pylist() == ["2", "3", None]
    fields.take("a.b")
    told = [one and json.loads(one) for one in fields.extra(more={}).to_pylist()]
    assert told == [{"": 1, "a": {"": "x"}}, None, {"": "y"}]


def test_many_commas_behind_a_value_cost_no_more_than_one():
    assert pairs_by_column(["a=1" + "," * 300_000, "b=2,;,", "c=3,"]) == [
        {"a": "1"},
        {"b": "2"},
        {"c": "3"},
    ]


def test_more_keys_than_an_honest_log_has_take_bounded_room():
    columns = pair_columns(pa.array([f"k{number % 5000}=1" for number in range(300_000)]))
    assert "k0" in columns and len(columns) <= 64


def test_joining_keeps_rows_of_nothing():
    parts = [pa.array(["a", None, None]), pa.array(["b", "c", None])]
    assert join_present(parts, "\n").to_pylist() == ["a\nb", "c", None]


NOTHING = ("", "-", "--", "null", "None", "unknown", "N/A", "undefined")
WORDS = st.text(st.characters(codec="utf-8"), max_size=4)
INNER = st.dictionaries(st.sampled_from("xy"), st.one_of(WORDS, st.integers(0, 2)))
VALUES = st.one_of(
    st.none(), WORDS, st.integers(-(2**63), 2**70), st.booleans(), st.sampled_from([1.5, -0.25]),
    st.lists(st.integers(), max_size=2), st.lists(INNER, max_size=2), INNER,
)  # fmt: skip
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["a", "A", "b", "c.d", "c", "d", "é"]), VALUES), max_size=12
)


def plain(value):
    """Numbers as what they stand for, whatever their spelling."""
    return json.loads(json.dumps(value))


PATHS = ("a", "b", "c.d", "c.x", "c", "c[0]", "d[0].x", "d[x=1].y")


@settings(max_examples=200)
@given(RECORDS)
def test_columns_of_objects_say_what_each_object_says(records):
    fields = Fields(len(records), records=keyed(*records))
    for path in PATHS:
        column = fields.get(path)
        told = [None] * len(records) if column is None else column.to_pylist()
        found = [field_getter(path)(json.loads(json.dumps(record))) for record in records]
        assert told == [as_shown(value) for value in found]
    for record, extra in zip(records, fields.extra(more={}).to_pylist(), strict=True):
        said = {name: value for name, value in record.items() if value is not None}
        kept = {name: value for name, value in said.items() if value not in NOTHING}
        assert plain(json.loads(extra or "{}")) == plain(kept)


def as_shown(value):
    """A value as a field's text, by the standard library alone."""
    if value is None or isinstance(value, (dict, list)) or value in NOTHING:
        return None
    return value if isinstance(value, str) else json.dumps(value)


def test_hexadecimal_text_is_read_and_what_is_none_stays_away():
    (rule,) = parse_rules({"from": "acct", "decode": "hex"})
    fields = Fields(3, columns={"acct": pa.array(["726F6F7420C3A9", "ab1", "zz"])})
    assert apply_rules((rule,), fields).to_pylist() == ["root é", None, None]


def test_of_most_records_is_read_what_each_of_them_says():
    said = [{"a": {"b": f"x{n}"}, "t": 'a "quote" \\' if n % 2 else "é", "n": n} for n in range(9)]
    rows = np.array([0, 2, 3, 5, 6, 7])
    some = keyed(*said).table(rows)
    assert some.column("t").to_pylist() == [said[at]["t"] for at in rows]
    assert some.column("a.b").to_pylist() == [f"x{at}" for at in rows]
    few = some.table(np.array([1, 4]))
    assert few.column("n").to_pylist() == ["2", "6"]
    assert few.member("t").to_pylist() == ['"t":"é"', '"t":"é"']


@given(st.lists(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), max_size=9))
@settings(deadline=None)
def test_text_that_is_cut_out_of_json_is_what_the_database_says(values):
    texts = pa.array([json.dumps({"a": one}) for one in values], pa.string())
    cut = unquoted(values_of(texts, ("a",), "JSON")["a"])
    assert cut is None or cut.equals(values_of(texts, ("a",), "VARCHAR")["a"])
