"""The report as one self-contained page: nothing is fetched, everything is escaped."""

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from authlogs.analysis.result import Investigation
from authlogs.report.figure import inline_svg
from authlogs.report.grids import Code, Share
from authlogs.report.inert import printable
from authlogs.report.shown import page_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

POLICY = "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
"""The one style sheet is allowed by its hash; there is no script, and nothing to fetch."""


UNBROKEN = re.compile(r"UTC[+-]\d\d:\d\d|\d+(?:\.\d+)? (?:%|min|h|s)\b|\d %")
"""An offset, a number with its unit: no line ends inside."""


def html_page(investigation: Investigation, svg: str) -> str:
    """Return the page with the timeline (`svg`, as our own plot room draws it) inside it."""
    from markupsafe import Markup

    page = page_of(investigation)
    figure = inline_svg(svg, title=printable(page.title), words=printable(page.figure_text))
    environment = _environment()
    style, _, _ = environment.loader.get_source(environment, "report.css")  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        page=page,
        figure=Markup(figure),  # noqa: S704 - written by an XML writer, which escapes
        style=Markup(style),  # noqa: S704 - our own file
        policy=Markup(POLICY.format(hash=digest)),  # noqa: S704 - our own words
    )


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
    environment.filters["plain"] = _plain
    environment.tests |= {"share": _is_share, "code": _is_code}
    return environment


def _plain(value: str) -> "Markup":
    """Return text for a place that holds no elements: control characters spelt out, escaped."""
    from markupsafe import escape

    return escape(printable(value))


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
