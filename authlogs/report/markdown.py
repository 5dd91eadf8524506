"""The report as Markdown, for a repository or a wiki; the figure lies beside it."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from authlogs.analysis.result import Investigation
from authlogs.report.grids import Code
from authlogs.report.inert import markdown
from authlogs.report.shown import page_of

if TYPE_CHECKING:
    from jinja2 import Environment

LINES = re.compile(r"\n{3,}")
PLAIN = re.compile(r"[\w./:!@+=-]+", re.ASCII)


def markdown_page(investigation: Investigation) -> str:
    """Return report.md; log text in it can be neither markup, nor HTML, nor a link."""
    text = _environment().get_template("report.md.j2").render(page=page_of(investigation))
    return LINES.sub("\n\n", text).strip() + "\n"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Escaping is on so that what a macro returns is known as ready; what else is shown is escaped
    # for Markdown instead of HTML.
    environment = Environment(
        loader=PackageLoader("authlogs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["code"] = _code
    return environment


def _escaped(value: Any) -> Any:
    """Escape whatever is not our own template's; a machine's word is set as code."""
    from markupsafe import Markup

    if hasattr(value, "__html__"):
        return value
    if isinstance(value, Code):
        return _code(value.text)
    return Markup(markdown(str(value)))  # noqa: S704 - escaped for Markdown


def _code(text: str) -> Any:
    """Set a word as code where it holds nothing that could end it."""
    from markupsafe import Markup

    return Markup(f"`{text}`" if PLAIN.fullmatch(text) else markdown(text))  # noqa: S704 - escaped
