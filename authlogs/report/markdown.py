"""The report as Markdown, for a repository or a wiki; the figure lies beside it."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from authlogs.report.grids import Code
from authlogs.report.inert import markdown, printable
from authlogs.report.shown import Page

if TYPE_CHECKING:
    from jinja2 import Environment

LINES = re.compile(r"\n{3,}")
PLAIN = re.compile(r"[\w./:!@+=-]+", re.ASCII)


def markdown_page(page: Page) -> str:
    """Return report.md; log text in it can be neither markup, nor HTML, nor a link."""
    text = _environment().get_template("report.md.j2").render(page=page)
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
    environment.filters |= {"code": _code, "block": _block}
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


def _block(text: str) -> Any:
    """Set lines as a fenced block inside a list item; the fence is longer than any in them."""
    from markupsafe import Markup

    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = [f"  {fence}text", *(f"  {printable(line)}" for line in text.split("\n")), f"  {fence}"]
    return Markup("\n".join(lines))  # noqa: S704 - nothing is markup inside a fence
