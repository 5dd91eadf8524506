"""The report as Markdown, for a repository or a wiki; the figure lies beside it."""

import re

from authlogs.analysis.result import Investigation
from authlogs.report.shown import Case, Chapter, Grid, page_of

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~@:$-])")


def markdown_page(investigation: Investigation) -> str:
    """Return report.md; log text in it can be neither markup nor a link."""
    page = page_of(investigation)
    parts = [f"# {safe(page.title)}", safe(page.accounting)]
    parts.append(f"![{safe(page.figure_text)}](timeline.png)")
    for chapter in page.chapters:
        parts.append(f"## {safe(chapter.title) if len(page.chapters) > 1 else 'What happened'}")
        parts += _chapter(chapter)
    parts.append("## Assumed, and not checked")
    parts.append("\n".join(f"- {safe(warning)}" for warning in page.warnings))
    parts += [_table(grid) for grid in page.grids]
    return "\n\n".join(part for part in parts if part) + "\n"


def safe(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    text = " ".join(text.split())
    escaped = SPECIAL.sub(r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _chapter(chapter: Chapter) -> list[str]:
    parts = [_table(chapter.facts)]
    parts += [_case(case) for case in chapter.suspects]
    return [*parts, _table(chapter.theories), *(_table(grid) for grid in chapter.grids)]


def _case(case: Case) -> str:
    title = f"### {safe(case.name)}: {safe(case.probability)}"
    return "\n\n".join((title, safe(case.statement), _rows(case.findings)))


def _table(grid: Grid) -> str:
    return f"### {safe(grid.title)}\n\n{_rows(grid)}" if grid.rows else ""


def _rows(grid: Grid) -> str:
    lines = ["| " + " | ".join(safe(head) for head in grid.heads) + " |"]
    lines.append("|" + " --- |" * len(grid.heads))
    lines += ["| " + " | ".join(safe(cell) for cell in row) + " |" for row in grid.rows]
    return "\n".join(lines)
