"""Sigma rules: what they select, when they fire, and what they refuse to be."""

import re
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.query.sigma import firings
from authlogs.query.sigma_rules import own_rules, parse_rules
from authlogs.schema import EVENTS

pytest.importorskip("sigma", reason="pySigma is not installed: pip install 'authlogs[sigma]'")
START = datetime(2024, 5, 3, 14, tzinfo=UTC)
ROW = {
    "event_type": "login", "outcome": "failure", "user": "Ana", "source_ip": "192.0.2.7",
    "source_ip_key": "00000000000000000000ffffc0000207", "http_status": 401, "mfa": True,
    "reason": "invalid_credentials", "message": "Refused 100% of ana_b", "sub": "Ana",
    "service": "web", "kid": "k*1",
}  # fmt: skip


def table(*rows):
    told = [
        {"time": START + timedelta(seconds=row.get("at", 0)), "source_file": "a", "line_no": n}
        | {"byte_offset": n}
        | {name: value for name, value in row.items() if name != "at"}
        for n, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(told, EVENTS)


def rule(detection, condition="sel", name="one", more=""):
    return (
        f"title: {name}\nname: {name}\nlogsource:\n  category: authentication\n{more}"
        f"detection:\n{detection}\n  condition: {condition}\n"
    )


def matches(detection, condition="sel", row=ROW):
    (one,) = parse_rules(rule(detection, condition), "test.yml")
    return len(firings(one, table(row))) == 1


@pytest.mark.parametrize(
    ("told", "hit"),
    [
        ("user: ana", True),
        ("user|cased: ana", False),
        ("user|cased: Ana", True),
        ("user.name: ANA", True),
        ("user: an?", True),
        ("user: a*", True),
        ("user: an", False),
        ("user|contains: N", True),
        ("user|startswith: na", False),
        ("user|endswith: na", True),
        ("message|contains: '100%'", True),
        ("message|contains: '100_'", False),
        ("message|contains: 'ana_b'", True),
        ("message|contains: 'anaxb'", False),
        (r"kid: 'k\*1'", True),
        (r"kid: 'k\*2'", False),
        ("user: [bob, ana]", True),
        ("user|contains|all: [a, n]", True),
        ("user|contains|all: [a, x]", False),
        ("source_ip|cidr: 192.0.2.0/24", True),
        ("source.ip|cidr: 192.0.3.0/24", False),
        ("source_ip|cidr: '::ffff:0:0/96'", True),
        ("http_status: 401", True),
        ("http_status|gte: 402", False),
        ("http_status|lt: 402", True),
        ("mfa: true", True),
        ("mfa: false", False),
        ("reason|re: '^invalid_[a-z]+$'", True),
        ("reason|re: '^INVALID'", False),
        ("reason|re: '^inv.*d_[a-z]*$'", True),
        ("reason|re: '^invalid_?$'", False),
        ("reason|re: 'invalid_\\*'", False),
        ("message|re: 'an[x&&a]_b'", True),  # a class has signs: no engine's sets of them
        ("reason|re|i: '^INVALID'", True),
        ("jti: null", True),
        ("user: null", False),
        ("jti|exists: false", True),
        ("user|exists: true", True),
        ("user|fieldref: sub", True),
        ("user|fieldref: service", False),
    ],
)
def test_each_modifier_means_what_the_specification_says(told, hit):
    assert matches(f"  sel:\n    {told}") is hit


@pytest.mark.parametrize(
    ("condition", "hit"),
    [
        ("a and b", False),
        ("a or b", True),
        ("a and not b", True),
        ("not c", True),
        ("1 of them", True),
        ("all of them", False),
        ("not (b or c)", True),
        ("words and a", True),
    ],
)
def test_conditions_combine(condition, hit):
    parts = "  a:\n    user: ana\n  b:\n    user: bob\n  c:\n    jti: x\n  words:\n    - refused"
    assert matches(parts, condition) is hit


def test_what_is_hostile_stays_a_value():
    for value in ("' OR 1=1 --", "$1", "a\\'", '"; DROP TABLE events'):
        assert not matches(f"  sel:\n    user: {value!r}")


def correlation(kind, more, group="group-by: [user]", rules="[one]", span="60s"):
    condition = f"  condition:\n    {more}\n" if more else ""
    return (
        f"title: many\nname: many\ncorrelation:\n  type: {kind}\n  rules: {rules}\n  {group}\n"
        f"  timespan: {span}\n{condition}"
    )


ONE = rule("  sel:\n    outcome: failure")
TWO = rule("  sel:\n    outcome: success", name="two")


def fired(text, *rows):
    (one,) = [one for one in parse_rules(text, "test.yml") if one.kind == "correlation"]
    told = firings(one, table(*rows)).to_pylist()
    return [
        (int((r["time"] - START).total_seconds()), int((r["end_time"] - START).total_seconds()),
         r["group"], r["count"])
        for r in told
    ]  # fmt: skip


STEPS = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.sampled_from(["ana", "bob", None]),
        st.sampled_from(["success", "failure", "failure"]),
        st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3", None]),
    ),
    max_size=25,
)


def twin(kind, steps, need, span=60):
    """The same in plain Python: every window looked through anew."""
    told = []
    ordered = sorted(enumerate(steps), key=lambda one: (one[1][0], one[0]))
    for user in ("ana", "bob"):
        mine = [s for _, s in ordered if s[1] == user]
        mine = mine if kind.startswith("temporal") else [s for s in mine if s[2] == "failure"]
        before = None
        for place, step in enumerate(mine):
            window = [s for s in mine if step[0] - span <= s[0] <= step[0]]
            if kind == "event_count":
                count, holds = len(window), len(window) >= need
            elif kind == "value_count":
                count = len({s[3] for s in window} - {None})
                holds = count >= need
            elif kind == "temporal":
                count = len({s[2] for s in window})
                holds = count == 2
            else:
                earlier = [s for s in mine[: place + 1] if s[2] == "failure"]
                holds = step[2] == "success" and any(step[0] - s[0] <= span for s in earlier)
                count = 2
            if holds and (before is None or step[0] - before[0] > span or not before[1]):
                told.append([step[0], step[0], f"user={user}", count])
            elif holds:
                told[-1][1] = step[0]
            before = (step[0], holds)
    return sorted(map(tuple, told), key=lambda one: (one[0], one[2]))


@settings(max_examples=15)
@given(steps=STEPS, need=st.integers(1, 4))
@example(steps=[(at, "ana", "failure", "192.0.2.1") for at in (0, 10, 200)], need=1)
@example(steps=[(at, "ana", ("failure", "success")[at % 2], None) for at in (0, 61, 62)], need=1)
@pytest.mark.parametrize("kind", ["event_count", "value_count", "temporal", "temporal_ordered"])
def test_a_correlation_fires_when_a_plain_loop_says_so(kind, steps, need):
    field = "\n    field: source_ip" if kind == "value_count" else ""
    more = "" if kind.startswith("temporal") else f"gte: {need}{field}"
    rules = "[one, two]" if kind.startswith("temporal") else "[one]"
    text = "---\n".join([ONE, TWO, correlation(kind, more, rules=rules)])
    rows = [
        {"at": at, "user": user, "outcome": outcome, "source_ip": ip}
        for at, user, outcome, ip in steps
    ]
    assert fired(text, *rows) == twin(kind, steps, need)


def test_a_rule_that_serves_a_correlation_does_not_fire_itself():
    text = f"{ONE}---\n{correlation('event_count', 'gte: 2')}"
    assert [one.name for one in parse_rules(text, "t")] == ["many"]
    text = text.replace("  timespan", "  generate: true\n  timespan")
    assert [one.name for one in parse_rules(text, "t")] == ["one", "many"]


def test_aliases_name_a_field_for_each_rule():
    alias = "group-by: [who]\n  aliases:\n    who:\n      one: user\n      two: sub"
    text = "---\n".join([ONE, TWO, correlation("temporal", "", alias, "[one, two]")])
    rows = [
        {"at": 0, "user": "ana", "outcome": "failure"},
        {"at": 9, "sub": "ana", "outcome": "success"},
        {"at": 9, "sub": "bob", "outcome": "success"},
    ]
    assert fired(text, *rows) == [(9, 9, "who=ana", 2)]


BASE = "  sel:\n    outcome: failure"
SUM = "gte: 3\n    field: user"
REFUSED = {
    "an unknown column": (rule("  sel:\n    usr: ana"), "did you mean user"),
    "a part of a field": (rule("  sel:\n    user|fieldref|contains: sub"), "a part of sub"),
    "text on a number": (rule("  sel:\n    http_status: abc"), "text on http_status"),
    "a list": (rule("  sel:\n    aud: web"), "is a list"),
    "a network on a name": (rule("  sel:\n    user|cidr: 10.0.0.0/8"), "network"),
    "a part of a time": (rule("  sel:\n    time|hour: 3"), "not supported"),
    "look-ahead": (rule("  sel:\n    user|re: '(?=a)b'"), "perl operator"),
    "a placeholder": (rule("  sel:\n    user|expand: '%admins%'"), "a placeholder"),
    "a placeholder in an expression": (
        rule("  sel:\n    user|re|expand: 'a.*%admins%'"),
        "a placeholder",
    ),
    "a day that is none": (rule("  sel:\n    user: 2024-99-99"), "month must be"),
    "an endless number": (rule(f"  sel:\n    http_status: {'9' * 5000}"), "5000 digits"),
    "half of a character": (rule('  sel:\n    user: "\\ud800"'), "half of a character"),
    "a condition that is a number": (rule(BASE, "5"), "no rule"),
    "very many values": (
        rule(f"  sel:\n    user: [{', '.join(f'u{n}' for n in range(5001))}]"),
        "5,000 values",
    ),
    "ages": (f"{ONE}---\n{correlation('event_count', 'gte: 3', span='367d')}", "more than a year"),
    "an alias of a number": (
        f"{ONE}---\n"
        + correlation(
            "event_count", "gte: 3", "group-by: [who]\n  aliases:\n    who:\n      one: 5"
        ),
        "no column is called 5",
    ),
    "a timeframe": (rule(f"{BASE}\n  timeframe: 5m"), "timeframe"),
    "a pipe": (rule(BASE, "sel | count() > 5"), "no rule"),
    "another source": (rule(BASE).replace("authentication", "process_creation"), "log source"),
    "a product": (rule(BASE).replace("  category", "  product: okta\n  category"), "product"),
    "a condition of nothing": (rule(BASE, "other"), "no rule"),
    "a named group": (rule("  sel:\n    message|re: '(?<n>a)'"), "a group with a name"),
    "no YAML": ("{", "no rule"),
    "no mapping": ("- a", "no rule"),
    "a bomb": ("a: &a [x]\nb: !!python/object/apply:os.system [id]", "no rule"),
    "fewer than": (f"{ONE}---\n{correlation('event_count', 'lt: 3')}", "gte, gt and eq"),
    "a sum": (
        f"{ONE}---\n{correlation('value_sum', 'gte: 3' + chr(10) + '    field: user')}",
        "value_sum",
    ),
    "a misspelt key": (
        f"{ONE}---\n{correlation('event_count', 'gte: 3', 'groupby: [user]')}",
        "no groupby",
    ),
    "some of the rules": (
        f"{ONE}---\n{TWO}---\n{correlation('temporal', 'eq: 1', rules='[one, two]')}",
        "some of",
    ),
    "a missing rule": (correlation("event_count", "gte: 3"), "no rule"),
    "correlations of correlations": (
        f"{ONE}---\n{correlation('event_count', 'gte: 3')}---\n"
        + correlation("event_count", "gte: 2", rules="[many]").replace("name: many", "name: more"),
        "correlation",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_supported_raises(what):
    text, said = REFUSED[what]
    with pytest.raises(al.BadRule, match=re.escape(said)) as told:
        [firings(one, table(ROW)) for one in parse_rules(text, "mine.yml")]
    assert "mine.yml" in str(told.value)


def test_files_that_are_none_are_told(tmp_path):
    (tmp_path / "a.yml").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "a.yml", tmp_path / "none.yml"):
        with pytest.raises(al.BadRule, match="cannot be read"):
            al.run_rules(table(ROW), [path])
    assert al.run_rules(table(ROW), []).num_rows == 0


def test_own_rules_are_documented_and_each_can_be_run():
    told = own_rules()
    assert len(told) >= 12
    assert len({one.name for one in told}) == len(told)
    for one in told:
        assert one.parsed.description and one.parsed.falsepositives, one.name
        assert firings(one, table(ROW)).num_rows == 0, one.name


def attacks():
    """What each own rule is there for: rows that make it fire (and, without the last, do not)."""
    bad = {"outcome": "failure", "event_type": "token_validate", "service": "gw"}
    bad |= {"service_version": "2"}
    login = {"outcome": "failure", "event_type": "login", "reason": "invalid_credentials"}
    return {
        "invalid_signatures_by_build": [bad | {"reason": "invalid_signature"}] * 20,
        "token_faults_by_build": [bad | {"reason": "invalid_audience"}] * 20,
        "unknown_key_id": [bad | {"reason": "unknown_key"}] * 5,
        "key_fetch_failing": [bad | {"event_type": "key_fetch"}] * 3,
        "credential_stuffing": [
            login | {"user": f"u{n}", "source_ip": "192.0.2.9"} for n in range(15)
        ],
        "distributed_guessing": [
            login | {"user": "ana", "source_ip": f"192.0.2.{n}"} for n in range(8)
        ],
        "unknown_names": [
            login | {"user": f"u{n}", "source_ip": "192.0.2.9", "reason": "unknown_user"}
            for n in range(10)
        ],
        "impossible_refresh_rate": [{"event_type": "token_refresh", "session_hash": "s"}] * 20,
        "token_from_many_addresses": [
            {"event_type": "session_check", "outcome": "success", "token_hash": "t"}
            | {"source_ip": f"192.0.2.{n}"}
            for n in range(4)
        ],
        "second_factor_fatigue": [{"event_type": "mfa", "outcome": "challenge", "user": "ana"}] * 8,
        "lockout_wave": [{"event_type": "account_lock", "user": f"u{n}"} for n in range(10)],
        "sessions_lost": [bad | {"reason": "session_not_found"}] * 30,
        "clock_ahead": [bad | {"reason": "token_not_yet_valid"}] * 5,
        "unsigned_token_accepted": [
            {"event_type": "token_validate", "outcome": "success", "alg": "none"}
        ],
        "second_factor_then_password": [
            {"event_type": "mfa", "outcome": "failure", "user": "ana"},
            {"event_type": "password_change", "outcome": "success", "user": "ana"},
        ],
    }


def test_each_own_rule_fires_for_what_it_is_there_for_and_not_one_event_before():
    rules = {one.name: one for one in own_rules()}
    assert rules.keys() == attacks().keys()
    for name, rows in attacks().items():
        rows = [row | {"at": n} for n, row in enumerate(rows)]
        assert firings(rules[name], table(*rows)).num_rows == 1, name
        assert firings(rules[name], table(*rows[:-1])).num_rows == 0, name


def test_the_lockout_fires_at_the_build_that_refused(sample_logs):
    told = al.run_rules(sample_logs).to_pylist()
    groups = {row["group"] for row in told if row["rule"] == "invalid_signatures_by_build"}
    assert groups <= {f"service=gateway service_version=4.3.{n}" for n in (1, 2)} and groups
    assert not {row["rule"] for row in told} & {"clock_ahead", "unsigned_token_accepted"}


def test_the_page_lists_every_own_rule_and_its_example_can_be_run(root):
    page = (root / "docs" / "sigma.md").read_text(encoding="utf-8")
    for one in own_rules():
        assert f"| `{one.name}` | {one.level} | {one.parsed.description} |" in page
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [one.name for one in parse_rules(example, "page")] == ["many_names"]
    assert firings(parse_rules(example, "page")[0], table(ROW)).num_rows == 0


def test_neq_negates():
    assert matches("  sel:\n    user|neq: bob")
    assert not matches("  sel:\n    user|neq: ana")
