"""The report as one self-contained page: nothing is fetched, everything is escaped."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from authlogs.cards import Share
from authlogs.report.figure import inline_svg
from authlogs.report.frame import Frame
from authlogs.report.grids import Code
from authlogs.report.inert import printable
from authlogs.report.shown import Page

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

POLICY = "default-src 'none'; {script}style-src {style}; base-uri 'none'; form-action 'none'"
"""Our one style sheet and our one script are allowed by their hashes; there is nothing to fetch."""


UNBROKEN = re.compile(r"UTC[+-]\d\d:\d\d|\d+(?:\.\d+)? (?:%|min|h|s)\b|\d %")
"""An offset, a number with its unit: no line ends inside."""


def html_page(page: Page, svg: str, frame: Frame | None = None, *, paper: bool = False) -> str:
    """Return the page with the timeline (`svg`, as our own plot room draws it) inside it.

    With its `frame` the timeline answers to mouse and keys; without, the page holds no script.
    For `paper` it is set in plain blocks.
    """
    from markupsafe import Markup

    figure = inline_svg(svg, title=printable(page.title), words=printable(page.figure_text))
    style = _part("report.css") + (_part("pdf.css") if paper else "")
    script = _part("report.js") if frame else ""
    allowed = f"script-src {_hash(script)}; " if frame else ""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            frame=frame,
            document=Markup(frame.document) if frame else "",  # noqa: S704 - escaped JSON
            figure=Markup(figure),  # noqa: S704 - written by an XML writer, which escapes
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=Markup(POLICY.format(script=allowed, style=_hash(style))),  # noqa: S704 - our words
        )
    )


def _part(name: str) -> str:
    return files("authlogs.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the source expression of Content Security Policy that allows this very text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("authlogs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_spelt,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": _plain, "lines": _lines}
    environment.tests |= {"share": _is_share, "code": _is_code}
    return environment


def _plain(value: str) -> "Markup":
    """Return text for a place that holds no elements: control characters spelt out, escaped."""
    from markupsafe import escape

    return escape(printable(value))


def _lines(value: str) -> "Markup":
    """Return text for a block that keeps its lines."""
    from markupsafe import Markup

    return Markup("\n").join(_plain(line) for line in value.split("\n"))


def _spelt(value: Any) -> Any:
    """Spell out and escape whatever is not markup of our own; keep numbers with their units."""
    from markupsafe import Markup

    if hasattr(value, "__html__"):
        return value
    escaped = str(_plain(str(value)))
    return Markup(UNBROKEN.sub(r'<span class="nb">\g<0></span>', escaped))  # noqa: S704 - escaped above


def _is_share(value: object) -> bool:
    return isinstance(value, Share)


def _is_code(value: object) -> bool:
    return isinstance(value, Code)
