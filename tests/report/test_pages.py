"""The page and the Markdown: whole, self-contained, and inert against hostile text."""

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest
from example_investigation import example, incident
from hostile_words import HOSTILE, hostile

from authlogs.analysis.result import Considered
from authlogs.plot.timeline import save_figure, timeline_figure
from authlogs.report.frame import frame_of
from authlogs.report.html import html_page
from authlogs.report.markdown import markdown_page
from authlogs.report.shown import page_of

VOID = {"meta", "rect", "use", "path", "link", "img", "br", "input"}
SECTIONS = (
    "What was read, and what could not be", "Timeline", "Verdict, with the evidence",
    "Theories ruled out", "Impact", "Onset, recovery and tail", "Course of the response",
    "What the responders' acts did", "Changes considered", "Slices of the traffic", "Sources",
    "Which source spoke when", "Records that were rejected", "Assumptions and warnings",
    "Appendix: the log lines behind the findings", "Manifest: how this report was made",
)  # fmt: skip
TIMES = re.compile(r"\d\d:\d\d:\d\d(?: to (?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d)?(.{0,5})")


class Tree(HTMLParser):
    """Every element with its attributes, the text by element, and whether tags are balanced."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self.open = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title", "text", "desc", "script"}:
            self.text += data


def drawn(investigation, folder):
    """The page of an investigation with its own timeline in it."""
    figure = timeline_figure(investigation)
    path = save_figure(figure, folder / "timeline.svg")
    frame = frame_of(figure, investigation)
    return html_page(page_of(investigation), path.read_text(encoding="utf-8"), frame)


def unframed(investigation):
    """The page without its timeline."""
    return html_page(page_of(investigation), "<svg/>")


def text_of(investigation):
    return markdown_page(page_of(investigation))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return drawn(example(), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    return drawn(hostile(), tmp_path_factory.mktemp("poisoned"))


def test_every_question_has_its_section(page):
    for text in (Tree(page).text, text_of(example())):
        places = [re.search(rf"(?m)^(##+ )?{re.escape(name)}$", text) for name in SECTIONS]
        assert all(places), [n for n, place in zip(SECTIONS, places, strict=True) if not place]
        starts = [place.start() for place in places]
        assert starts == sorted(starts)


def test_the_tags_of_the_page_are_balanced(page, poisoned):
    for text in (page, poisoned):
        assert Tree(text).open == []


def test_the_page_fetches_nothing(page, poisoned):
    for text in (page, poisoned):
        tags = Tree(text).found
        names = {tag for tag, _ in tags}
        assert {"link", "iframe", "img", "object", "embed", "base"}.isdisjoint(names)
        assert [a for tag, a in tags if tag == "script"] == [
            {"type": "application/json", "id": "timeline-data"}, {},
        ]  # fmt: skip
        links = [v for _, a in tags for k, v in a.items() if k in {"href", "src", "xlink:href"}]
        assert links
        assert all(link.startswith("#") for link in links)
        assert "url(" not in text.replace("url(#", "")
        assert "@import" not in text


def test_the_policy_allows_our_style_sheet_and_our_script_and_nothing_else(page):
    tags = Tree(page).found
    (policy,) = [a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    ]
    assert policy == (
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; "
        "base-uri 'none'; form-action 'none'"
    ).format(*hashes)
    assert not [a for _, a in tags if "style" in a]
    assert not [k for _, a in tags for k in a if k.startswith("on")]


def test_names_of_elements_are_unique_and_references_lead_somewhere(page):
    tags = Tree(page).found
    names = [a["id"] for _, a in tags if "id" in a]
    assert len(names) == len(set(names))
    wanted = {a["href"][1:] for _, a in tags if "href" in a}
    wanted |= {n for _, a in tags for n in a.get("aria-labelledby", "").split()}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", page)) - {"fig-frame"}  # the script makes it
    assert wanted <= set(names)


def test_the_timeline_is_told_in_words(page):
    (timeline,) = [a for t, a in Tree(page).found if t == "svg" and a.get("role") == "img"]
    assert timeline["aria-labelledby"] == "fig-title fig-words"
    words = page_of(example()).figure_text
    assert "2 changes" not in words
    for said in (
        "06:00:00 to 16:00:00 UTC-05:00", "3 changes", "1 claimed time", "1 alert",
        "At most 60 people fail in the 5 minutes from 09:40:00 UTC-05:00",
        "signing in 100%, issuing 100%, first use 0%", "until they expired.",
    ):  # fmt: skip
        assert said in words


def test_both_pages_hold_the_evidence(page):
    for text in (re.sub(r"<[^>]+>", "", page), text_of(example())):
        for said in (
            "630 of 630", "+341.1", "-1.6", "gateway.log:7051", "database latency covers 9%",
            "New provider token wrapper", "it began 105 s after the onset", "3,316 to 3,936",
            "prior 25.0 %, Bayes factor 812", "client ios", "1.09 to 1.14",
        ):  # fmt: skip
            assert said in text, said


def test_every_time_on_the_pages_has_its_offset(page):
    for text in (Tree(page).text, text_of(example())):
        found = TIMES.findall(text)
        assert len(found) > 20
        assert set(found) == {" UTC-"}


def test_hostile_text_stays_text_on_the_page(poisoned):
    tree = Tree(poisoned)
    assert [tag for tag, _ in tree.found].count("script") == 2
    assert tree.text.count("<script>alert(1)</script>") > 20
    assert "{{ 7*7 }}" in tree.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", poisoned)
    own = {tuple(sorted(a)) for _, a in Tree(unframed(example())).found}
    assert {tuple(sorted(a)) for _, a in Tree(unframed(hostile())).found} <= own


def test_hostile_text_is_no_markup_in_markdown():
    markdown_it = pytest.importorskip("markdown_it")
    renderer = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rendered = renderer.render(text_of(hostile()))
    tags = Tree(rendered).found
    assert {tag for tag, _ in tags} == {
        "h1", "h2", "h3", "p", "strong", "ul", "li", "img", "code",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert [a["src"] for t, a in tags if t == "img"] == ["timeline.png"]
    plain = Tree(renderer.render(text_of(example()))).found
    count = [[tag for tag, _ in found].count("td") for found in (tags, plain)]
    assert count[0] == count[1]
    assert "alert(1)" in rendered


def test_the_hostile_words_reach_every_part():
    """Else the tests above would prove nothing."""
    text = repr(page_of(hostile()))
    assert text.count("alert(1)") > 40
    assert HOSTILE not in repr(page_of(example()))


@pytest.mark.parametrize("wanted", [{"charts": None}, {"coverage": ()}, {"software": {}}])
def test_missing_parts_are_no_fault(wanted):
    found = example(**wanted)
    assert "None." in unframed(found) or wanted.keys() & {"charts", "software"}
    assert "# invalid_signature" in text_of(found)


def test_pages_without_an_incident_and_with_several(tmp_path):
    quiet = example(incidents=())
    assert "No incident was found" in Tree(drawn(quiet, tmp_path)).text
    assert text_of(quiet).startswith("# No incident was found")
    pair = example(incident(), incident(incident_id="I-2", onset=incident().phases.mitigated))
    assert "2 incidents" in Tree(unframed(pair)).text
    assert text_of(pair).count("\n## token validate at gateway") == 4


def test_a_bare_incident_makes_pages_too():
    bare = incident(
        status="ongoing", recovered=None, recovered_interval=None, recovery={}, impact=None,
        suspects=(), theories=(), changes_considered=(), mitigations=(), segments=(),
        verdict="undetermined",
    )  # fmt: skip
    bare = dataclasses.replace(bare, phases=type(bare.phases)())
    text = Tree(unframed(example(bare))).text
    assert "still going on" in text
    assert "not yet" in text
    assert "No recorded change could have caused it." in text_of(example(bare))


def test_a_flood_of_changes_is_cut_and_said(page):
    first = incident().suspects[0]
    many = tuple(
        dataclasses.replace(first, change=dataclasses.replace(first.change, id=f"D-{n}"))
        for n in range(3_000)
    )
    looked = tuple(Considered(id=s.change.id) for s in many)
    flooded = example(incident(suspects=many, changes_considered=looked))
    text = unframed(flooded)
    assert len(text) < len(page) + 300_000
    assert Tree(text).text.count("630 of 630") == 21
    assert "and 2,900 more, in result.json" in Tree(text).text
