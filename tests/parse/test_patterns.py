"""Patterns over columns against a slow twin: the standard library's `re`, one text at a time."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authlogs.expressions import ascii_only, fault, found, holds, replaced
from authlogs.parse.clock import Clock
from authlogs.parse.envelope_file import load_envelopes
from authlogs.parse.envelopes import open_early, open_late
from authlogs.parse.lanes import Lanes
from authlogs.parse.ordering import plain_lines
from authlogs.parse.patterns import any_of, compiled
from authlogs.parse.registry import load_registry

FORMATS = [one for one in load_registry().formats if one.patterns]
PATTERNS = {f"{one.name}-{way.name}": (one, way.regex) for one in FORMATS for way in one.patterns}
ENVELOPES = [
    (one, way.regex) for one in load_envelopes().of_shape("text") for way in one.format.patterns
]
SPECIAL = " \"'\\[](){}=:;,.-/0aZé"
MUTATIONS = 40


def twin(regex):
    """An expression as the standard library means it."""
    told = re.sub(r"\\x\{([0-9a-fA-F]+)\}", lambda hex_: f"\\U{int(hex_[1], 16):08x}", regex)
    told = told.replace(r"\pL", r"[^\W\d_]")
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", told), re.ASCII)


def slowly(regex, texts):
    """What fits, and what its groups caught, text by text."""
    matches = [None if text is None else twin(regex).search(text) for text in texts]
    fitting = [match.groupdict() for match in matches if match]
    names = twin(regex).groupindex
    return [bool(match) for match in matches], {
        name: [one[name] for one in fitting] for name in names if fitting
    }


def quickly(regex, texts):
    made = compiled(regex).captures(pa.array(texts, pa.string()))
    caught = {name: column.to_pylist() for name, column in made.columns.items() if any(made.hit)}
    return made.hit.tolist(), caught


def check(regex, texts):
    assert quickly(regex, texts) == slowly(regex, texts)


def mutated(line, dice):
    """A line with some characters deleted, doubled, replaced or inserted, or cut short."""
    if dice.random() < 0.1:
        return line[: dice.randrange(len(line) + 1)]
    told = list(line)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(told) + 1)
        how = dice.randrange(4)
        end = at + (how in (0, 2))
        told[at:end] = [[], told[at : at + 1] * 2, [dice.choice(SPECIAL)]][min(how, 2)]
    return "".join(told)


def inside(opened):
    return opened.records.text.to_pylist()


def lines_of(format):
    """All lines of its samples, as they stand and out of their syslog headers, and mutations."""
    lines = [line for sample in format.samples for line in sample.line.split("\n")]
    if getattr(format, "programs", None):
        lanes, clock = Lanes(plain_lines(lines)), Clock(year=2024)
        late = open_late(lanes, np.arange(len(lines)), clock)
        opened = [text for one in (*open_early(lanes, clock), *late) for text in inside(one)]
        lines += opened
    dice = random.Random(format.name)
    return [*lines, *(mutated(line, dice) for line in lines for _ in range(MUTATIONS))]


@pytest.mark.parametrize("key", PATTERNS)
def test_a_pattern_catches_what_its_twin_catches(key):
    format, regex = PATTERNS[key]
    check(regex, lines_of(format))


@pytest.mark.parametrize(("envelope", "regex"), ENVELOPES)
def test_an_envelope_catches_what_its_twin_catches(envelope, regex):
    syslogs = [one for one in load_registry().formats if one.programs or one.name == "syslog"]
    check(regex, lines_of(envelope) + [line for one in syslogs for line in lines_of(one)])


@pytest.mark.parametrize("name", [one.name for one in FORMATS])
def test_any_of_some_patterns_fits_what_one_of_them_fits(name):
    format = next(one for one in FORMATS if one.name == name)
    regexes, lines = tuple(way.regex for way in format.patterns), lines_of(format)
    together = [found(pa.array(lines), one) for one in any_of(regexes)]
    assert [any(hits) for hits in zip(*together, strict=True)] == [
        any(twin(regex).search(line) for regex in regexes) for line in lines
    ]


def test_any_of_very_many_patterns_fits_what_one_of_them_fits():
    regexes = tuple(f"^(?P<a>{number}|x)$" for number in range(300))
    texts = pa.array(["0", "127", "128", "299", "300", "x", "", "00"])
    hits = [found(texts, one) for one in any_of(regexes)]
    assert len(hits) > 1
    assert [any(one) for one in zip(*hits, strict=True)] == [1, 1, 1, 1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        (r"^(?P<a>.*) from (?P<b>\S+)(?: port \d+)?$", ["x from y from z port 22", "a from b c"]),
        (r"^(?P<a>.*?) (?P<b>\S+)(?: port \d+)?$", ["x y port 22", "x y z", "x", " y"]),
        (r"^(?P<a>a|ab)(?P<b>c?)$", ["abc", "ac", "ab", "a", "b", ""]),
        (r"^(?P<a>\w+) (?P<rest>x(?P<b>\d)|y(?P<c>.*)|(?P<d>z+))$", ["k x1", "k y", "k zz", "k q"]),
        (r"^(?P<a>\w+)(?: x=(?P<b>\d+)| y=(?P<c>[|)]+))?$", ["k", "k x=1", "k y=|)", "k y=", "k "]),
        (r"^(?P<a>\w+) (?P<rest>x(?P<b>.*)|(?P<c>.*))$", ["k x1", "k x", "k y", "k"]),
        (r"^(?P<a>.)(?P<b>.*)$", ["é", "éé", "", "日本", None]),
    ],
)
def test_a_head_and_its_tail_catch_what_the_whole_would(regex, texts):
    assert compiled(regex).head is not None
    check(regex, texts)


def test_where_the_first_choice_of_a_head_does_not_fit_the_whole_is_asked():
    regex = r"^(?P<user>\S+?)(?: from (?P<peer>\S+))? (?P<why>locked|denied)$"
    texts = ["ana from b denied", "ana denied", "ana from denied", "ana from b"]
    hit, columns = quickly(regex, texts)
    assert hit == [True, True, False, False]
    assert columns == {"user": ["ana"] * 2, "peer": ["b", None], "why": ["denied"] * 2}
    hit, columns = quickly(r"^(?P<a>a|ab)(?P<b>c?)$", ["abc", "ac"])
    assert hit == [True, True]
    assert columns == {"a": ["ab", "a"], "b": ["c", "c"]}


ELEMENTS = [
    "(?P<N>.*)", "(?P<N>.*?)", r"(?P<N>\w+)", r"(?P<N>[^]a ]*)", r"(?P<N>a|ab|b(?P<Nx>c)?)",
    r"(?: x(?P<N>\d*))?", r"(?: x\d?)?", "a", " ", "b?", "(?:a|bc)", r"(?:(?P<N>a)|(?P<Nx>b))",
    r"(?P<N>(?P<Nx>\d) | (?P<Ny>[|)\]a]))", "(?P<N>a.*|b.*)", r"\(?", "(?P<N>)", "[ab]{1,2}",
]  # fmt: skip
REGEX = st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=5).map(
    lambda parts: "^" + "".join(one.replace("N", f"n{at}") for at, one in enumerate(parts)) + "$"
)


@settings(max_examples=300)
@given(regex=REGEX, texts=st.lists(st.text("aabbc x1(|]é", max_size=9), min_size=1, max_size=12))
def test_any_pattern_catches_what_its_twin_catches(regex, texts):
    check(regex, texts)


CHARACTERS = [*map(chr, range(9, 127)), *"éÑßñ٣４\u00a0\u2028日ͅK"]
CHARACTERS.remove("\v")  # a space to the standard library, and none to RE2


@pytest.mark.filterwarnings("ignore:Possible")  # of the twin: what a class may mean one day
@pytest.mark.parametrize(
    "regex",
    [
        r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", r"[\w]", r"[\d.]", r"[\s-]", r"[^\w]", r"[^\d]",
        r"[^\s\d]", r"[\W]", r"[\D\d]", r"[^]a]", r"[]a]", r"[a\]]", r"[[a]", r"[a&&b]", r"[a~~b]",
        r"[^\]\\]", r"\[\w\]", r"\ba", r"a\b", r"\Ba", r"[\w.+-]", r"[a-]",
    ],
)  # fmt: skip
def test_classes_mean_ascii_within_and_outside_of_brackets(regex):
    texts = [*CHARACTERS, *(f"{one}a" for one in CHARACTERS), *(f"a{one}" for one in CHARACTERS)]
    told = ascii_only(regex)
    assert fault(told) is None
    assert found(pa.array(texts), told).tolist() == [bool(twin(regex).search(t)) for t in texts]


def test_named_classes_and_odd_brackets_are_members_of_a_class():
    texts = pa.array(["a", "Z", "_", "1", "[", ":", "é"])
    assert found(texts, ascii_only("[[:alpha:]_]")).tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert found(texts, ascii_only("[^[:alpha:]_]")).tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert found(texts, ascii_only(r"[[:digit:]\w]")).tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert found(texts, ascii_only("[]:[]")).tolist() == [0, 0, 0, 0, 1, 1, 0]


def test_texts_are_found_held_and_replaced_with_nulls_and_beyond_ascii():
    texts = pa.array(["ana señora", None, "", "日本 a.b", "axb"])
    assert found(texts, "a.b|ñ").tolist() == [True, False, False, True, True]
    assert holds(texts, "a.b").tolist() == [False, False, False, True, False]
    assert holds(texts, "ñ").tolist() == [True, False, False, False, False]
    assert replaced(texts, r"(a)(n|\.)", "${2}$1é").to_pylist() == [
        "naéa señora", None, "", "日本 .aéb", "axb",
    ]  # fmt: skip
    part = texts.slice(3)
    assert replaced(part, "本", "$$").to_pylist() == ["日$ a.b", "axb"]
    empty = pa.array([], pa.string())
    assert found(empty, "a").tolist() == [] == holds(empty, "a").tolist()
    assert compiled("^(?P<a>.)(?P<b>.*)$").captures(empty).hit.tolist() == []


@pytest.mark.parametrize("regex", ["^(a$", "^[a$", r"^(?P<a>.)(?P<a>.)$", r"^a{9999999}$"])
def test_what_cannot_be_compiled_says_why(regex):
    assert fault(ascii_only(regex))
    with pytest.raises(ValueError, match=r".+"):
        compiled(regex)
