"""What every event gets without asking: fingerprints, claims, attempts, redaction."""

import base64
import json
from datetime import UTC, datetime

import pytest

import authlogs as al
from authlogs.secrets import Fingerprints

KEY = b"k" * 32


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


CLAIMS = {
    "iss": "https://idp", "sub": "u1", "aud": ["api", "web"], "jti": "j1", "iat": 1714747275,
    "nbf": 1714747275, "exp": 1714749075.0,
}  # fmt: skip
JWT = f"{part({'alg': 'ES256', 'kid': 'k1'})}.{part(CLAIMS)}.c2lnbmF0dXJlLW9mLW5vYm9keQ"
AT = datetime(2024, 5, 3, 14, 41, 15, tzinfo=UTC)


@pytest.fixture
def event(tmp_path):
    """The one event of a JSON record, or of a line."""

    def read(record):
        line = (
            record
            if isinstance(record, str)
            else json.dumps({"time": "2024-05-03T14:41:15Z"} | record)
        )
        (tmp_path / "app.log").write_text(line + "\n")
        (row,) = al.read(tmp_path, key=KEY, tz="UTC", year=2024).events.to_pylist()
        return row

    return read


@pytest.mark.parametrize(
    "record",
    [
        {"access_token": JWT},
        {"authorization": f"Bearer {JWT}"},
        {"msg": f"refused {JWT} from ana"},
        {"deep": {"headers": {"authorization": f"bearer {JWT}"}}},
    ],
    ids=["field", "header", "message", "deep"],
)
def test_a_token_becomes_one_fingerprint_and_its_claims(event, record):
    row = event(record | {"event": "token_validate", "outcome": "failure"})
    assert row["token_hash"] == Fingerprints(KEY).one(JWT)
    assert [row[name] for name in ("iss", "sub", "jti", "kid", "alg")] == [
        "https://idp", "u1", "j1", "k1", "ES256",
    ]  # fmt: skip
    assert row["aud"] == ["api", "web"] and row["iat"] == row["nbf"] == AT
    assert row["exp"].minute == 11 and row["claims_verified"] is False
    for piece in JWT.split("."):
        assert piece not in repr(row)


@pytest.mark.parametrize(("outcome", "verified"), [("success", True), ("failure", False)])
def test_claims_count_as_verified_only_after_a_check_that_succeeded(event, outcome, verified):
    row = event({"event": "token_validate", "outcome": outcome, "jti": "j1"})
    assert row["claims_verified"] is verified
    assert event({"event": "login", "outcome": "success", "jti": "j1"})["claims_verified"] is False
    assert event({"event": "login", "outcome": "success"})["claims_verified"] is None


def test_what_the_record_says_wins_over_its_token(event):
    row = event({"token": JWT, "sub": "said", "aud": "one"})
    assert row["sub"] == "said" and row["aud"] == ["one"] and row["iss"] == "https://idp"


def test_a_session_becomes_a_fingerprint(event):
    row = event({"session_id": "s-774411-774411-774411"})
    assert row["session_hash"] == Fingerprints(KEY).one("s-774411-774411-774411")
    assert "774411" not in repr(row)


@pytest.mark.parametrize(
    ("record", "attempt"),
    [
        ({"request_id": "r1", "trace_id": "t1"}, "r1"),
        ({"trace_id": "t1"}, "t1"),
        ({"host": "web-1"}, None),
        ("May  3 14:41:15 web-1 app[77]: hello", "web-1:77"),
        ("May  3 14:41:15 web-1 app: hello", None),
        (
            "May  3 14:41:15 ldap-1 slapd[801]: conn=4 op=1 RESULT tag=97 err=0 text=",
            "ldap-1:conn=4 op=1",
        ),
        ("May  3 14:41:15 ldap-1 slapd[801]: conn=4 op=2 UNBIND", None),
        (
            "2024-05-03 14:41:15 UTC [42] LOG:  connection authorized: user=a database=b",
            "app.log:42",
        ),
    ],
)
def test_an_attempt_is_a_request_a_trace_or_what_its_format_names(event, record, attempt):
    assert event(record)["attempt_id"] == attempt


SECRET = "Zq7hunter2hunter2Zq7"
HIDDEN = [
    {"user": f"password={SECRET}"},
    {"msg": f"login with password={SECRET} failed"},
    {"path": f"/cb?code={SECRET}&state={SECRET}"},
    {"user_agent": f"x Bearer {SECRET}"},
    {"event": f"api_key={SECRET}"},
    {"error": {"message": f"client_secret: {SECRET}"}},
    {"nested": {"list": [{"password": SECRET}]}},
    {"password": SECRET, "refreshToken": SECRET},
    {"aud": [f"token?access_token={SECRET}"]},
    {"service": f"Cookie: sid={SECRET}"},
    {"time2": f"authorization=Basic {SECRET}"},
    {"password": [SECRET, {"a": SECRET}]},
    {"secret": {"value": SECRET}},
    {"url": f"postgres://app:{SECRET}@db-1/auth"},
]


@pytest.mark.parametrize("record", HIDDEN, ids=[next(iter(one)) for one in HIDDEN])
@pytest.mark.parametrize("escaped", [False, True])
def test_a_secret_reaches_no_column(event, record, escaped):
    line = json.dumps({"time": "2024-05-03T14:41:15Z", "level": "info"} | record)
    if escaped:  # some encoders write = and & as escapes
        line = line.replace("=", "\\u003d").replace("&", "\\u0026").replace("/", "\\/")
    row = event(line)
    assert SECRET not in repr(row)
    json.loads(row["extra"] or "{}")


def test_a_raw_token_survives_nowhere_in_the_sample(sample, sample_logs):
    import gzip
    import re

    raw = b"".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in sorted(sample.iterdir())
    ).decode(errors="replace")
    tokens = set(re.findall(r"eyJ[\w-]+\.[\w-]+\.([\w-]{10,})", raw))
    codes = set(re.findall(r"[?&]code=([\w-]{12,})", raw))
    assert len(tokens) > 20 and len(codes) > 1_000
    shown = re.compile(r"[\w-]{10,}")
    for name in ("events", "changes", "rejects", "sources"):
        table = getattr(sample_logs, name)
        for column in table.column_names:
            values = set(map(str, table[column].to_pylist()))
            words = {word for value in values for word in shown.findall(value)}
            assert not words & (tokens | codes), (name, column)


def test_numbers_that_do_not_fit_stay_as_extra(event):
    row = event({"status": 999, "duration_ms": "soon", "iat": "never", "client_ip": "host.example"})
    extra = json.loads(row["extra"])
    assert row["http_status"] is None and extra["http_status"] == "999"
    assert row["duration_us"] is None and extra["duration_ms"] == "soon"
    assert row["iat"] is None and extra["iat"] == "never"
    assert row["source_ip"] is None and extra["source_ip"] == "host.example"


def test_the_sample_is_read_as_its_truth_says(sample_logs, root):
    """Rejects are what the simulator damaged; times without a day are null, and none invented."""
    truth = json.loads((root / "sample_logs" / "login-lockout.truth.json").read_text())["files"]
    counts = sample_logs.tally().files
    rows = sample_logs.events.select(["source_file", "time_quality"]).to_pylist()
    for name, told in truth.items():
        mine = counts[f"{name}.gz"]
        damaged = told["malformed"]
        hopeless = sum(damaged.get(kind, 0) for kind in ("garbage", "half_json"))
        dayless = sum(
            r["source_file"] == f"{name}.gz" and r["time_quality"] == "none" for r in rows
        )
        assert mine.lines == told["lines"]
        assert dayless == damaged.get("impossible_date", 0)
        assert mine.rejected <= hopeless + damaged.get("truncated", 0)
        assert mine.rejected + mine.joined >= hopeless


@pytest.mark.parametrize("name", ["token_hash", "session_hash"])
def test_a_field_named_like_a_fingerprint_is_printed_itself(event, name):
    raw = "rawrawrawrawraw7rawraw"
    assert event({name: raw})[name] == Fingerprints(KEY).one(raw)
    line = f"time=2024-05-03T14:41:15Z level=info event=login outcome=success {name}={raw}"
    assert event(line)[name] == Fingerprints(KEY).one(raw)
    both = event({name: raw, "deep": {name: raw}, "access_token": "t1", "session_id": "s1"})
    assert raw not in str(both)
    assert both[name] == Fingerprints(KEY).one("t1" if name == "token_hash" else "s1")


def test_a_code_id_is_the_session_that_it_will_be(event):
    line = (
        "2024-05-03 09:41:04,870 WARN  [org.keycloak.events] (executor-thread-1) "
        'type="LOGIN_ERROR", realmId="acme", clientId="web", {}code_id="87c430d1-97e3-11ef"'
    )
    row = event(line.format(""))
    assert row["session_hash"] == Fingerprints(KEY).one("87c430d1-97e3-11ef")
    assert "87c430d1" not in str(row)
    assert "87c430d1" not in str(event(line.format('sessionId="s1", ')))


def test_of_a_name_that_comes_twice_the_first_counts(event):
    line = '{"time":"2024-05-03T14:41:15Z","event":"login","outcome":"failure","outcome":"success"}'
    assert event(line)["outcome"] == "failure"
