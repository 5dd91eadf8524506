"""Tokens are joined to their issue on the best level the log allows."""

import numpy as np
import pytest
from worlds import at, place

from authlogs.analysis.lineage import trace_tokens as trace
from authlogs.analysis.result import Signal

REFUSED = Signal(
    service="gateway",
    event_type="token_validate",
    reason="invalid_signature",
    denominator="attempts",
)


def trace_tokens(events):
    return trace(events, REFUSED)


def token_log(key, *, tokens=200, bad=range(80, 160), shared_user=False):
    """Tokens issued by `web` on behalf of `issuer`, used at `gateway` two seconds later, twice."""
    rows = []
    for n in range(tokens):
        version = "2.0" if n in bad else "1.0"
        who = {"user": f"user-{n % 5 if shared_user else n}"}
        name = {key: f"id-{n}"} if key else {}
        trace = {"trace_id": f"trace-{n}"}
        issue = {"event_type": "token_issue", "outcome": "success", "service": "web"}
        exchange = {"event_type": "token_exchange", "outcome": "success", "service": "issuer"}
        rows.append({"time": at(n - 0.02)} | who | trace | exchange | {"service_version": "9"})
        rows.append({"time": at(n)} | who | name | trace | issue | {"service_version": version})
        for later in (2 / 60, 0.5):
            use = {"event_type": "token_validate", "service": "gateway", "service_version": "4"}
            failed = {"outcome": "failure", "reason": "invalid_signature"}
            result = failed if n in bad else {"outcome": "success"}
            rows.append({"time": at(n + later)} | who | name | use | result)
    return place(rows)


@pytest.mark.parametrize(
    ("key", "level"),
    [("token_hash", "token"), ("jti", "jti"), ("session_hash", "session"), (None, "user")],
)
def test_the_best_level_is_used_and_every_token_counts_once(key, level):
    tokens = trace_tokens(token_log(key))
    assert tokens.how.level == level
    assert tokens.how.match_rate == 1.0
    issued = tokens.table.filter(tokens.table["issued_us"].is_valid())
    assert len(issued) == 200
    assert sum(issued["failed"].to_pylist()) == 80


def test_the_path_names_every_service_that_took_part_in_issuing():
    tokens = trace_tokens(token_log("jti"))
    paths = {(r["key"], r["service"]): r["version"] for r in tokens.paths.to_pylist()}
    assert paths["id-100", "web"] == "2.0"
    assert paths["id-100", "issuer"] == "9"
    assert {service for _, service in paths} == {"web", "issuer"}


def test_an_id_that_was_issued_twice_is_counted_as_ambiguous():
    rows = token_log("jti").to_pylist()
    twice = [dict(r, trace_id="again") for r in rows if r["event_type"] == "token_issue"]
    tokens = trace_tokens(place(rows + twice[:100]))
    assert tokens.how.false_join_rate == pytest.approx(0.5)


def test_a_join_by_person_states_how_often_it_would_be_wrong():
    tokens = trace_tokens(token_log(None, shared_user=True))
    assert tokens.how.level == "user"
    assert tokens.how.false_join_rate > 0.5


def test_rejects_whose_issue_is_nowhere_are_not_traced():
    rows = [r for r in token_log("jti").to_pylist() if r["event_type"] == "token_validate"]
    assert trace_tokens(place([dict(r, user=f"other-{i}") for i, r in enumerate(rows)])) is None


def test_first_presentation_counts_not_the_retries():
    rows = token_log("jti").to_pylist()
    storm = [dict(r, time=at(200 + n)) for n in range(50) for r in rows if r["jti"] == "id-100"]
    tokens = trace_tokens(place(rows + [r for r in storm if r["event_type"] == "token_validate"]))
    assert int(np.sum(tokens.table["failed"].to_numpy())) == 80


def test_uses_without_an_issue_are_not_taken_for_one_unit():
    """Only a few rejects have an issue: a join by person must not claim to explain the rest."""
    rows = token_log(None, tokens=12, bad=range(12)).to_pylist()
    lone = {"event_type": "token_validate", "service": "gateway", "outcome": "failure"}
    lone["reason"] = "invalid_signature"
    rows += [lone | {"time": at(20 + n / 10), "user": f"stranger-{n}"} for n in range(500)]
    assert trace_tokens(place(rows)) is None


def test_ties_in_time_do_not_depend_on_the_order_of_rows():
    rows = token_log("jti").to_pylist()
    for row in rows:
        row["time"] = row["time"].replace(second=0, microsecond=0)
    draw = np.random.Generator(np.random.PCG64(1))
    seen = []
    for _ in range(3):
        shuffled = [dict(rows[i]) for i in draw.permutation(len(rows))]
        for row in shuffled:
            row["source_file"] = None
        table = trace_tokens(place(shuffled)).table
        seen.append(table.select(["key", "failed", "use_instance", "issued_us"]).to_pylist())
    assert seen[0] == seen[1] == seen[2]


def test_only_the_signals_own_service_and_reason_make_a_failing_unit():
    rows = token_log("jti", bad=()).to_pylist()
    elsewhere = [
        dict(r, service="api", outcome="failure", reason="invalid_audience", time=at(n))
        for n, r in enumerate(rows)
        if r["event_type"] == "token_validate"
    ]
    tokens = trace_tokens(place(rows + elsewhere))
    assert tokens is None or not any(tokens.table["failed"].to_pylist())
