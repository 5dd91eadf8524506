"""The page in a real browser: it fetches nothing, answers, is readable, and obeys no log line."""

import dataclasses
import os
import re
import shutil

import pytest
from example_investigation import at, example
from hostile_words import HOSTILE, hostile

from authlogs.plot.timeline import save_figure, timeline_figure
from authlogs.report.figure import inline_svg
from authlogs.report.frame import frame_of
from authlogs.report.html import html_page
from authlogs.report.quotes import Quote
from authlogs.report.shown import page_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
GRAVE = {"serious", "critical"}
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium; the tests install none."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def written(investigation, folder):
    """A page with a quoted line, as a file."""
    line = Quote(
        source_file="web.log", line_no=7, byte_offset=0, byte_length=9, sha256="ab" * 32,
        text=f"<img src=x onerror=alert(2)>\n{HOSTILE}", behind=("token lineage",),
    )  # fmt: skip
    figure = timeline_figure(investigation)
    drawing = save_figure(figure, folder / "timeline.svg").read_text(encoding="utf-8")
    page = page_of(investigation, lines=(line,))
    file = folder / "report.html"
    file.write_text(html_page(page, drawing, frame_of(figure, investigation)), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return written(example(), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory):
    return written(hostile(), tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def opened(browser):
    """Open a page with the network off; whatever it asks for or complains of is kept."""
    contexts = []

    def open_page(address, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        context.set_offline(True)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.told = []
        page.on("request", lambda request: page.told.append(request.url))
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("dialog", lambda dialog: (page.told.append("dialog"), dialog.dismiss()))
        page.goto(address)
        page.locator("svg.timeline").evaluate("svg => svg.scrollIntoView({block: 'start'})")
        return page

    yield open_page
    for context in contexts:
        context.close()


def place(page, clock):
    """The point on the screen above a local time of the example's axis, 06:00 to 16:00."""
    box = page.locator("svg.timeline").bounding_box()
    wide = float(page.locator("svg.timeline").get_attribute("viewBox").split()[2])
    left, top, right, _ = page.evaluate(
        "JSON.parse(document.getElementById('timeline-data').textContent).box"
    )
    share = (at(clock) - at("06:00")) / (at("16:00") - at("06:00"))
    scale = box["width"] / wide
    return box["x"] + (left + share * (right - left)) * scale, box["y"] + (top + 30) * scale


@pytest.mark.parametrize("which", ["address", "hostile_address"])
def test_nothing_is_fetched_and_nothing_goes_wrong(opened, request, which):
    url = request.getfixturevalue(which)
    page = opened(url)
    page.mouse.move(*place(page, "11:00"))
    page.wait_for_timeout(200)
    assert page.told == [url]


def test_pointing_reads_the_timeline(opened, address):
    page = opened(address)
    card = page.locator(".readout")
    assert card.is_hidden()
    page.mouse.move(*place(page, "11:02"))
    told = card.inner_text()
    assert re.match(r"05-03 11:0[12]:\d\d UTC-05:00", told)
    assert "60 failing, 100 attempts" in told
    assert "first use succeeds: 0 % of" in told
    assert "issued by 5.13.0: 100 % of" in told
    page.mouse.move(*place(page, "15:00"))
    assert "0 failing, 100 attempts" in card.inner_text()
    page.mouse.move(5, 5)
    assert card.is_hidden()


def test_arrow_keys_read_it_aloud(opened, address):
    page = opened(address)
    page.locator("figure.live").focus()
    page.keyboard.press("Home")
    said = page.locator("[role=status]")
    assert said.inner_text().startswith("05-03 06:00:00 UTC-05:00")
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("05-03 06:05:00 UTC-05:00")
    page.keyboard.press("Shift+ArrowRight")
    assert said.inner_text().startswith("05-03 06:55:00 UTC-05:00; 0 failing, 100 attempts")


def test_dragging_zooms_and_the_axis_stays_true(opened, address):
    page = opened(address)
    start, end = place(page, "09:30"), place(page, "10:30")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    assert float(page.locator("figure.live").get_attribute("data-zoom")) == pytest.approx(10, 0.1)
    labels = page.locator("svg .ticks text").all_text_contents()
    assert {"09:40", "10:00", "10:20"} <= set(labels)
    # What stands at half of the axis now is the middle of what was chosen.
    page.mouse.move(*place(page, "11:00"))
    clock = re.search(r"(\d\d):(\d\d):\d\d", page.locator(".readout").inner_text())
    minutes = int(clock[1]) * 60 + int(clock[2])
    assert minutes == pytest.approx(600, abs=2)
    assert page.get_by_text("web rollback 5.12.0").first.is_hidden()  # at 12:30
    page.mouse.dblclick(*place(page, "11:00"))
    assert page.locator("figure.live").get_attribute("data-zoom") == "1.00"
    assert page.get_by_text("web rollback 5.12.0").first.is_visible()


def test_buttons_and_keys_zoom_as_well(opened, address):
    page = opened(address)
    figure = page.locator("figure.live")
    page.get_by_role("button", name="Zoom in").click()
    assert figure.get_attribute("data-zoom") == "2.00"
    page.get_by_role("button", name="Later").click()
    figure.focus()
    page.keyboard.press("+")
    assert figure.get_attribute("data-zoom") == "4.00"
    page.keyboard.press("0")
    assert figure.get_attribute("data-zoom") == "1.00"


def below(page):
    """How far below the top of the drawing the last strip begins."""
    strip, svg = page.locator("[data-strip=issuing]"), page.locator("svg.timeline")
    return strip.bounding_box()["y"] - svg.bounding_box()["y"]


def test_strips_are_hidden_and_shown_and_leave_no_hole(opened, address):
    page = opened(address)
    svg, strip = page.locator("svg.timeline"), page.locator("[data-strip=people]")
    tall = svg.bounding_box()["height"]
    foot = below(page)
    page.get_by_role("checkbox", name="people").uncheck()
    assert strip.is_hidden()
    lost = tall - svg.bounding_box()["height"]
    assert lost > 80
    assert foot - below(page) == pytest.approx(lost, abs=2)
    page.get_by_role("checkbox", name="people").check()
    assert strip.is_visible()
    assert svg.bounding_box()["height"] == tall


def test_it_is_dark_where_the_system_is(opened, address):
    lightness = {}
    for scheme in ("light", "dark"):
        page = opened(address, color_scheme=scheme)
        colours = page.evaluate(
            "[document.body, document.querySelector('svg.timeline path')].map((e, n) => "
            "getComputedStyle(e)[n ? 'fill' : 'backgroundColor'])"
        )
        lightness[scheme] = [sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours]
    assert min(lightness["light"]) > 700
    assert max(lightness["dark"]) < 100


def test_a_log_line_stays_text(opened, hostile_address):
    page = opened(hostile_address)
    page.mouse.move(*place(page, "09:41"))
    assert page.locator("#line-1 pre").inner_text().startswith("<img src=x onerror=alert(2)>")
    assert "<script>alert(1)</script>" in page.locator("body").inner_text()
    assert page.locator("img, iframe, object, [onerror], a:not([href^='#'])").count() == 0
    assert page.locator("script").count() == 2
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.obeyed = 1'; "
        "document.body.append(s) }"
    )
    assert page.evaluate("window.obeyed") is None
    assert any("Content Security Policy" in told for told in page.told)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_grave_fault_of_accessibility(opened, address, scheme, width):
    page = opened(address, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = axe.Axe().run(page)
    grave = {v["id"]: v["nodes"][0]["html"] for v in found.response["violations"]
             if v["impact"] in GRAVE}  # fmt: skip
    assert grave == {}
    assert len(found.response["passes"]) > 15  # it did look


def test_a_narrow_screen_is_not_scrolled_sideways(opened, address):
    page = opened(address, viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_is_whole_without_scripts_and_on_paper(opened, address):
    page = opened(address, java_script_enabled=False)
    assert page.locator(".tools").is_hidden()
    assert page.locator("svg.timeline").is_visible()
    assert page.get_by_text("gateway.log:7051").first.is_visible()
    page = opened(address)
    page.emulate_media(media="print")
    assert page.locator(".tools").is_hidden()
    assert page.locator("#line-1 pre").is_visible()
    hidden = page.locator("details:not([open]) .finding").first
    assert hidden.bounding_box()["height"] > 10


def test_a_long_flood_stays_a_small_page(tmp_path):
    """A hundred thousand changes, two thousand files, thousands of quoted lines."""
    one = example()
    incident = one.incidents[0]
    first = incident.suspects[0]
    many = tuple(
        dataclasses.replace(first, change=dataclasses.replace(first.change, id=f"D-{n}" * 20))
        for n in range(2_000)
    )
    looked = tuple(
        dataclasses.replace(incident.changes_considered[0], id=f"D-{n}") for n in range(100_000)
    )
    sources = tuple({**one.sources[0], "source_file": f"{n}/" + "x" * 60} for n in range(2_000))
    flooded = example(
        dataclasses.replace(incident, suspects=many, changes_considered=looked), sources=sources
    )
    lines = [
        Quote(source_file="x" * 60, line_no=n, byte_offset=n, byte_length=1_000, sha256="ab" * 32,
              text="<" * 1_000, behind=("token lineage",))
        for n in range(300)
    ]  # fmt: skip
    figure = timeline_figure(one)
    drawing = save_figure(figure, tmp_path / "timeline.svg").read_text(encoding="utf-8")
    page = html_page(page_of(flooded, lines=lines), drawing, frame_of(figure, one))
    drawn = inline_svg(drawing, title="", words="")
    assert len(page.encode()) - len(drawn) < 300_000
    assert len(drawn) < 200_000
