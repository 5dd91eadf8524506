"""Text that nothing obeys: judged by a Markdown renderer that is not ours."""

import html
import re
import unicodedata

import pytest
from hostile_words import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from authlogs.report.inert import WORD_JOINER, markdown, printable

markdown_it = pytest.importorskip("markdown_it")
RENDERER = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = "".join("\\`*_{}[]()#+-.!|<>~$&;:/@ =\"'%\n\t19ab")
TRICKY = st.text(st.sampled_from(MARKUP), max_size=30) | st.text(max_size=30)


def shown(text):
    """The text of a rendered paragraph, which holds no element at all."""
    page = RENDERER.render(text).strip()
    assert not re.search(r"<(?!/?p>)", page), page
    assert page.count("<p>") <= 1
    return html.unescape(re.sub(r"</?p>", "", page))


@given(TRICKY)
def test_markdown_shows_the_text_itself(text):
    assert shown(markdown(text)) == " ".join(printable(text).split()).replace(
        "@", f"@{WORD_JOINER}"
    )


@given(TRICKY)
def test_a_cell_stays_one_cell(text):
    page = RENDERER.render(f"| a | b |\n| --- | --- |\n| {markdown(text)} | end |\n")
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert len(cells) == 2
    assert cells[1] == "end"
    assert "<" not in cells[0]


@given(st.text())
def test_printable_holds_nothing_that_a_terminal_obeys(text):
    told = printable(text)
    assert not {c for c in told if unicodedata.category(c)[0] == "C"}
    assert printable(told) == told


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("invalid_signature", "invalid_signature"),
        ("1. first", "1\\. first"),
        ("99.0 %", "99.0 %"),
        ("- item", "\\- item"),
        ("+5.2", "+5.2"),
        ("https://evil.example", "https\\://evil.example"),
        ("www.evil.example", "www\\.evil.example"),
        ("a < 0.1 %", "a < 0.1 %"),
        ("<b>", "&lt;b>"),
        ("$x$", "\\$x\\$"),
    ],
)
def test_only_what_means_something_is_escaped(text, escaped):
    assert markdown(text) == escaped


def test_the_hostile_words_are_inert():
    assert "alert(1)" in shown(markdown(HOSTILE))
