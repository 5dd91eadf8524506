"""The page docs/formats.md, made from the format files: run this module to write it anew."""

from collections import Counter
from pathlib import Path

from authlogs.parse.format import Format
from authlogs.parse.registry import load_registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
WRITTEN = "always", "configurable", "never"
HEAD = """# Formats

What authlogs reads without being told how. This page is made from the files in `authlogs/formats/`
(`python tests/parse/formats_page.py` writes it anew); docs/format-files.md says how to add one.
"Successes" tells whether the product logs successful logins at all: where it does not, a rate of
failures cannot be had from that log alone.
"""


def page() -> str:
    """The whole page, as Markdown."""
    formats = load_registry().formats
    events = [one for one in formats if one.kind == "events"]
    changes = [one for one in formats if one.kind == "changes"]
    parts = [HEAD, "## Events", _table(events, successes=True)]
    parts += ["## Changes and marks", _table(changes, successes=False), "## Reasons", _reasons()]
    return "\n".join(parts) + "\n"


def _table(formats: list[Format], *, successes: bool) -> str:
    more = " successes |" if successes else ""
    rows = [
        f"\n| format | what | shape | samples |{more}",
        f"|---|---|---|---|{'---|' * successes}",
    ]
    for one in formats:
        shape = f"{one.shape} in {one.envelope}" if one.envelope else one.shape
        cells = [f"`{one.name}`", f"[{one.title}]({one.vendor})", shape, str(len(one.samples))]
        rows.append(f"| {' | '.join(cells + [one.logs_success] * successes)} |")
    return "\n".join(rows) + "\n"


def _reasons() -> str:
    reasons = load_registry().reasons
    known = Counter(
        verdict.reason for table in reasons.codes.values() for verdict in table.values()
    )
    rows = ["\n| reason | group | codes that mean it |", "|---|---|---|"]
    for name, group in reasons.groups.items():
        rows.append(f"| `{name}` | {group} | {known.get(name, 0)} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
