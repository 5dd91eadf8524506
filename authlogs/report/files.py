"""What the files of a report are called, by the format that asks for them."""

from typing import Final

TABLES: Final = "tables"
FILES: Final = {
    "html": "report.html",
    "md": "report.md",
    "pdf": "report.pdf",
    "json": "result.json",
    "csv": TABLES,
    "timesketch": "timesketch.jsonl",
}
HISTORY: Final = "--history "
"""Stands before the name of a file of the history, whose name a log may have too."""
USUAL: Final = ("html", "md", "json")
FIGURES: Final = ("timeline.png", "timeline.svg")
