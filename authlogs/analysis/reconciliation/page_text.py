"""The lines of an HTML page as plain text with Markdown's marks for headings, items and rows."""

from html.parser import HTMLParser

BLOCKS = frozenset(
    "p div section article br hr tr li ul ol table thead tbody h1 h2 h3 h4 h5 h6 dt dd pre".split()  # noqa: SIM905
)
SILENT = frozenset(("script", "style", "head", "template", "noscript"))


def page_lines(text: str) -> list[tuple[int, str]]:
    """Return (line of the page, text) for every block; scripts and styles are left out.

    >>> page_lines("<ul><li>09:41 <b>web</b> deployed</li></ul>")
    [(1, '- 09:41 web deployed')]
    """
    page = _Page()
    page.feed(text)
    page.close()
    page.end()
    return [one for k, line in enumerate(page.lines) for one in _apart(k, line)]


def _apart(place: int, line: tuple[int, str]) -> list[tuple[int, str]]:
    """Set an empty line before each block, so that no two are taken for one paragraph."""
    return [line] if place == 0 else [(line[0], ""), line]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self._held: list[str] = []
        self._mark, self._line, self._silent = "", 1, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in SILENT:
            self._silent += 1
        elif tag in BLOCKS:
            self.end()
            heading = tag[0] == "h" and tag[1:].isdigit()
            mark = "# " if heading else {"li": "- ", "tr": "| "}.get(tag)
            self._mark = mark or self._mark  # a paragraph inside an item is still the item
        elif tag in ("td", "th") and self._held:
            self._held.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in BLOCKS:
            self.end()

    def handle_data(self, data: str) -> None:
        if self._silent or not (data.strip() or self._held):
            return
        if not self._held:
            self._line = self.getpos()[0] + len(data) - len(data.lstrip("\n"))
        self._held.append(data)

    def end(self) -> None:
        """Close the block that is open."""
        told = " ".join("".join(self._held).split())
        if told:
            self.lines.append((self._line, self._mark + told))
            self._mark = ""
        self._held = []
