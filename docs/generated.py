"""Write the generated parts of README.md and GLOSSARY.md, and what formats read of each other.

A part stands between `<!-- NAME -->` and `<!-- /NAME -->`. Tests compare; this script writes:
`python docs/generated.py`.
"""

import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import authlogs
from authlogs import schema
from authlogs.parse.ordering import find_reads
from authlogs.parse.registry import load_registry

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ROOT / "authlogs" / "formats"
TABLES = {
    "events": schema.EVENT_COLUMNS,
    "changes": schema.CHANGE_COLUMNS,
    "rejects": schema.REJECT_COLUMNS,
    "sources": schema.SOURCE_COLUMNS,
}


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def formats() -> str:
    """One row a format: what it reads, its kind, whether it logs successes."""
    rows = []
    for file in sorted(FORMATS.glob("*/*.toml")):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        title = f"[{told['title']}]({told['vendor']})" if told.get("vendor") else told["title"]
        kind = file.parent.name
        success = told.get("logs_success", "") if kind == "events" else ""
        rows.append([f"`{file.stem}`", title, kind, told["shape"], success])
    return table(["format", "reads", "gives", "shape", "logs successes"], rows)


def commands() -> str:
    """One row a command, in the words of its help."""
    import click

    from authlogs.cli.entry import app

    context = click.Context(app)
    rows = [
        [f"`authlogs {name}`", app.commands[name].get_short_help_str(limit=200)]
        for name in app.list_commands(context)
    ]
    return table(["command", "does"], rows)


def summary() -> str:
    """What `authlogs investigate` prints for the sample."""
    words = ["investigate", "sample_logs/login-lockout", "--tz", "America/Bogota", "--year", "2024"]
    command = [sys.executable, "-m", "authlogs", *words]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    first, _, rest = told.rstrip().partition("\n\nRuled out\n")
    head = "<details><summary>What was ruled out, and what could not be checked</summary>"
    return f"```text\n{first}\n```\n\n{head}\n\n```text\nRuled out\n{rest}\n```\n\n</details>"


def columns() -> str:
    """Every column of the four tables."""
    parts = []
    for name, fields in TABLES.items():
        rows = [
            [f"`{field.name}`", str(field.type).replace("<", "&lt;"), meaning(field), also(field)]
            for field in fields
        ]
        parts.append(f"### {name}\n\n{table(['column', 'type', 'meaning', 'elsewhere'], rows)}")
    return "\n\n".join(parts)


def meaning(field: schema.Column) -> str:
    return f"{field.doc} ({field.unit})" if field.unit else field.doc


def also(field: schema.Column) -> str:
    """The field's names in other schemas."""
    named = {"ECS": field.ecs, "OCSF": field.ocsf, "OTel": field.otel}
    return ", ".join(f"{who} `{name}`" for who, name in named.items() if name)


def names() -> str:
    """Every public name with the first sentence of its docstring."""
    rows = []
    for name in authlogs.__all__:
        doc = inspect.getdoc(getattr(authlogs, name)) or ""
        first = " ".join(doc.split("\n\n")[0].split())
        rows.append([f"`{name}`", re.split(r"(?<=[.])\s", first)[0]])
    return table(["name", "what it is"], rows)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"formats": formats, "commands": commands, "summary": summary},
    "GLOSSARY.md": {"columns": columns, "names": names},
}


def reads() -> str:
    """The formats that ship, each with the others whose samples it reads, a line each."""
    formats = load_registry().formats
    told = find_reads(formats, formats)
    return "".join(f"{' '.join([f'{name}:', *sorted(told[name])])}\n" for name in sorted(told))


def filled(text: str, parts: dict[str, Callable[[], str]]) -> str:
    """`text` with every generated part as it should be."""
    for name, make in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"no place for the part {name!r}")
        text = pattern.sub(lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text)
    return text


def main() -> None:
    """Write every part."""
    (FORMATS / "reads.txt").write_text(reads(), encoding="utf-8")
    for name, parts in PARTS.items():
        path = ROOT / name
        path.write_text(filled(path.read_text(encoding="utf-8"), parts), encoding="utf-8")


if __name__ == "__main__":
    main()
