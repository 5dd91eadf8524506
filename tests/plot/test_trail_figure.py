"""The figure of a trail: what is drawn, where, and in which words."""

import pytest

import authlogs as al
from authlogs.plot.timeline import save_figure
from authlogs.plot.trail_figure import trail_figure
from authlogs.plot.trail_lanes import row_words, trail_data

TOKEN = "0c312af638d95dd5"


@pytest.fixture(scope="module")
def way(sample_logs):
    """The way of a token that the gateway rejected."""
    return al.trail(sample_logs, token=TOKEN)


@pytest.fixture(scope="module")
def person(sample_logs):
    """A day of the same person."""
    return al.trail(sample_logs, user="cristian.castro@acme.example")


def test_lanes_are_the_services_in_the_order_they_were_reached(way):
    data = trail_data(way, display_zone="America/Bogota")
    assert [lane.name for lane in data.lanes] == ["keycloak", "token-issuer", "web", "gateway"]
    assert sum(len(lane.rows) for lane in data.lanes) == len(way)
    assert data.title.endswith("5 events in 4 services, 1 failure")
    assert "09:41 deploy web 5.13.0" in data.notes[0] and "UTC-05:00" in data.notes[0]


def test_changes_meanwhile_have_a_lane_of_their_own(person):
    data = trail_data(person)
    assert data.lanes[0].name == "changes"
    assert len(data.lanes[0].rows) == len(person.changes)


def test_every_event_is_drawn_once_and_failures_in_their_own_mark(person):
    ax = al.plot_trail(person, display_zone="America/Bogota")
    marks = [line for line in ax.lines if str(line.get_gid()).startswith("mark:")]
    drawn = {}
    for line in marks:
        drawn[line.get_gid()] = drawn.get(line.get_gid(), 0) + len(line.get_xdata())
    outcomes = person.events["outcome"].to_pylist()
    assert drawn["mark:failure"] == outcomes.count("failure")
    assert drawn["mark:success"] == outcomes.count("success")
    assert drawn["mark:change"] == len(person.changes)
    assert "UTC-05:00" in ax.get_xlabel()


def test_an_axis_of_seconds_tells_milliseconds(way, person):
    said = []
    for one in (way, person):
        figure = trail_figure(one, display_zone="America/Bogota")
        figure.draw_without_rendering()
        said.append({tick.get_text() for tick in figure.axes[0].get_xticklabels()})
    assert "09:51:44.000" in said[0]
    assert "12:00" in said[1]


def test_labels_stand_on_no_other_label(person):
    figure = trail_figure(person, display_zone="America/Bogota")
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in figure.axes[0].texts if t.get_gid() == "label"]
    assert len(boxes) > 15
    assert not [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[:place]
        if one.shrunk(0.98, 0.8).overlaps(other.shrunk(0.98, 0.8))
    ]


def test_hostile_names_stay_text():
    row = {
        "what": "event",
        "outcome": "failure",
        "reason": "$\\frac{1}{2}$\x1b[2J",
        "kind": "login",
    }
    assert "\x1b" not in row_words(row, 2)


def test_nothing_to_draw_is_said(sample_logs):
    with pytest.raises(al.BadCall, match="nothing was found of user nobody"):
        al.plot_trail(al.trail(sample_logs, user="nobody"))


def test_it_is_the_same_bytes_every_time(way, tmp_path):
    for name in ("one.svg", "two.svg"):
        save_figure(trail_figure(way, display_zone="America/Bogota"), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
