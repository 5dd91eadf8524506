"""Every figure: nothing overlaps or is cut off, whatever it is about; files, axes and styles."""

import dataclasses
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import staged
from matplotlib import rcParams
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from test_labels import HOSTILE, boxes, outside, overlaps

import authlogs as al
from authlogs.analysis.charts import empty_charts
from authlogs.errors import BadCall, Unwritable
from authlogs.plot.figures import FIGURES, draw_figure
from authlogs.plot.frame import Words, open_frame
from authlogs.plot.saving import save_figure
from authlogs.plot.style import look_of
from authlogs.plot.timeline import STRIPS

NAMES = sorted(FIGURES)
OTHERS = sorted(FIGURES.keys() - {"timeline"})
FOREIGN = "שלום مرحبا ログイン 🚀 " + "long " * 60


def tidy(figure):
    """Whether every text is inside the figure and none lies on another."""
    found = boxes(figure)
    assert not overlaps(found)
    assert not outside(found, figure)
    return [text for text, _ in found]


@pytest.fixture(scope="module")
def many():
    """An incident with sixty changes."""
    return staged.complete(60)


@pytest.mark.parametrize("name", OTHERS)
def test_sixty_changes_find_room(name, many):
    figure, alt = draw_figure(name, many)
    texts = tidy(figure)
    assert FIGURES[name].data(many).title.split()[0] in " ".join(texts)
    assert alt.startswith(FIGURES[name].data(many).title)


@pytest.mark.parametrize("name", OTHERS)
def test_a_column_of_a4_holds_every_figure(name):
    figure, _ = draw_figure(name, staged.complete(10), style="paper", dark=True)
    assert tidy(figure)
    assert figure.get_size_inches()[0] == 6.3
    assert to_hex(figure.get_facecolor()) == look_of(dark=True).paper.lower()


@pytest.mark.parametrize("style", ["slide", "paper"])
def test_the_timeline_finds_room_in_other_styles(style, many):
    texts = tidy(draw_figure("timeline", many, style=style)[0])
    assert "web deploy 5.13.0 · most supported, 97%" in texts


@pytest.mark.parametrize("name", NAMES)
def test_logs_without_an_incident_give_a_figure_that_says_so(name):
    figure, alt = draw_figure(name, staged.staged(incidents=(), shown=empty_charts()))
    assert tidy(figure)
    assert alt.endswith(".")
    said = FIGURES[name].data(staged.staged(incidents=())).title
    assert any(word in said for word in ("No incident", "No source")), said


@pytest.mark.parametrize("name", ["timeline", "coverage", "phases", "versions"])
def test_one_event_is_enough(name):
    spoke = {
        "source": "a.log", "from": staged.START, "to": staged.START, "events": 1,
        "truncated": False, "silent": [],
    }  # fmt: skip
    found = dataclasses.replace(
        staged.staged(shown=staged.charts(minutes=1), incidents=()),
        analysed=(staged.START, staged.START),
        data_through=staged.START,
        coverage=(spoke,),
    )
    assert tidy(draw_figure(name, found)[0])


@pytest.mark.parametrize("name", ["suspects", "segments", "coverage", "timeline"])
@pytest.mark.parametrize("label", [HOSTILE + "x" * 300, FOREIGN], ids=["hostile", "foreign"])
def test_names_of_attackers_stay_text(name, label, recwarn):
    found = staged.complete(6, label=label)
    figure, alt = draw_figure(name, found)
    texts = tidy(figure)
    assert not any("\x1b" in text or "\u202e" in text for text in [*texts, alt])
    assert not any(text.get_parse_math() for text in figure.findobj(Text))
    assert not recwarn.list


def test_versions_and_signals_of_attackers_stay_text(many):
    (incident,) = many.incidents
    signal = dataclasses.replace(incident.signal, service=HOSTILE, reason="\x1b[31m$x$")
    row = {"time": staged.at(300), "role": "use", "service": HOSTILE, "version": HOSTILE * 3,
           "attempts": 20, "failures": 3}  # fmt: skip
    charts = dataclasses.replace(
        many.charts, builds=staged.table([row], many.charts.builds.schema), reasons=staged.table(
            [{"time": staged.at(9), "reason": HOSTILE, "people": 4}], many.charts.reasons.schema
        )
    )  # fmt: skip
    found = dataclasses.replace(
        many, charts=charts, incidents=(dataclasses.replace(incident, signal=signal),)
    )
    for name in ("versions", "timeline", "phases", "suspects"):
        figure, alt = draw_figure(name, found)
        assert not any("\x1b" in text or "\u202e" in text for text in [*tidy(figure), alt]), name


def test_a_line_of_its_own_is_cut_and_loses_nothing_unseen():
    half = "word " * 28
    words = Words(title="Title", subtitle=f"{half.strip()}; {half.strip()}", alt="")
    host = open_frame(None, words, look_of(), height_pt=60.0).host
    (drawn,) = [text.get_text() for text in host.texts]
    assert drawn.startswith(f"{half.strip()}; word") and drawn.endswith("…")


def test_several_incidents_have_their_phases(many):
    first = staged.weighed(3)
    second = dataclasses.replace(first, incident_id="J", onset=staged.at(20))
    found = dataclasses.replace(many, incidents=(first, second))
    texts = tidy(draw_figure("phases", found)[0])
    assert sum(text.startswith("invalid_signature, 2024-05-03") for text in texts) == 2
    assert al.phases_data(found).phases["incident_id"].to_pylist() == ["I"] * 5 + ["J"] * 5
    assert al.suspects_data(found, incident_id="J").candidates.num_rows == 6
    with pytest.raises(BadCall, match="no incident has the id 'K'") as caught:
        al.plot_suspects(found, incident_id="K")
    assert "choose from I, J" in str(caught.value)


@pytest.mark.parametrize(
    "span", [timedelta(seconds=20), timedelta(days=12)], ids=["sub-minute", "days"]
)
def test_short_and_long_spans(span, many):
    found = dataclasses.replace(
        many, analysed=(staged.START, staged.START + span), data_through=staged.START + span
    )
    for name in ("timeline", "coverage"):
        assert tidy(draw_figure(name, found)[0])


def test_very_many_changes_are_drawn_as_stretches():
    axes = al.plot_timeline(staged.staged(staged.crowd(2_700)), strips=["lanes"])
    (lanes,) = axes.child_axes
    assert len(lanes.patches) < 400
    (crowd,) = [c for c in lanes.collections if c.get_gid() == "crowd:change"]
    assert crowd.get_paths()
    texts = tidy(axes.figure)
    assert any(text.endswith("k more") for text in texts)
    assert "web deploy 5.13.0 · most supported, 97%" in texts


def test_strips_are_chosen_in_their_order():
    wanted = ["stages", "people"]
    axes = al.plot_timeline(staged.staged(), strips=wanted)
    assert [strip.get_gid() for strip in axes.child_axes] == ["strip:stages", "strip:people"]
    tops = [strip.bbox.y1 for strip in axes.child_axes]
    assert tops == sorted(tops, reverse=True)
    for wrong in (["stages", "weather"], []):
        with pytest.raises(BadCall, match="strip") as caught:
            al.plot_timeline(staged.staged(), strips=wrong)
        assert ", ".join(STRIPS) in str(caught.value)


def test_a_style_that_does_not_exist_is_refused():
    for draw in (al.plot_timeline, al.plot_phases):
        with pytest.raises(BadCall, match="no style is called 'poster'") as caught:
            draw(staged.staged(), style="poster")
        assert "screen, slide, paper" in str(caught.value)


@pytest.mark.parametrize("name", OTHERS)
def test_an_axes_that_is_given_is_drawn_into(name):
    figure = Figure(figsize=(16, 9))
    left, right = figure.subplots(1, 2)
    before = dict(rcParams)
    assert FIGURES[name].plot(staged.complete(40), left) is left
    assert dict(rcParams) == before
    assert not right.child_axes
    assert left.child_axes
    for panel in left.child_axes:
        box = panel.bbox
        assert box.x0 >= left.bbox.x0 - 1 and box.x1 <= left.bbox.x1 + 1
        assert box.y0 >= left.bbox.y0 - 1 and box.y1 <= left.bbox.y1 + 1


@pytest.mark.parametrize("ending", ["svg", "pdf"])
@pytest.mark.parametrize("name", ["token-plane", "versions"])
def test_files_are_the_same_bytes_every_time(name, ending, tmp_path):
    found = staged.complete(3)
    paths = [tmp_path / f"{n}.{ending}" for n in range(2)]
    for path in paths:
        figure, alt = draw_figure(name, found)
        save_figure(figure, path, alt=alt)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_words_are_inside_the_file(tmp_path):
    figure, alt = draw_figure("phases", staged.complete(2))
    drawn = save_figure(figure, tmp_path / "a.svg", alt=alt)
    assert alt in "\n".join(ET.parse(drawn).getroot().itertext())
    assert Image.open(save_figure(figure, tmp_path / "a.png", alt=alt)).text["Description"] == alt


def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(Unwritable, match="cannot be written"):
        save_figure(Figure(), blocked / "a.svg")
