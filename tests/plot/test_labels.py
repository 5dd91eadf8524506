"""Labels stay text, stay whole, and stay off one another."""

import itertools

import pytest
import staged
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.text import Text

from authlogs.plot.lettering import literal, shorten, text_width, wrap
from authlogs.plot.placing import APART, Tag, place_tags
from authlogs.plot.style import ink_rules
from authlogs.plot.timeline import plot_timeline, timeline_figure

HOSTILE = "$\\frac{a}{0}$ <script>alert(1)</script> \x1b[31mred\x07 \u202eevil\nnext & %s {x} _^"


def boxes(figure):
    """Every text that is drawn, with its box in pixels."""
    with ink_rules():
        figure.canvas.draw()
        return list(_boxes(figure))


def _boxes(figure):
    beyond = {id(label) for axes in figure.findobj(Axes) for label in beyond_limits(axes)}
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and id(t) not in beyond]
    return [(t.get_text(), t.get_window_extent()) for t in texts if t.get_visible()]


def beyond_limits(axes):
    """Labels of ticks outside the limits: they exist, but are not drawn."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                yield from (tick.label1, tick.label2)


def overlaps(found, slack=1.0):
    """Pairs of texts whose boxes overlap by more than `slack` pixels both ways."""
    return [
        (a, b)
        for (a, one), (b, two) in itertools.combinations(found, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > slack
        and min(one.y1, two.y1) - max(one.y0, two.y0) > slack
    ]


def outside(found, figure):
    """Texts that leave the figure."""
    edge = figure.bbox
    return [
        text
        for text, box in found
        if box.x0 < edge.x0 or box.x1 > edge.x1 or box.y0 < edge.y0 or box.y1 > edge.y1
    ]


CLAIMS = [
    staged.claim(m, f"1{m % 10}:00 somebody wrote this down, at length") for m in range(200, 480, 9)
]


@pytest.mark.parametrize("count", [0, 1, 10, 60])
@pytest.mark.parametrize("claims", [[], CLAIMS], ids=["", "claims"])
def test_labels_neither_overlap_nor_leave_the_figure(count, claims):
    figure = timeline_figure(staged.staged([*staged.crowd(count), *claims]))
    found = boxes(figure)
    assert len(found) > 20
    assert not overlaps(found)
    assert not outside(found, figure)


def test_crowded_lanes_share_the_height_and_leave_half_to_the_counts():
    lanes = staged.crowd(60)
    for lane in ("response", "alert"):
        for row in staged.crowd(40)[1:]:
            lanes.append(row | {"lane": lane, "role": "mark"})
    figure = timeline_figure(staged.staged([*lanes, *CLAIMS]))
    found = boxes(figure)
    assert not overlaps(found)
    assert not outside(found, figure)
    (host,) = figure.axes
    heights = [strip.bbox.height for strip in host.child_axes]
    assert heights[0] <= 0.5 * host.bbox.height
    assert min(heights) > 60
    assert any("most supported" in text for text, _ in found)


def test_an_overlap_would_be_seen():
    figure = timeline_figure(staged.staged(staged.crowd(1)))
    figure.text(0.1, 0.9, "over everything, from here to there", fontsize=60)
    found = boxes(figure)
    assert overlaps(found)
    assert outside(found, figure)


@pytest.mark.parametrize("count", [10, 60])
def test_labels_do_not_cover_the_bars(count):
    axes = plot_timeline(staged.staged(staged.crowd(count)))
    axes.figure.canvas.draw()
    lanes = axes.child_axes[0]
    bars = [("bar", patch.get_window_extent()) for patch in lanes.patches if patch.get_gid()]
    bars = [bar for bar in bars if bar[1].height < 30]  # spans over the whole strip lie below
    labels = [(t.get_text(), t.get_window_extent()) for t in lanes.texts if t.get_gid() == "label"]
    assert len(bars) > count
    assert not [pair for pair in overlaps([*bars, *labels]) if pair != ("bar", "bar")]


def test_what_finds_no_place_is_counted():
    lanes = staged.crowd(60)
    axes = plot_timeline(staged.staged(lanes))
    texts = [t.get_text() for t in axes.child_axes[0].texts]
    labels = [t for t in axes.child_axes[0].texts if t.get_gid() == "label"]
    shown = sum("deploy" in t.get_text() for t in labels)
    (more,) = [int(t.split()[0]) for t in texts if t.endswith(" more") and t.startswith("+")]
    assert shown + more == 60
    assert any(t.get_text() == "web deploy 5.13.0 · most supported, 97%" for t in labels)


def test_hostile_labels_stay_text():
    rows = [
        staged.suspect_row(HOSTILE),
        staged.change(50, HOSTILE),
        staged.change(590, HOSTILE * 9),
    ]
    gaps = [{"source_file": HOSTILE, "start": staged.at(5), "end": staged.at(45), "why": "x"}]
    figure = timeline_figure(staged.staged(rows, gaps=gaps))
    found = boxes(figure)
    assert not overlaps(found)
    assert not outside(found, figure)
    texts = [text for text, _ in found]
    assert any(r"<script>alert(1)</script> \x1b[31mred\x07 \u202eevil\nnext" in t for t in texts)
    assert any("$\\frac{a}{0}$" in t for t in texts)
    assert not any("\x1b" in t or "\u202e" in t for t in texts)
    assert not any(t.get_parse_math() for t in figure.findobj(Text) if "frac" in t.get_text())


@given(st.text())
def test_literal_text_has_no_control_characters_and_loses_nothing(text):
    shown = literal(text)
    assert all(c.isprintable() or c == "\u3000" or c.isspace() for c in shown)
    assert not any(ord(c) < 32 or c == "\u202e" for c in shown)
    assert len(shown) >= len(text)


def test_short_text_is_kept_and_long_text_is_cut_to_its_room():
    assert shorten("short", 100, 8) == "short"
    cut = shorten("far too long for so little room", 60, 8)
    assert cut.endswith("…")
    assert text_width(cut, 8) <= 60


def test_wrapping_keeps_every_word_where_there_is_room():
    text = "one two three four five six seven eight nine ten"
    lines = wrap(text, 100, 8, lines=9)
    assert " ".join(lines) == text
    assert all(text_width(line, 8) <= 100 for line in lines)
    assert wrap("what happened; who did it", 80, 8) == ["what happened;", "who did it"]


TAGS = st.lists(
    st.builds(
        lambda start, length, width, weight: Tag(
            start=start, end=start + length, anchor=start + length / 2, width=width, weight=weight
        ),
        st.floats(0, 700), st.floats(0, 80), st.floats(5, 300), st.floats(0, 9),
    ),
    max_size=14,
)  # fmt: skip


@given(TAGS, st.integers(0, 6))
def test_places_never_touch_one_another_a_mark_or_a_leader(tags, levels):
    marks = [(tag.start, tag.end) for tag in tags]
    places = place_tags(tags, room=780, levels=levels, marks=marks)
    held = [(place, tag) for place, tag in zip(places, tags, strict=True) if place]
    for place, _ in held:
        assert 0 <= place.left < place.right <= 780
        assert place.level <= levels
        if place.level == 0:
            assert not any(a < place.right and place.left < b for a, b in marks)
    for (one, _), (two, other) in itertools.permutations(held, 2):
        if one.level == two.level:
            assert one.right + APART <= two.left + 1e-9 or two.right + APART <= one.left + 1e-9
        elif 0 < one.level < two.level:
            assert not one.left < other.anchor < one.right


def test_all_or_none():
    tags = [Tag(start=n, end=n, anchor=n, width=200, weight=1.0) for n in range(6)]
    assert all(place_tags(tags, room=780, levels=6, all_or_none=True))
    assert place_tags(tags, room=780, levels=2, all_or_none=True) == [None] * 6


def test_the_weightiest_is_never_left_out():
    tags = [Tag(start=n, end=n, anchor=n, width=200, weight=float(n == 7)) for n in range(20)]
    places = place_tags(tags, room=780, levels=2, marks=[(t.start, t.end) for t in tags])
    assert places[7]
    assert sum(place is not None for place in places) < 20
