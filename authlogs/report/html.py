"""The report as one self-contained page: nothing is fetched, everything is escaped."""

import re
from functools import cache
from typing import TYPE_CHECKING

from authlogs.analysis.result import Investigation
from authlogs.report.shown import page_of

if TYPE_CHECKING:
    from jinja2 import Template

PREFACE = re.compile(r"^.*?(?=<svg)", re.DOTALL)


def html_page(investigation: Investigation, svg: str) -> str:
    """Return the page with the timeline (`svg`, our own figure) inside it."""
    from markupsafe import Markup

    figure = Markup(PREFACE.sub("", svg))  # noqa: S704 - drawn by our own plot room, which escapes
    return _template().render(page=page_of(investigation), figure=figure)


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    rooms = Environment(
        loader=PackageLoader("authlogs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return rooms.get_template("report.html.j2")
