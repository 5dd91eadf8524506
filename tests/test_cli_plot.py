"""`authlogs plot`: a figure by its name."""

import pytest
from cli_cases import authlogs, folder_of, logins

from authlogs.cli.drawing import NAMES
from authlogs.plot.figures import FIGURES


def test_every_figure_has_a_name():
    assert set(NAMES) == set(FIGURES)


@pytest.mark.parametrize("name", ["coverage", "timeline"])
def test_a_figure_is_drawn_from_logs(tmp_path, name):
    logs = folder_of(tmp_path / "logs", app_jsonl=logins())
    out = tmp_path / f"{name}.svg"
    ran = authlogs("plot", name, logs, "--out", out, "--style", "paper", "--dark")
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str(out)
    assert "<svg" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["timeline", "--strips", "lanes,weather"], "no strip is called weather"),
        (["coverage"], "cannot be written as .docx"),
        (["portrait"], "'portrait' is not one of"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_reading(tmp_path, words, said):
    out = tmp_path / ("a.docx" if words == ["coverage"] else "a.png")
    ran = authlogs("plot", words[0], tmp_path, *words[1:], "--out", out)
    assert ran.code == 2
    assert said in ran.err
