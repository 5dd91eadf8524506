"""CEF and LEEF: escapes, signs that part attributes, and products that are known by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlogs.parse.barred import parse_barred

FORMAT = """
title = "Gate of Acme"
vendor = "https://example.org"
shape = "cef"
[recognise]
equals = { vendor = "Apex", product = "Gate" }
[time]
field = "rt"
layout = "epoch"
[columns]
user = "suser"
"""
HEAD = "CEF:0|Acme|Gate|2|7|Logged in|1|"


@pytest.mark.parametrize(
    ("extension", "told"),
    [
        (r"a=1 b=two words c=x\=y", {"a": "1", "b": "two words", "c": "x=y"}),
        (r"msg=a\\b\nc d=|e", {"msg": "a\\b\nc", "d": "|e"}),
        ("a= b=2", {"a": "", "b": "2"}),
        ("a=1 a=2", {"a": "1"}),
        ("url=http://x/?q=1&r=2 b=3", {"url": "http://x/?q=1&r=2", "b": "3"}),
        ("vendor=forged", {}),
        ("no pairs at all", {}),
        ("", {}),
    ],
)
def test_a_value_runs_on_to_the_next_key(extension, told):
    record = parse_barred(HEAD + extension, "cef")
    assert {name: record[name] for name in record if name not in NAMES} == told
    assert record["vendor"] == "Acme" and record["name"] == "Logged in"


NAMES = parse_barred(HEAD, "cef")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("LEEF:1.0|A|B|1|7|a=1 x\tb=2", {"a": "1 x", "b": "2"}),
        ("LEEF:2.0|A|B|1|7|^|a=1^b=2=3", {"a": "1", "b": "2=3"}),
        ("LEEF:2.0|A|B|1|7|x5E|a=1^b=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|A|B|1|7|0x09|a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|A|B|1|7||a=1\tb=2", {"a": "1", "b": "2"}),
        ("LEEF:2.0|A|B|1|7|a=1\tb=2|3", {"a": "1", "b": "2|3"}),
    ],
)
def test_a_header_says_what_parts_attributes(line, told):
    record = parse_barred(line, "leef")
    assert {name: record[name] for name in record if name in ("a", "b")} == told


def test_what_lacks_a_bar_has_no_fields():
    assert parse_barred("CEF:0|Acme|Gate|2|7|Logged in", "cef") == {}
    assert parse_barred("CEF:0" + "\\|" * 50_000, "cef") == {}


HEADS = [
    "",
    "May  3 09:41:16 gw-1 ",
    "<13>1 2024-05-03T14:41:16Z gw-1 - - - - ",
    "2024-05-03T14:41:16Z gw-1 ",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_product_s_format_is_known_by_vendor_and_product(read, tmp_path, head):
    (tmp_path / "own" / "events").mkdir(parents=True)
    (tmp_path / "own" / "events" / "turnstile.toml").write_text(FORMAT)
    mine, other = HEAD.replace("Acme", "Apex"), HEAD.replace("Gate", "Mail")
    text = f"{head}{mine}rt=1714747275123 suser=ana\n{head}{other}rt=1714747275123 suser=bo\n"
    logs = read(text, formats=[tmp_path / "own"])
    assert logs.events["format"].to_pylist() == ["turnstile", "cef"]
    assert logs.events["user"].to_pylist() == ["ana", "bo"]
    assert logs.events["instance"].to_pylist() == ["gw-1" if head else None] * 2


@given(
    st.dictionaries(
        st.text("abcXYZ019", min_size=1, max_size=5), st.text('aé=|\\\n \t"', max_size=12)
    )
)
def test_what_is_escaped_comes_back(fields):
    """Written by the rules of the standard: backslash, equals sign and line ends are escaped."""
    fields = {name: value for name, value in fields.items() if name not in NAMES}
    told = {
        name: value.replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n")
        for name, value in fields.items()
    }
    line = HEAD + " ".join(f"{name}={value}" for name, value in told.items())
    record = parse_barred(line, "cef")
    wanted = {name: value.strip(" \t") for name, value in fields.items()}
    assert {name: record[name].strip(" \t") for name in fields} == wanted
