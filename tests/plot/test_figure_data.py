"""What each figure draws, as tables, and that the ink shows them."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
import staged
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from scipy.stats import binomtest

import authlogs as al
from authlogs.analysis.likelihood import rate_interval
from authlogs.analysis.result import Considered
from authlogs.errors import BadCall
from authlogs.plot.style import look_of
from authlogs.plot.token_shapes import find_shape
from authlogs.plot.versions import Z95

LIGHT = look_of()


def named(axes, gid):
    """The artists of that name."""
    return axes.findobj(lambda artist: artist.get_gid() == gid)


@pytest.fixture(scope="module")
def found():
    """An incident with ten changes."""
    return staged.complete(10)


def test_suspects_are_in_order_and_the_ruled_out_have_their_reason(found):
    data = al.suspects_data(found)
    rows = data.candidates.to_pylist()
    assert [row["name"] for row in rows[:3]] == [
        "web deploy 5.13.0 of 09:41", "a cause that no theory describes", "unlisted change (web)",
    ]  # fmt: skip
    assert [row["role"] for row in rows[:3]] == ["most_supported", "unknown", "ruled_out"]
    chances = [row["probability"] for row in rows]
    assert chances == sorted(chances, reverse=True)
    reasons = {row["name"]: row["reason"] for row in rows}
    assert (
        reasons["database overload"] == "predicts slow queries; latency covers 9% of the incident"
    )
    assert reasons["unlisted change (web)"].startswith("cannot be tested: a change without")
    assert reasons["service-1 deploy 1.0 of 09:40"] == staged.FINDINGS[1].statement
    told = data.evidence.filter(pa.compute.equal(data.evidence["candidate"], 0))
    assert told["direction"].to_pylist() == ["for", "against", "unknown"]
    assert "Against it speaks: the failures ended although" in data.alt


def test_changes_that_were_excluded_are_shown_with_their_reason(found):
    (incident,) = found.incidents
    out = Considered(id="3", excluded_because="it began 2 min after the onset")
    seen = dataclasses.replace(
        found, incidents=(dataclasses.replace(incident, changes_considered=(out,)),)
    )
    (row,) = [r for r in al.suspects_data(seen).candidates.to_pylist() if r["change_id"] == "3"]
    assert (row["role"], row["probability"]) == ("ruled_out", 0.0)
    assert row["reason"] == "began 2 min after the onset"


def test_bars_of_suspects_are_their_probabilities(found):
    bars = al.plot_suspects(found).child_axes[0]
    (blamed,) = named(bars, "candidate:web deploy 5.13.0 of 09:41")
    assert (blamed.get_x(), blamed.get_width()) == (0, 0.97)
    assert to_hex(blamed.get_facecolor()) == LIGHT.vermillion.lower()
    (other,) = named(bars, "candidate:service-1 deploy 1.0 of 09:40")
    assert to_hex(other.get_facecolor()) == LIGHT.grey.lower()


def test_inseparable_suspects_say_so(found):
    (incident,) = found.incidents
    first, second, *_ = incident.suspects
    pair = tuple(dataclasses.replace(s, probability=0.4, group="A") for s in (first, second))
    one = dataclasses.replace(incident, suspects=pair, verdict="undetermined")
    data = al.suspects_data(dataclasses.replace(found, incidents=(one,)))
    assert data.candidates["reason"].to_pylist()[:2] == ["cannot be told apart within group A"] * 2
    assert data.title.startswith("No cause is well supported")


def test_rates_of_versions_are_those_of_the_incident(found):
    data = al.versions_data(found)
    assert (data.service, data.path) == ("web", "issue")
    first = data.rates.to_pylist()[0]
    # Every five minutes from 225 to 445 six fail, and one passes from 450 to 475.
    assert (first["version"], first["failures"], first["attempts"]) == ("5.13.0", 270, 276)
    assert first["role"] == "most_supported"
    assert data.rates["rate"].to_pylist()[1:] == [0.0] * 7
    assert "5.13.0" in set(data.timeline.issuing["version"].to_pylist())
    whole = data.timeline.issuing.group_by("time").aggregate([("share", "sum")])
    assert np.allclose(whole["share_sum"], 1)


def test_a_version_of_few_attempts_is_pale(found):
    rows = [
        {"time": staged.at(300), "role": "issue", "service": "web", "version": version,
         "attempts": tried, "failures": 0}
        for version, tried in (("few", 9), ("many", 10))
    ]  # fmt: skip
    charts = dataclasses.replace(
        found.charts, builds=staged.table(rows, found.charts.builds.schema)
    )
    axes = al.plot_versions(dataclasses.replace(found, charts=charts))
    alphas = [named(axes, f"version:{v}")[0].get_alpha() for v in ("few", "many")]
    assert alphas == [0.4, 1.0]


def test_a_service_without_versions_is_refused(found):
    with pytest.raises(BadCall, match="no version of 'mail'") as caught:
        al.versions_data(found, service="mail")
    assert "choose from web" in str(caught.value)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=30)
def test_intervals_are_those_of_wilson(pair):
    expected = binomtest(*pair).proportion_ci(method="wilson")
    found = rate_interval(*pair, Z95)
    assert found == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert (found[0] == 0.0, found[1] == 1.0) == (pair[0] == 0, pair[0] == pair[1])


def test_segments_are_drawn_at_their_ratio(found):
    data = al.segments_data(found)
    assert data.title.startswith("client service-0 fails more than the rest: 90 % fail")
    assert data.title.endswith("elsewhere 2 %: 45x (30x to 66x)")
    axes = al.plot_segments(found)
    (dot,) = named(axes, "segment:client service-0")
    assert list(dot.get_xdata()) == [45.0]
    assert to_hex(dot.get_color()) == LIGHT.vermillion.lower()


def test_phases_run_from_the_onset_and_what_is_not_recorded_is_hatched(found):
    data = al.phases_data(found)
    rows = {row["phase"]: (row["start_s"], row["end_s"]) for row in data.phases.to_pylist()}
    well, rolled = 60.0 * (478 - 221), 60.0 * (450 - 221)
    assert rows == {
        "ttd": (0, 240), "tta": (0, None), "ttm": (0, rolled), "ttr": (0, well),
        "tail": (rolled, well),
    }  # fmt: skip
    assert data.title == (
        "Detected after 4 min, mitigated after 3 h 49 min, recovered after 4 h 17 min, "
        "with a tail of 28 min"
    )
    axes = al.plot_phases(found)
    (unknown,) = named(axes, "phase:tta")
    (tail,) = named(axes, "phase:tail")
    assert unknown.get_hatch() and tail.get_hatch()
    assert tail.get_paths()[0].get_extents().intervalx.tolist() == [rolled, well]
    assert "TTA, time to acknowledge, not recorded" in data.alt


def test_the_journey_names_where_people_are_lost(found):
    data = al.journey_data(found)
    assert data.worst == "first_use"
    assert data.title == (
        "People are lost at first use: 25% pass in the incident, 100% on the usual day"
    )
    rows = {(row["stage"], row["period"]): row for row in data.passages.to_pylist()}
    assert rows["first_use", "incident"]["passed_per_hour"] == 250
    assert rows["first_use", "usual"]["tried_per_hour"] == 1_000
    assert not rows["session", "usual"]["logged"]
    assert rows["session", "usual"]["passed_per_hour"] is None
    axes = al.plot_journey(found)
    (bar,) = named(axes, "first_use:incident")
    assert bar.get_height() == 250
    (gone,) = named(axes, "session:usual")
    assert gone.get_hatch()


def test_a_challenge_has_its_stage_and_its_line(found):
    rows = [
        {"time": staged.at(minute), "stage": "challenge", "attempts": 20, "successes": 2}
        for minute in range(staged.ONSET, staged.ROLLED_BACK)
    ]
    asked = staged.table(rows, found.charts.stages.schema)
    charts = dataclasses.replace(
        found.charts,
        stages=pa.concat_tables([found.charts.stages, asked]),
        journey=staged.passages(logged=("authorize", "challenge", "token", "first_use")),
    )
    seen = dataclasses.replace(found, charts=charts)
    (strip,) = al.plot_timeline(seen, strips=["stages"]).child_axes
    assert "challenge completed: median 10% in the incident" in {t.get_text() for t in strip.texts}
    stages = list(dict.fromkeys(al.journey_data(seen).passages["stage"].to_pylist()))
    assert stages == ["authorize", "challenge", "callback", "token", "session", "first_use"]
    assert "challenge" not in al.journey_data(found).passages["stage"].to_pylist()


def test_coverage_shows_silences_and_cuts_first(found):
    data = al.coverage_data(found)
    assert data.sources["source"].to_pylist()[:2] == ["service-1.log.gz", "service-2.log.gz"]
    gaps = [
        (row["source"], row["state"], row["start"], row["end"])
        for row in data.stretches.to_pylist()
        if row["state"] != "spoke"
    ]
    assert gaps == [
        ("service-1.log.gz", "silent", staged.at(250), staged.at(310)),
        ("service-2.log.gz", "truncated", staged.at(500), staged.at(600)),
    ]
    assert data.title == "Of 10 sources, some left gaps: 1 silent, 1 cut off"
    axes = al.plot_coverage(found)
    (silent,) = named(axes, "silent:service-1.log.gz")
    assert silent.get_hatch()
    assert np.allclose(
        silent.get_paths()[0].get_extents().intervalx,
        [staged.at(m).timestamp() / 86_400 for m in (250, 310)],
    )


def test_a_file_that_could_not_be_read_has_a_row_too(found):
    broken = {"source_file": "broken.log", "error": "is a directory"}
    data = al.coverage_data(dataclasses.replace(found, sources=(broken,)))
    (row,) = [r for r in data.stretches.to_pylist() if r["state"] == "unread"]
    assert (row["source"], row["start"], row["end"]) == ("broken.log", staged.START, staged.at(600))


def test_truncated_sources_are_hatched_on_the_timeline(found):
    data = al.timeline_data(found)
    (row,) = [r for r in data.spans.to_pylist() if r["kind"] == "truncated"]
    assert (row["start"], row["end"]) == (staged.at(500), staged.at(600))
    assert any("Truncated sources" in note for note in data.notes)
    assert any("Ruled out: database overload" in note for note in data.notes)


def test_failures_are_stacked_by_reason(found):
    data = al.timeline_data(found)
    assert set(data.reasons["reason"].to_pylist()) == {"token_expired", "token_malformed"}
    axes = al.plot_timeline(found, strips=["people"])
    (area,) = named(axes, "failing:token_expired")
    (main,) = named(axes, "failing")
    tops = [max(p.get_extents().y1 for p in a.get_paths()) for a in (main, area)]
    assert tops == [15, 18]
    assert area.get_hatch() and not main.get_hatch()


def test_bars_of_suspects_in_the_lanes_grow_with_their_probability():
    rows = [staged.suspect_row(), staged.change(100, "maybe", role="suspect", probability=0.5)]
    rows.append(staged.change(300, "out"))
    lanes = al.plot_timeline(staged.staged(rows)).child_axes[0]
    tall = [named(lanes, f"change:{name}")[0].get_height() for name in ("guilty", "C100", "C300")]
    assert tall == sorted(tall, reverse=True) and len(set(tall)) == 3


SHAPES = ["vertical band", "horizontal band", "older than an instant", "thin diagonal"]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_rejected_tokens_is_recognised(shape):
    data = al.token_plane_data(staged.complete(1, shape=shape))
    assert data.shape.name == shape
    assert data.shape.inside > 0.95 and data.shape.outside < 0.05
    assert shape in data.title and shape in data.alt.replace("all ", "")
    minutes = [
        (bound - staged.START.timestamp()) / 60
        for bound in (*data.shape.issued, *data.shape.used)
        if bound is not None
    ]
    expected = {
        "vertical band": [221, 450], "horizontal band": [221, 450],
        "older than an instant": [221, 221, 335], "thin diagonal": [221, 450],
    }[shape]  # fmt: skip
    assert minutes == pytest.approx(expected, abs=12)
    axes = al.plot_token_plane(staged.complete(1, shape=shape))
    assert named(axes, f"shape:{shape}")


def test_tokens_that_fail_at_random_form_no_shape():
    data = al.token_plane_data(staged.complete(1, shape="none"))
    assert data.shape is None
    assert not named(al.plot_token_plane(staged.complete(1, shape="none")), "shape:vertical band")


def test_tokens_used_at_once_tell_no_issuer_from_a_validator():
    at = np.arange(0.0, 600.0)
    failed = (at > 200) & (at < 400)
    assert find_shape(at, at + 0.01, failed, np.ones(600)).name == "block"
    assert find_shape(at, at + 0.01, at < 5, np.ones(600)) is None  # too few


@given(st.floats(-1e6, 1e6), st.sampled_from(SHAPES))
@settings(max_examples=12)
def test_another_clock_gives_the_same_shape(shift, shape):
    points = staged.tokens(shape, count=200).to_pandas()
    issued, used = (points[c].astype("int64").to_numpy() / 1e6 for c in ("issued", "used"))
    failed = points["failed"].to_numpy()
    one, other = (
        find_shape(issued + by, used + by, failed, np.ones(len(failed))) for by in (0.0, shift)
    )
    assert one.name == other.name == shape
