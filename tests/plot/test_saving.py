"""Figures on disk, and figures that leave no trace in matplotlib."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import staged
from matplotlib import rcParams
from matplotlib.figure import Figure

from authlogs.errors import BadCall, Unwritable
from authlogs.plot.timeline import plot_timeline, save_figure, timeline_figure


def test_svg_is_the_same_bytes_every_time(tmp_path):
    paths = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for path in paths:
        save_figure(timeline_figure(staged.staged(staged.crowd(10))), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_svg_keeps_its_text_and_escapes_it(tmp_path):
    rows = [staged.suspect_row("<script>alert('$1')</script>")]
    path = save_figure(timeline_figure(staged.staged(rows)), tmp_path / "a.svg")
    texts = "\n".join(ET.parse(path).getroot().itertext())
    assert "<script>alert('$1')</script>" in texts
    assert "<script" not in path.read_text(encoding="utf-8")


def test_characters_that_the_font_lacks_do_not_warn(tmp_path, recwarn):
    rows = [staged.suspect_row("ログイン 🚀 web")]
    figure = timeline_figure(staged.staged(rows))
    save_figure(figure, tmp_path / "a.png")
    path = save_figure(figure, tmp_path / "a.svg")
    assert "ログイン 🚀 web" in path.read_text(encoding="utf-8")
    assert not recwarn.list


def test_png_is_written_with_no_display(tmp_path):
    path = tmp_path / "a.png"
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); import staged\n"
        "from authlogs.plot.timeline import save_figure, timeline_figure\n"
        "save_figure(timeline_figure(staged.staged(staged.crowd(3))), sys.argv[1])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    bare = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "MPLBACKEND"}}
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", code, str(path), here], check=True, env=bare)
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1800, 1350)


def test_no_setting_leaks_in_or_out(tmp_path):
    plain = save_figure(timeline_figure(staged.staged(staged.crowd(2))), tmp_path / "a.svg")
    loud = {
        "font.size": 30,
        "axes.facecolor": "red",
        "svg.fonttype": "path",
        "text.parse_math": True,
    }
    before = {name: rcParams[name] for name in loud}
    try:
        rcParams.update(loud)
        told = save_figure(timeline_figure(staged.staged(staged.crowd(2))), tmp_path / "b.svg")
        assert {name: rcParams[name] for name in loud} == loud
    finally:
        rcParams.update(before)
    assert told.read_bytes() == plain.read_bytes()


def test_an_axes_that_is_given_is_drawn_into():
    figure = Figure(figsize=(16, 9))
    left, right = figure.subplots(1, 2)
    assert plot_timeline(staged.staged(staged.crowd(5)), left) is left
    assert [strip.get_gid() for strip in left.child_axes] == [
        "strip:lanes", "strip:people", "strip:stages", "strip:issuing",
    ]  # fmt: skip
    assert not right.child_axes
    assert all(left.bbox.contains(*strip.bbox.p0 + 0.5) for strip in left.child_axes)


@pytest.mark.parametrize("name", ["figure", "figure.txt"])
def test_an_ending_that_is_no_picture_is_refused(tmp_path, name):
    with pytest.raises(BadCall, match="cannot be written as"):
        save_figure(Figure(), tmp_path / name)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unwritable, match=r"nowhere.*\n.*next: choose a folder") as caught:
        save_figure(Figure(), tmp_path / "nowhere" / "a.png")
    assert "No such file" in str(caught.value)
