"""The drawing inside the page: no styles, no names of others, nothing that could be fetched."""

import re

from authlogs.report.figure import inline_svg

DRAWING = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
     width="864pt" height="648pt" viewBox="0 0 864 648" version="1.1">
 <metadata>made by</metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style><path id="m1"/></defs>
 <g id="figure_1"><path style="fill: #ffffff; clip-path: url(#p1); stroke-width: 0.6"/>
 <use xlink:href="#m1" style="fill: #5a5a5a"/>
 <text style="font: bold 9px 'DejaVu Sans', sans-serif; text-anchor: middle">a &lt;b&gt;</text></g>
</svg>"""


def test_styles_become_attributes_and_names_our_own():
    page = inline_svg(DRAWING, title="T < 1", words="W & x")
    assert "style" not in page
    assert "metadata" not in page
    assert "http" not in page
    assert 'fill="#ffffff" clip-path="url(#fig-p1)" stroke-width="0.6"' in page
    assert 'href="#fig-m1"' in page
    assert 'id="fig-m1"' in page
    assert 'font-weight="bold" font-size="9px" font-family="\'DejaVu Sans\', sans-serif"' in page
    assert "a &lt;b&gt;" in page


def test_only_names_that_are_referred_to_are_kept():
    assert "figure_1" not in inline_svg(DRAWING, title="", words="")


def test_the_drawing_is_named_and_scales():
    page = inline_svg(DRAWING, title="T < 1", words="W & x")
    root = re.match(r"<svg [^>]+>", page)[0]
    assert 'role="img"' in root
    assert 'viewBox="0 0 864 648"' in root
    assert "864pt" not in root
    assert '<title id="fig-title">T &lt; 1</title><desc id="fig-words">W &amp; x</desc>' in page
