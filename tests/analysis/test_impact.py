"""Impact: wishes to sign in and not lines, the counterfactual, who came back, the error budget."""

import dataclasses
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import between, changes, logins, place

import authlogs as al
from authlogs.analysis.episodes import GAP_S, find_episodes
from authlogs.analysis.result import Lineage
from authlogs.analysis.units import Units
from authlogs.schema import REJECTS, SOURCES

FAULT = (120, 180)


def world(rows):
    """Logs of a world."""
    empty = (schema.empty_table() for schema in (REJECTS, SOURCES))
    return al.Logs(ds.dataset(place(rows)), changes(), *empty)


def day(seed, *, back=0, rate=15, fails=None, minutes=220):
    """Logins of one day, so many days earlier."""
    rows = logins(seed, rate=rate, minutes=minutes, **({"fails": fails} if fails else {}))
    return [row | {"time": row["time"] - timedelta(days=back)} for row in rows]


@pytest.fixture(scope="module")
def broken():
    """Hours of logins, all failing in the third, and how many the fault took."""
    rows = day(11, fails=between(*FAULT, "server_error", "availability"))
    for k, row in enumerate(rows):
        inside = FAULT[0] <= (row["time"] - rows[0]["time"]).total_seconds() / 60 < FAULT[1]
        row["tenant"] = "small" if inside and k % 400 == 0 else ("acme", "globex")[k % 2]
    return world(rows), sum(row.get("reason") == "server_error" for row in rows)


@pytest.fixture(scope="module")
def found(broken):
    return al.investigate(broken[0])


def units_of(told):
    """Units from (person, second, failed)."""
    told = sorted(told, key=lambda one: one[1])
    at = np.array([second * 1e6 for _, second, _ in told])
    return Units(
        used_us=at,
        issued_us=at,
        failed=np.array([failed for _, _, failed in told], dtype=bool),
        person=np.array([person for person, _, _ in told], dtype=object),
        builds={},
        met={},
        follows={},
        dimensions={},
        heard=frozenset(),
        kind="person",
        how=Lineage(),
    )


def slowly(told):
    """Episodes by plain loops: (start second, went well, came back)."""
    people = {}
    for k, (person, second, failed) in enumerate(sorted(told, key=lambda one: one[1])):
        people.setdefault(person if person is not None else f"?{k}", []).append((second, failed))
    found = []
    for tries in people.values():
        chains, last, over = [], None, True
        for second, failed in tries:
            if over or second - last > GAP_S:
                chains.append([second, not failed])
            else:
                chains[-1][1] = not failed
            last, over = second, not failed
        for k, (start, well) in enumerate(chains):
            later = next((s for s, w in chains[k + 1 :] if w), None)
            found.append((start, well, later))
    return sorted(found, key=str)


UNITS = st.lists(
    st.tuples(st.sampled_from(["ana", "bob", None]), st.integers(0, 9_000), st.booleans()),
    max_size=30,
    unique_by=lambda one: one[1],
)


@given(told=UNITS)
def test_episodes_are_those_of_a_slow_twin(told):
    made = find_episodes(units_of(told), np.ones(len(told), dtype=bool))
    seen = [
        (int(start / 1e6), bool(well), None if np.isnan(later) else int(later / 1e6))
        for start, well, later in zip(made.start_us, made.well, made.later_us, strict=True)
    ]
    assert sorted(seen, key=str) == slowly(told)
    assert made.units.sum() == len(told)


def test_a_storm_of_retries_is_one_wish():
    told = [("ana", k, True) for k in range(500)] + [("ana", 500, False)]
    made = find_episodes(units_of(told), np.ones(501, dtype=bool))
    assert (len(made), made.well.tolist(), made.units.tolist()) == (1, [True], [501])


def test_the_deficit_covers_what_the_fault_took(broken, found):
    logs, took = broken
    (told,) = al.assess_impact(logs, found)
    low, high = told.lost_logins_interval
    assert low <= took <= high
    assert "hours before the onset" in told.basis
    assert high - low < took


def test_earlier_days_tell_better_than_the_hours_before(broken, found):
    logs, took = broken
    history = world([row for k in range(1, 5) for row in day(20 + k, back=k)])
    (told,) = al.assess_impact(logs, found, history=history.events)
    low, high = told.lost_logins_interval
    assert low <= took <= high
    assert "3 earlier days" in told.basis


def test_days_of_another_size_are_scaled(broken, found):
    logs, took = broken
    history = world([row for k in range(1, 4) for row in day(40 + k, back=k, rate=30)])
    (told,) = al.assess_impact(logs, found, history=history)
    (incident,) = al.investigate(logs, history=history).incidents
    assert incident.impact.lost_logins == told.lost_logins is not None
    assert found.incidents[0].impact.lost_logins != told.lost_logins
    low, high = told.lost_logins_interval
    assert low <= took <= high


def test_without_history_nothing_is_estimated():
    rows = day(5, fails=between(20, 80, "server_error", "availability"), minutes=130)
    logs = world(rows)
    found = al.investigate(logs)
    (told,) = al.assess_impact(logs, found)
    assert (told.lost_logins, told.basis) == (None, "not estimable: no history")
    assert found.incidents[0].impact.lost_logins is None
    assert "not estimable: no history" in str(told)


def test_who_came_back_and_who_did_not(broken, found):
    logs, _ = broken
    (told,) = al.assess_impact(logs, found)
    assert told.deferred + told.lost == told.failed
    assert told.failed <= told.failed_lines
    rows = logs.events.select(["time", "user", "outcome", "reason"]).to_pylist()
    incident = found.incidents[0]
    hit = {r["user"] for r in rows if r["reason"] == "server_error"}
    assert told.affected == len(hit)
    after = {r["user"] for r in rows if r["outcome"] == "success" and r["time"] > incident.onset}
    assert told.lost >= len(hit - after)


def test_parts_add_up_and_name_nobody(broken, found):
    logs, _ = broken
    (told,) = al.assess_impact(logs, found)
    rows = told.parts.to_pylist()
    for dimension in {row["dimension"] for row in rows}:
        assert sum(r["failed"] for r in rows if r["dimension"] == dimension) == told.failed
        assert all(row["people"] >= 5 or row["value"] == "(others)" for row in rows)


def test_a_rare_tenant_is_shown_with_others(broken, found):
    assert "small" in broken[0].events["tenant"].to_pylist()
    (told,) = al.assess_impact(broken[0], found)
    values = [r["value"] for r in told.parts.to_pylist() if r["dimension"] == "tenant"]
    assert values == ["(others)", "acme", "globex"]


def test_the_budget_is_a_share_of_what_may_fail(broken, found):
    logs, took = broken
    budget = al.assess_impact(logs, found, objective=0.99, days=10)[0].budget
    assert budget.minutes_below == pytest.approx(60, abs=3)
    assert budget.failed == pytest.approx(took, rel=0.1)
    # About 15 people a minute for ten days, of whom 1 % may fail.
    assert budget.allowed == pytest.approx(0.01 * 15 * 1_440 * 10, rel=0.1)
    assert budget.burnt == pytest.approx(budget.failed / budget.allowed)


@pytest.mark.parametrize(("objective", "days"), [(1.0, 30), (0.0, 30), (99.9, 30), (0.99, 0)])
def test_an_objective_that_is_none(broken, found, objective, days):
    with pytest.raises(al.BadCall, match="cannot be kept or missed"):
        al.assess_impact(broken[0], found, objective=objective, days=days)


def test_an_objective_is_told_as_it_was_typed(broken, found):
    with pytest.raises(al.BadCall, match=r"objective of 0\.999 over 0 days"):
        al.assess_impact(broken[0], found, objective=99.9 / 100, days=0)


def test_no_money_anywhere(broken, found):
    told = str(al.assess_impact(*broken[:1], found)[0]).lower()
    fields = {f.name for f in dataclasses.fields(al.Assessment)}
    assert not fields & {"cost", "revenue", "money"}
    assert not any(word in told for word in ("$", "€", "revenue", "dollar"))


def test_logs_without_incidents_have_no_impact():
    logs = world(day(3, minutes=60))
    assert al.assess_impact(logs, al.investigate(logs)) == ()
    assert isinstance(logs.events, pa.Table)


def test_both_commands_count_the_same_people(sample_logs, sample_investigation):
    (told,) = al.assess_impact(sample_logs, sample_investigation)
    impact = sample_investigation.incidents[0].impact
    assert (told.people, told.affected) == (impact.users_attempting, impact.users_affected)
    assert told.lost_logins == impact.lost_logins


def test_a_history_of_another_service_is_told(sample_logs, sample_investigation):
    other = al.search(sample_logs, "service:web")
    (told,) = al.assess_impact(sample_logs, sample_investigation, history=other)
    assert told.basis.endswith("(the history holds no attempts of gateway)")
