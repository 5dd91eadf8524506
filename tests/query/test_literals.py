"""The quick test before a slow one changes no answer: DuckDB is asked without it beside it."""

import re

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from authlogs.query.literals import in_any_case, in_every_match
from authlogs.query.searching import search

SIGNS = [
    *"aKksSiIİßẞﬁÅåΣς日é", "\u212a", "\u017f", "\u0131", "\u212b", "e\u0301", "77", "\x00", "\t",
    *"17.: %_!\\[]^`{}~@/-|()*+?$'",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=7).map("".join)
PARTS = [
    "a", "b", "7", "77", " ", ".", "[ab]", "[^a]", "[]a]", "[a\\]7]", "\\d", "\\b", "\\.", "\\[",
    "\\%", "_", "\\\\", "\\x37", "\\x{37}", "\\07", "(7|a)", "(?:a7)", "(a(7)b)", "^", "$", "*",
    "+", "?", "*?", "{0}", "{0,2}", "{,2}", "{2}", "{", "}", "|", "(?i)", "(?i:A7)", "(?s)",
    "(?-i)", "#", "-", "\\-", "K", "\\n", "%",
]  # fmt: skip
EXAMPLES = 40
REGEXES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def found(rows, query):
    return search(rows, query, columns=["n"], order="n")["n"].to_pylist()


def asked(rows, where, value):
    """What DuckDB itself says."""
    database = duckdb.connect()
    database.register("rows", rows)
    told = database.execute(f"SELECT n FROM rows WHERE {where} ORDER BY n", [value])
    return [n for (n,) in told.fetchall()]


def table(messages):
    return pa.table({"n": range(len(messages)), "message": messages})


@example(messages=["77 K", "77 \u212a", "77 k", None, ""], needle="77 k", around=("", ""))
@example(messages=["İ.7", "i.7", "I.7", "\u0131.7"], needle="i.7", around=("", ""))
@example(messages=["\u017f[7]", "s[7]", "S[7]"], needle="S[7]", around=("", ""))
@example(messages=["50%!_7", "50x!_7"], needle="50%!_7", around=("", ""))
@example(messages=["\\7", "\\\\7"], needle="\\7", around=("", ""))
@settings(max_examples=EXAMPLES)
@given(st.lists(TEXTS, max_size=6), TEXTS, st.tuples(TEXTS, TEXTS))
def test_a_part_that_needs_no_case_changes_no_answer(messages, needle, around):
    rows = table([*messages, around[0] + needle + around[1], needle.swapcase(), needle.lower()])
    pattern = "".join(f"!{sign}" if sign in "!%_" else sign for sign in needle)
    by_itself = asked(rows, "message ILIKE ? ESCAPE '!'", f"%{pattern}%")
    assert found(rows, f"message:{quoted(needle)}") == by_itself


@settings(max_examples=EXAMPLES)
@given(st.lists(TEXTS, max_size=6), TEXTS, TEXTS)
def test_nor_does_one_between_wildcards(messages, first, last):
    assume(first + last)
    typed = "*".join("".join("\\" + sign for sign in text) for text in (first, last))
    rows = table([*messages, first + last, first + "x" + last, (last + first).upper()])
    pattern = "%".join(
        "".join(f"!{sign}" if sign in "!%_" else sign for sign in text) for text in (first, last)
    )
    assert found(rows, f"message:{typed}") == asked(
        rows, "message ILIKE ? ESCAPE '!'", f"%{pattern}%"
    )


@example(regex="a?7", messages=["7", "a7"])
@example(regex="77?a", messages=["7a", "77a"])
@example(regex="a7{0}b", messages=["ab", "a7b"])
@example(regex="(?i)a77K", messages=["A77\u212a", "A77k", "a77"])
@example(regex="77|ab", messages=["77", "ab"])
@example(regex="\\x37\\x37", messages=["77", "x37x37"])
@example(regex="a%b_7", messages=["a%b_7", "axb_7", "a%bx7"])
@settings(max_examples=EXAMPLES)
@given(REGEXES, st.lists(st.text("ab7.K%_\\[]{} #-A\n", max_size=8), max_size=8))
def test_a_text_of_every_match_changes_no_answer(regex, messages):
    rows = table([*messages, "a7b", "77ab", "a77K", None])
    typed = regex.replace("/", "\\/")
    try:
        by_itself = asked(rows, "regexp_matches(message, ?)", f"(?s:{regex})")
        told = found(rows, f"message:/{typed}/")
    except (ValueError, duckdb.Error):
        assume(False)
    assert told == by_itself


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (r"issuer [0-9]*77 after 1[0-9]{2} ms", "77 after 1"),
        (r"connection reset by 10\.0\.0\.9", "connection reset by 10.0.0.9"),
        (r"(?i)token=.* status (401|403)", ""),
        (r"(?i)error 401: .*", "401:"),
        (r"(?s)error 401: .*", "error 401: "),
        (r"(get|post) /token", " /token"),
        (r"[a\]b]cde[]f]gh", "cde"),
        ("one|other", ""),
        ("(?:one|other) way", " way"),
        ("abc?", "ab"),
        ("abc{0}de", "ab"),
        ("ab(?i)cd", ""),
        (r"ab\x41cd", ""),
        (r"a_b%cd", "cd"),
        ("(one)?", ""),
    ],
)
def test_what_every_match_holds(regex, text):
    """Each text is in what the expression matches; Python's own engine has the same view."""
    assert in_every_match(regex) == text
    for line in ("issuer 4177 after 123 ms", "get /token", "other way", "ab", "abccde]gh"):
        assert not re.search(regex.replace("ab(?i)cd", "(?i:abcd)"), line) or text in line


def test_letters_are_never_a_part_that_needs_no_case():
    every = [chr(code) for code in range(32, 0x20000) if not 0xD800 <= code < 0xE000]
    kept = {sign for sign in every if in_any_case([sign * 2])}
    assert kept == {sign for sign in map(chr, range(33, 127)) if not sign.isalpha()} - {*"%_\\"}
    assert not [sign for sign in every if sign not in kept and {*sign.lower()} & kept]
    assert not [sign for sign in every if sign not in kept and {*sign.upper()} & kept]
