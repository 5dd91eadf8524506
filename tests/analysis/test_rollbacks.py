"""Each of four rollbacks is named for what it was, with its hosts, its seconds and its tail."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from rollback_worlds import COMMAND, ENDED, HOSTS, KINDS, MENDED, switched, world
from worlds import at, changes, logins, place

import authlogs as al
from authlogs.logs import Logs
from authlogs.schema import REJECTS, SOURCES

NAMED = {
    "complete": "complete",
    "laggard": "partial",
    "ineffective": "ineffective",
    "wrong": "wrong_change",
}


def as_logs(events, records):
    return Logs(
        dataset=ds.dataset(events),
        changes=records,
        rejects=REJECTS.empty_table(),
        sources=SOURCES.empty_table(),
    )


@pytest.fixture(scope="module")
def proofs():
    """The first rollback of each world, judged."""
    found = {}
    for kind in KINDS:
        logs = as_logs(*world(kind))
        found[kind] = al.prove_rollbacks(logs, al.investigate(logs))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_rollback_is_named(proofs, kind):
    first = proofs[kind][0]
    assert first.change.id == "C1"
    assert first.takes_back == "C0"
    assert first.verdict == NAMED[kind], first.statement


def test_the_hosts_of_a_complete_one_come_back_in_turn(proofs):
    told = proofs["complete"][0]
    assert {host.instance for host in told.hosts} == {f"web-{k + 1}" for k in range(HOSTS)}
    for host in told.hosts:
        back = at(switched(int(host.instance[-1]) - 1, "complete")[1])
        assert host.left < back <= host.back < back + timedelta(minutes=3)
    assert not told.late
    assert told.first_effect_s == pytest.approx(60, abs=60)
    assert told.most_traffic_s == pytest.approx(60 * (ENDED - COMMAND), abs=90)
    assert told.tokens_after_end == 0
    assert told.new_sign_ins_s == pytest.approx(60 * (ENDED - COMMAND), abs=120)


def test_the_host_that_stayed_is_named(proofs):
    told = proofs["laggard"][0]
    (late,) = told.late
    assert (late.instance, late.stuck, late.back) == ("web-1", True, None)
    assert "web-1 still ran 2.0" in told.statement
    assert told.most_traffic_s is None
    assert told.tokens_after_end > 100
    assert not told.decay.as_predicted


def test_the_wrong_one_names_the_change_that_is_more_supported(proofs):
    first, second = proofs["wrong"]
    assert "deploy issuer 7.1" in first.statement
    assert second.verdict == "complete"
    assert second.change.time == at(MENDED)


def test_the_tail_dies_out_as_tokens_do(proofs):
    """Tokens that poll live 20 minutes: their tail is half over before ten, and gone by twenty."""
    decay = proofs["complete"][0].decay
    assert decay.as_predicted
    assert decay.predicted == pytest.approx(decay.observed, rel=0.4)
    assert decay.observed_half_s <= 600
    assert decay.predicted_gone_s == pytest.approx(decay.observed_gone_s, abs=180)
    assert 900 <= decay.observed_gone_s <= 1260


def test_exposure_is_told_by_minute_host_and_build(proofs):
    told = proofs["complete"][0].exposure
    assert told.schema.names == ["time", "instance", "version", "events", "tokens"]
    late = told.filter(pa.compute.greater(told["time"], at(ENDED + 2)))
    assert set(late["version"].to_pylist()) == {"1.0"}


def test_the_sample_is_told_as_it_was(sample_logs, sample_investigation):
    """Command 12:30, first host back 12:37:30, last bad token 13:29:54.8, all well 13:57:25."""
    (told,) = al.prove_rollbacks(sample_logs, sample_investigation)
    said = str(told).splitlines()
    assert said[0].startswith("rollback web 5.12.0 at ") and said[0].endswith(": complete")
    assert told.verdict == "complete"
    assert told.takes_back == "1529004417"
    assert told.first_effect_s == pytest.approx(450, abs=5)
    assert told.most_traffic_s == pytest.approx(3594.77, abs=5)
    assert told.new_sign_ins_s == pytest.approx(3600, abs=60)
    assert told.all_traffic_s == pytest.approx(5245, abs=60)
    assert [host.instance for host in told.hosts] == [f"web-{k}" for k in range(1, 9)]
    assert told.decay.as_predicted
    assert told.decay.predicted == pytest.approx(told.decay.observed, rel=0.25)
    assert told.decay.observed_gone_s == pytest.approx(27 * 60, abs=60)


def test_a_rollback_without_a_deploy_says_so():
    """No deploy on record, no versions in the logs: effect and doubt are all there is."""

    def fails(minute, _row):
        return ("server_error", "availability") if 100 <= minute < 150 else None

    rows = logins(3, minutes=220, fails=fails)
    for row in rows:
        del row["service_version"]
    records = changes({"time": 149, "end_time": 150, "service": "web", "change_type": "rollback"})
    logs = as_logs(place(rows), records)
    (told,) = al.prove_rollbacks(logs, al.investigate(logs))
    assert told.takes_back is None
    assert told.verdict == "complete"
    assert "no deploy that it takes back is on record" in told.statement
    assert "do not name the builds" in told.statement
    assert told.hosts == ()
    assert told.decay is None


def test_nothing_is_proved_where_nothing_was_rolled_back(sample_investigation):
    rows = logins(4, minutes=30)
    logs = as_logs(place(rows), changes())
    assert al.prove_rollbacks(logs, sample_investigation) == ()
