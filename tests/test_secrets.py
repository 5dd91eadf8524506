"""Secrets become fingerprints and constants, and nothing else does."""

import base64
import hashlib
import json

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authlogs.errors import BadCall
from authlogs.secrets import (
    Fingerprints,
    find_jwt,
    jwt_claims,
    new_key,
    redact,
    redact_json,
    redact_text,
)

KEY = b"k" * 32
SECRET = st.text(
    "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=20, max_size=40
)


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


JWT = f"{part({'alg': 'ES256', 'kid': 'k1'})}.{part({'sub': 'u1', 'alg': 'none'})}.c2lnbmF0dXJl"

PLACES = [
    "access-token={}",
    '{{"X-Auth-Token":"{}"}}',
    "pass_word={}",
    "GET /a?X-Amz-Signature={}",
    "password={}",
    "passwd={} user=ana",
    '{{"password":"{}","user":"ana"}}',
    '{{"Password" : "{}"}}',
    '{{\\"client_secret\\":\\"{}\\"}}',
    "{{'password': '{}'}}",
    "GET /cb?code={}&x=1 HTTP/1.1",
    '{{"cs-uri-query":"code={}&x=1"}}',
    "GET /cb?x=1&state={} HTTP/1.1",
    "GET /cb?access_token={}",
    "GET /cb#id_token={}&token_type=bearer",
    "redirect=https%3A%2F%2Fa%2Fcb%3Fcode%3D{}",
    "Authorization: Bearer {}",
    "authorization=Bearer {}",
    "sent Bearer {} to upstream",
    "refresh_token: {}",
    '"refresh_token":"{}"',
    "api_key={}",
    "X-Api-Key: {}",
    "Cookie: sid={}; theme=dark",
    "Set-Cookie: JSESSIONID={}; Path=/; HttpOnly",
    "session_id={}",
    "JSESSIONID={}",
    "SAMLResponse={}",
    "client_assertion={}",
    "postgres://app:{}@db-1/auth",
    "code_verifier={}",
    "db_password = {}",
    "new_password={}",
    "password\\u003d{}",
    "otp={}",
    '{{"pass":"{}"}}',
    "db_pass={} user=ana",
    "Pwd={};Server=db-1",
    "user[password]={}",
    "user%5Bpassword%5D={}",
    "GET /cb?access%5Ftoken={}",
    "GET /cb?c%6fde={}&x=1",
    "next=%2Fcb%3Fc%256fde%3D{}",
    '{{"pass\\u0077ord":"{}"',
    "GET /reset-password/{} HTTP/1.1",
    "GET /verify/{}?x=1",
    "/auth/magic/{}",
    "https://app.example/invite/{}",
    "/reset/MQ/{}/",
    "next=%2Fverify%2F{}",
    "password is {}",
    'the password was: "{}"',
    "api_key {} refused",
    "token is {}7",
    "token_hash={}",
    "code_id={}",
    "ticket ST-17-{}-cas-1 was used",
    "TGT-9-{}",
    '{{"token":{{"value":"{}"}}}}',
    '{{"token":{{"a":{{"b":1}},"value":["{}"]}}}}',
]


@given(secret=SECRET)
def test_a_secret_is_gone_from_wherever_it_stands(secret):
    texts = [place.format(secret) for place in PLACES]
    told = redact(pa.array(texts))
    assert [text for text in told.to_pylist() if secret in text or "[redacted:" not in text] == []
    assert redact(told).equals(told)


@given(middle=st.text("!$()*+-./:<=>?@[]^_`{|}~abc", min_size=6))
def test_signs_do_not_help_a_secret_out(middle):
    secret = f"q7{middle}q7"
    texts = [place.format(secret) for place in ("password={}", '"secret":"{}"', "api_key={}")]
    assert [text for text in redact(pa.array(texts)).to_pylist() if secret in text] == []


@given(secret=st.text('"\\\\abc, }=7', min_size=4), depth=st.integers(0, 3))
def test_json_inside_json_hides_nothing(secret, depth):
    secret = f"q7{secret}q7"
    text = json.dumps({"password": secret, "user": "ana"})
    for _ in range(depth):
        text = json.dumps(text)
    assert "q7" not in redact_text(f"got {text}")
    (told,) = redact_json(pa.array([json.dumps({"body": text})])).to_pylist()
    assert "q7" not in told and "ana" in json.loads(told)["body"]


@pytest.mark.parametrize(
    "signs", ["\\", "%25", "%26", "{", "[", "token:{", "/verify/", "password is "]
)
def test_a_long_text_is_read_once(signs):
    """A second look at each sign would take hours, and this test its patience."""
    redact(pa.array([signs * 300_000, "password is" + signs * 300_000]))


@pytest.mark.parametrize(
    "text",
    [
        "password is incorrect.",
        "the password was reset by ana",
        "api_key invalid",
        "part ST-7-b of the list",
        "client_secret mismatch",
        "token is expired",
        "tests pass, bypass=1 compass: north",
        "GET /verify/otp HTTP/1.1",
        "GET /reset-password/form HTTP/1.1",
        "GET /search?q=%41na HTTP/1.1",
        "Failed password for root from 192.0.2.1 port 22 ssh2",
        "password authentication failed for user app",
        "invalid token: signature mismatch",
        "token_type=Bearer expires_in=1800",
        "Basic authentication failed",
        "Bearer authentication is required",
        "session opened for user root",
        '{"code":"invalid_grant","session":"opened"}',
        "GET /login?next=%2F HTTP/1.1",
        "https://idp.example:8443/realms/acme",
        "secretary ana signed in",
        "code=401 level=info",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redact_text(text) == text


def test_a_token_is_gone_even_when_it_was_cut():
    for end in range(16, len(JWT)):
        assert JWT[:end][8:] not in redact_text(f"rejected {JWT[:end]}")


def test_json_stays_json():
    text = '{"password":"a\\"b","nested":{"access_token":"abc","n":1},"user":"ana"}'
    told = json.loads(redact_text(text))
    assert told == {
        "password": "[redacted:password]",
        "nested": {"access_token": "[redacted:token]", "n": 1},
        "user": "ana",
    }


@pytest.mark.parametrize("name", ["token", "session", "pass", "token_hash"])
@pytest.mark.parametrize(
    "value", [{"a": {"b": 1}, "value": "hunter2x"}, ["hunter2x"], [7, "hunter2x"]]
)
def test_every_leaf_under_a_secret_s_name_is_gone(name, value):
    (told,) = redact_json(
        pa.array([json.dumps({"deep": {name: value}, "user": "ana"})])
    ).to_pylist()
    assert json.loads(told)["deep"][name].startswith("[redacted:")
    assert json.loads(told)["user"] == "ana"


@pytest.mark.parametrize(
    "value", [12345678, True, ["hunter2x", "b"], {"value": "hunter2x"}, [[1], {"a": ["hunter2x"]}]]
)
def test_a_secret_of_any_shape_leaves_json_behind(value):
    text = json.dumps({"a": 1, "password": value, "deep": [{"Api-Key": value, "b": "x"}]})
    (told,) = redact_json(pa.array([text])).to_pylist()
    assert json.loads(told) == {
        "a": 1,
        "password": "[redacted:password]",
        "deep": [{"Api-Key": "[redacted:secret]", "b": "x"}],
    }
    assert "hunter2x" not in redact_text(text) or isinstance(value, list)


def test_a_tree_too_deep_to_walk_is_dropped_whole():
    text = '{"password":1,"deep":' + "[" * 900 + '"hunter2x"' + "]" * 900 + "}"
    (told,) = redact_json(pa.array([text])).to_pylist()
    assert "hunter2x" not in told and json.loads(told)["password"] == "[redacted:password]"


def test_null_and_untouched_columns_come_back_as_they_were():
    column = pa.array(["plain", None, ""], pa.string())
    assert redact(column) is column
    assert redact(pa.array(["password=x", None])).to_pylist() == [
        "password=[redacted:password]",
        None,
    ]


def test_fingerprints_are_keyed_blake2b_of_128_bits():
    told = Fingerprints(KEY).of(pa.array(["a", None, "a", "ñ"])).to_pylist()
    plain = [hashlib.blake2b(v.encode(), digest_size=16, key=KEY).hexdigest() for v in ("a", "ñ")]
    assert told == [plain[0], None, plain[0], plain[1]]
    assert Fingerprints(b"j" * 32).one("a") != plain[0]
    assert Fingerprints(b"x" * 100).one("a") == Fingerprints(b"x" * 100).one("a")
    assert "k" * 32 not in repr(Fingerprints(KEY))


def test_a_short_key_is_refused():
    with pytest.raises(BadCall, match="guessed"):
        Fingerprints(b"short")
    assert len(new_key()) == 32 and new_key() != new_key()


def test_claims_come_from_the_payload_and_the_algorithm_from_the_header():
    (claims,) = jwt_claims([JWT])
    assert claims == {"sub": "u1", "alg": "ES256", "kid": "k1"}


@given(st.text(max_size=60))
@example("..")
@example("e30.W10.")
@example("eyJ.eyJ.")
def test_rubbish_has_no_claims_and_raises_nothing(text):
    assert jwt_claims([text]) in ([{}], jwt_claims([text]))


def test_deep_and_huge_payloads_have_no_claims():
    deep = base64.urlsafe_b64encode(b"[" * 40_000).decode()
    assert jwt_claims([f"e30.{deep}.x", f"e30.{'A' * 70_000}.x"]) == [{}, {}]


def test_the_first_token_of_a_text_is_found():
    told = find_jwt(pa.array([f"x {JWT} y", "none", None, "eyJ"]))
    assert told.to_pylist() == [JWT, None, None, None]
    assert find_jwt(pa.array(["none"])).to_pylist() == [None]
