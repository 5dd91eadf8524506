"""What is looked for first, because it costs little, misses nothing of what is looked for then."""

import json
from random import Random
from re import _constants as sre
from re import _parser as parser

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlogs.expressions import ascii_only, found
from authlogs.secrets import redact
from authlogs.secrets.patterns import HINT, KINDS, RARE, RARE_HINT, RARE_SIGN
from authlogs.secrets.redaction import _SURELY_JSON

SECRET = "q7Rz2mXv9Lk4Tn8Wb3Yc"


def without(parts, ends, needles):
    """How matches of a parsed expression can end that hold no needle; an unknown sign is NUL."""
    kept = max(map(len, needles)) - 1
    for kind, told in parts:
        ends = step(kind, told, ends, needles)
        ends = {end for end in ends if not any(needle in end for needle in needles)}
        ends = {end[len(end) - min(kept, len(end)) :] for end in ends}
    return ends


def step(kind, told, ends, needles):
    if kind is sre.BRANCH:
        return set().union(*(without(way, ends, needles) for way in told[1]))
    if kind is sre.SUBPATTERN:
        return without(told[3], ends, needles)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inner = told
        made = ends if least == 0 else set()
        for count in range(1, min(most, least + 1) + 1):
            ends = without(inner, ends, needles)
            made = made | ends if count >= least else made
        return made
    if kind is sre.AT:
        return ends
    return {end + sign for end in ends for sign in signs(kind, told)}


def signs(kind, told):
    if kind is sre.LITERAL:
        return {chr(told).lower()}
    if kind is sre.IN and all(one is sre.LITERAL for one, _ in told):
        return {chr(sign).lower() for _, sign in told}
    return {"\0"}


@pytest.mark.parametrize("kind", [*KINDS, *RARE], ids=lambda kind: kind[0])
def test_every_match_of_a_kind_holds_one_of_its_needles(kind):
    _, needles, pattern, _ = kind
    assert not without(parser.parse(pattern), {""}, needles)


def test_a_needle_that_some_match_does_without_would_be_seen():
    assert without(parser.parse("(?:to(?:ken|p))s?"), {""}, ("token",)) == {"top", "tops"}


@pytest.mark.parametrize("name", ["pa\u017f\u017fword", "coo\u212aie", "TO\u212aEN", "\u017fecret"])
def test_letters_that_expressions_take_for_others_hide_nothing(name):
    (told,) = redact(pa.array([f"{name}={SECRET}"])).to_pylist()
    assert SECRET not in told


def sample(parts, dice):
    """A text of a parsed expression, its repetitions short."""
    return "".join(piece(kind, told, dice) for kind, told in parts)


def piece(kind, told, dice):
    if kind is sre.BRANCH:
        return sample(dice.choice(told[1]), dice)
    if kind is sre.SUBPATTERN:
        return sample(told[3], dice)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, inner = told
        count = dice.randint(least, min(most, least + 2))
        return "".join(sample(inner, dice) for _ in range(count))
    if kind is sre.IN:
        return "b" if told[0][0] is sre.NEGATE else piece(*dice.choice(told), dice)
    if kind is sre.RANGE:
        return chr(dice.randint(*told))
    if kind is sre.LITERAL:
        return dice.choice([chr(told), chr(told).upper()])
    return {sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "7"}.get(
        told, "" if kind is sre.AT else "b"
    )


@pytest.mark.parametrize("kind", [*KINDS, *RARE], ids=lambda kind: kind[0])
def test_what_is_a_secret_to_its_kind_is_one_to_the_hints(kind):
    parts, dice = parser.parse(kind[2]), Random(7)
    texts = pa.array([sample(parts, dice) for _ in range(2_000)])
    secret = pa.array(found(texts, ascii_only(kind[2])))
    assert pc.any(secret).as_py()
    for hint in (HINT, RARE_HINT) if kind in RARE else (HINT,):
        seen = pa.array(found(texts, ascii_only(hint)))
        assert texts.filter(pc.and_not(secret, seen)).to_pylist()[:3] == []


@pytest.mark.parametrize(
    "text",
    [
        "GET /cb?code[]={}",
        "GET /cb?code%5B%5D={} HTTP/1.1",
        "?state ={}",
        "&code:{}",
        "-u alice:{}",
        "'--proxy-user' 'alice:p\\{}'",
        '["curl","-u","alice:{}"]',
        r"[\"curl\", \"--user\", \"alice:{}\"]",
        r"{{\x22password\x22:\x22{}\x22,\x22a\x22:1}}",
        r"{{\x22refresh_token\x22: \x22a\x5C\x22b\x5Cc{}\x22}}",
        r"password\x3d{}",
        r"\u002freset\u002f{}",
    ],
)
def test_no_hint_is_narrower_than_the_secret_it_stands_for(text):
    (told,) = redact(pa.array([text.format(SECRET)])).to_pylist()
    assert SECRET not in told
    assert "[redacted:" in told


def test_what_stands_behind_a_value_in_numbered_quotes_stays():
    (told,) = redact(
        pa.array([rf"\x22password\x22:\x22{SECRET}\x22,\x22a\x22:\x22b\x22"])
    ).to_pylist()
    assert told == r"\x22password\x22:\x22[redacted:password]\x22,\x22a\x22:\x22b\x22"


@given(st.from_regex(RARE_HINT))
def test_what_the_hint_of_rare_secrets_finds_its_sign_finds(text):
    texts = pa.array([text.encode(errors="replace").decode()])
    if found(texts, ascii_only(RARE_HINT)).any():
        assert found(texts, ascii_only(RARE_SIGN)).all()


@given(st.from_regex(_SURELY_JSON, fullmatch=True))
def test_what_is_surely_json_is_json(text):
    assert found(pa.array([text.encode(errors="replace").decode()]), _SURELY_JSON).all()
    assert isinstance(json.loads(text), dict)
