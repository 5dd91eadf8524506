"""The tables behind the timeline, and the ink that shows them."""

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
import staged
from matplotlib.dates import num2date

from authlogs.analysis.charts import empty_charts
from authlogs.plot.drawn import timeline_data
from authlogs.plot.timeline import plot_timeline


def artist(axes, gid):
    """The one artist of that name."""
    (found,) = axes.findobj(lambda a: a.get_gid() == gid)
    return found


def stretch(patch):
    """Start and end of a bar or a shaded span, in seconds since START."""
    start, end = patch.get_x(), patch.get_x() + patch.get_width()
    return [round((num2date(x) - staged.START).total_seconds()) for x in (start, end)]


def spans(data, kind):
    """The spans of a kind, in minutes after START."""
    return [
        ((row["start"] - staged.START) / timedelta(minutes=1),
         (row["end"] - staged.START) / timedelta(minutes=1))
        for row in data.spans.to_pylist()
        if row["kind"] == kind
    ]  # fmt: skip


def test_the_title_is_the_verdict():
    axes = plot_timeline(staged.staged(staged.crowd(1)))
    title = axes.get_title(loc="left").replace("\n", " ")
    assert title == (
        "invalid_signature on gateway, 09:41:00 UTC-05:00 to 13:58:00 UTC-05:00; "
        "most supported: web deploy 5.13.0 of 09:41 (97%)"
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"incidents": (), "shown": empty_charts()}, "the logs hold no sign-in attempt"),
        ({"incidents": ()}, "No incident was found, and no changes were recorded"),
        ({"incidents": (), "lanes": [staged.change(5, "web deploy")]}, "No incident was found"),
        ({}, "; no changes were recorded"),
    ],
)
def test_what_is_missing_is_said_in_the_title(wanted, said):
    found = staged.staged(**wanted)
    axes = plot_timeline(found)
    assert timeline_data(found).title.endswith(said)
    assert len(axes.child_axes) == 4


def test_without_charts_the_figure_is_still_right():
    found = dataclasses.replace(staged.staged(incidents=()), charts=None)
    assert "no sign-in attempt" in plot_timeline(found).get_title(loc="left")


@pytest.mark.parametrize(
    ("zone", "first", "named"),
    [
        ("America/Bogota", "06:00", "local time on 2024-05-03, America/Bogota (UTC-05:00)"),
        (
            "Asia/Kolkata",
            "17:00",
            "local time on 2024-05-03 to 2024-05-04, Asia/Kolkata (UTC+05:30)",
        ),
        ("UTC", "11:00", "local time on 2024-05-03, UTC+00:00"),
    ],
)
def test_the_axis_is_local_and_names_its_zone(zone, first, named):
    axes = plot_timeline(staged.staged(staged.crowd(1), zone=zone))
    axes.figure.canvas.draw()
    assert axes.get_xlabel() == named
    low, high = axes.get_xlim()
    ticks = [
        label.get_text()
        for label, at in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)
        if low <= at <= high
    ]
    assert first in ticks


def test_both_offsets_are_named_where_the_clocks_change():
    found = staged.staged(zone="Europe/Berlin")
    night = staged.START.replace(month=3, day=31, hour=0)
    turned = dataclasses.replace(found, analysed=(night, night + timedelta(hours=3)))
    assert timeline_data(turned).zone_name == "Europe/Berlin (UTC+01:00, later UTC+02:00)"


def test_drawn_spans_are_those_of_the_data():
    axes = plot_timeline(staged.staged(staged.crowd(1), uncovered=range(300, 340)))
    people = axes.child_axes[1]
    onset, rolled_back, well = (60 * m for m in (staged.ONSET, staged.ROLLED_BACK, staged.WELL))
    assert stretch(artist(people, "span:incident")) == [onset, well]
    assert stretch(artist(people, "span:onset")) == [onset - 30, onset + 30]
    assert stretch(artist(people, "span:recovered_new")) == [rolled_back - 60, rolled_back + 60]
    assert stretch(artist(people, "span:recovered_all")) == [well - 60, well + 120]
    assert stretch(artist(people, "span:tail")) == [rolled_back, well]
    assert artist(people, "span:tail").get_hatch()
    assert stretch(artist(people, "span:missing")) == [300 * 60, 340 * 60]
    assert artist(people, "span:missing").get_hatch()


def test_bars_run_from_the_start_to_the_end_of_a_rollout():
    axes = plot_timeline(staged.staged([staged.suspect_row(), staged.change(30, "x", lasts=12)]))
    lanes = axes.child_axes[0]
    assert stretch(artist(lanes, "change:guilty")) == [221 * 60, 225 * 60]
    assert stretch(artist(lanes, "change:C30")) == [30 * 60, 42 * 60]
    assert stretch(artist(lanes, "incident:incident")) == [221 * 60, 478 * 60]
    assert (
        artist(lanes, "change:guilty").get_facecolor()
        != artist(lanes, "change:C30").get_facecolor()
    )


def test_claimed_markers_are_hollow_and_alerts_are_not():
    alert = {"time": staged.at(225), "lane": "alert", "label": "it is on fire", "role": "mark"}
    axes = plot_timeline(staged.staged([staged.claim(240, "10:00 outage begins"), alert]))
    claim = artist(axes.child_axes[0], "claim:claim")
    assert claim.get_markerfacecolor() == "none"
    assert artist(axes.child_axes[0], "alert:alert").get_markerfacecolor() != "none"
    assert round(claim.get_xdata()[0] * 1440) == round(staged.at(240).timestamp() / 60)


def test_claims_of_one_time_share_a_mark():
    rows = [
        staged.claim(240, t) for t in ("They said from 10:00 on", "10:00 outage begins", "10:00?")
    ]
    (entry,) = [
        r for r in timeline_data(staged.staged(rows)).lanes.to_pylist() if r["lane"] == "claim"
    ]
    assert (entry["label"], entry["detail"]) == ("10:00 outage begins", "and 2 more")


def test_records_outside_the_axis_are_noted_and_long_ones_are_clipped():
    rows = [staged.change(-900, "yesterday's deploy"), staged.change(-10, "slow deploy", lasts=30)]
    data = timeline_data(staged.staged(rows))
    shown = [r for r in data.lanes.to_pylist() if r["lane"] == "change"]
    assert [r["label"] for r in shown] == ["slow deploy"]
    assert (shown[0]["time"], shown[0]["end_time"]) == (staged.START, staged.at(20))
    assert data.notes == ("Outside this axis: yesterday's deploy (2024-05-02 15:00).",)


def test_spans_are_clipped_to_the_axis():
    late = staged.incident(onset=staged.at(590), recovered=staged.at(700))
    data = timeline_data(staged.staged(incidents=(late,)))
    assert spans(data, "incident") == [(590, 600)]
    assert all(row["end"] <= data.end for row in data.spans.to_pylist())


def test_roles_and_reasons():
    rows = [
        staged.suspect_row(),
        staged.change(
            223, "gateway deploy", note="it began 120 s after the onset (P(start) = 0.0)"
        ),
        staged.change(200, "flag on", probability=0.0001),
        staged.change(210, "maybe", role="suspect", probability=0.2),
        staged.change(300, "rollback", role="mitigation", note="effect: none")
        | {"lane": "response"},
    ]
    entries = {r["label"]: r for r in timeline_data(staged.staged(rows)).lanes.to_pylist()}
    assert entries["web deploy 5.13.0"]["role"] == "most_supported"
    assert entries["web deploy 5.13.0"]["detail"] == "most supported, 97%"
    assert entries["gateway deploy"]["detail"] == "began 120 s after the onset"
    assert entries["flag on"]["detail"] == "below 1%"
    assert (entries["maybe"]["role"], entries["maybe"]["detail"]) == ("suspect", "20%")
    assert entries["rollback"]["detail"] == "no effect"


def test_nothing_is_ruled_out_where_nothing_went_wrong():
    found = staged.staged([staged.change(5, "web deploy")], incidents=())
    (entry,) = timeline_data(found).lanes.to_pylist()
    assert (entry["role"], entry["detail"]) == ("recorded", None)


def test_missing_minutes_are_gaps_and_never_zero():
    found = staged.staged(uncovered=range(300, 340))
    data = timeline_data(found)
    assert spans(data, "missing") == [(300, 340)]
    assert data.minutes["attempts"].to_pylist()[300:340] == [None] * 40
    assert data.minutes["people_failing"].to_pylist()[299] == 15
    gone = {staged.at(minute) for minute in range(300, 340)}
    assert not gone & set(data.stages["time"].to_pylist())
    assert not gone & set(data.issuing["time"].to_pylist())
    (line,) = [x for x in plot_timeline(found).child_axes[1].lines if x.get_label() == "attempts"]
    x, y = line.get_data()
    hidden = (x > staged.at(300).timestamp() / 86400 + 1e-9) & (
        x < staged.at(340).timestamp() / 86400 - 1e-9
    )
    assert np.isnan(y[hidden]).all()
    assert np.nanmin(y) == 30


def test_data_that_end_early_are_hatched_to_the_end():
    found = dataclasses.replace(staged.staged(), data_through=staged.at(550))
    assert spans(timeline_data(found), "missing") == [(550, 600)]


def test_a_silent_source_is_named():
    gap = {"source_file": "gateway.log", "start": staged.at(60), "end": staged.at(90), "why": "x"}
    data = timeline_data(staged.staged(staged.crowd(1), gaps=[gap]))
    assert spans(data, "silent") == [(60, 90)]
    assert "gateway.log 07:00-07:30" in data.notes[0]


def test_stages_are_shares_in_five_minutes_and_thin_ones_are_pale():
    data = timeline_data(staged.staged(rate=1))
    assert data.share_bin_s == 300
    rows = data.stages.filter(data.stages["stage"].to_numpy() == "first_use").to_pylist()
    assert len(rows) == 120
    assert all(row["attempts"] == 5 and row["thin"] for row in rows)
    by_minute = {(r["time"] - staged.START) / timedelta(minutes=1): r["share"] for r in rows}
    assert (by_minute[215], by_minute[220], by_minute[225], by_minute[450]) == (1, 0.2, 0, 1)
    assert not any(timeline_data(staged.staged(rate=2)).stages["thin"].to_pylist())


def test_the_lines_of_the_stages_are_named_where_they_part():
    names = {t.get_text() for t in plot_timeline(staged.staged()).child_axes[2].texts}
    assert {"first use: median 0% in the incident", "issue: median 100% in the incident"} <= names


def test_shares_of_versions_add_up_and_rare_ones_are_taken_together():
    shown = staged.charts()
    many = [
        {"time": staged.at(n), "version": f"v{n % 9}", "tokens": 20 - n % 9} for n in range(600)
    ]
    shown = dataclasses.replace(shown, issuing=staged.table(many, shown.issuing.schema))
    data = timeline_data(staged.staged(shown=shown))
    assert set(data.issuing["version"].to_pylist()) == {
        "v0",
        "v1",
        "v2",
        "v3",
        "v4",
        "other versions",
    }
    whole = data.issuing.group_by("time").aggregate([("share", "sum")])
    assert np.allclose(whole["share_sum"], 1)


def test_the_incident_with_most_people_is_drawn_and_the_others_are_marked():
    small = staged.incident(
        incident_id="small", impact=None, onset=staged.at(20), recovered=staged.at(40)
    )
    data = timeline_data(staged.staged(incidents=(small, staged.incident())))
    assert "09:41:00" in data.title
    others = [r for r in data.lanes.to_pylist() if r["role"] == "other_incident"]
    assert [(r["time"], r["end_time"]) for r in others] == [(staged.at(20), staged.at(40))]


def test_an_incident_that_goes_on_is_drawn_to_the_end_of_the_data():
    going = staged.incident(
        status="ongoing", recovered=None, recovered_interval=None, recovery={"new_sign_ins": None}
    )
    found = dataclasses.replace(staged.staged(incidents=(going,)), data_through=staged.at(500))
    data = timeline_data(found)
    assert spans(data, "incident") == [(221, 500)]
    assert spans(data, "tail") == []
    assert "still going on" in data.title
    assert "data through 14:20:00" in data.subtitle
