"""A report's folder: the page, the text, the figures, the result and the manifest over them."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.report.html import html_page
from authlogs.report.manifest import NAME, differences, make_manifest
from authlogs.report.markdown import markdown_page

FORMATS = ("html", "md", "json")
FIGURES = ("timeline.png", "timeline.svg")
Writer = Callable[[Investigation, Path], None]


def write_report(
    investigation: Investigation,
    path: str | Path,
    *,
    formats: Collection[str] = FORMATS,
    force: bool = False,
    command: str = "",
) -> tuple[Path, ...]:
    """Write the report of an investigation into a folder and return the files written.

    Always timeline.png, timeline.svg and, last, manifest.json; with `formats` report.html (`html`),
    report.md (`md`) and result.json (`json`). Raises BadCall for an unknown format, Unwritable when
    the folder cannot be written or holds a report already and `force` is not given.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> files = al.write_report(al.investigate(logs), "out/login-lockout", force=True)
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise BadCall(
            f"no report format {', '.join(unknown)}", next_step=f"choose from {', '.join(FORMATS)}"
        )
    folder = Path(path)
    if not force and (folder / NAME).exists():
        raise Unwritable(
            "a report is there already",
            where=str(folder),
            next_step="use --force or another folder",
        )
    try:
        return _write(investigation, folder, formats, command)
    except OSError as error:
        raise Unwritable(
            f"cannot be written ({error.strerror or error})",
            where=str(folder),
            next_step="choose a folder that you may write to",
        ) from None


def verify_report(path: str | Path, *, logs: str | Path | None = None) -> Mapping[str, str]:
    """Compare a report's files, and with `logs` its sources, with the manifest.

    Returns what differs by name, `altered` or `missing`; empty when all is as it was written.
    Raises UnknownPath where no report is.
    """
    folder = Path(path)
    if not (folder / NAME).is_file():
        raise UnknownPath(
            "no report is here", where=str(folder), next_step=f"name a folder that holds {NAME}"
        )
    return differences(folder, Path(logs) if logs is not None else None)


def _write(
    investigation: Investigation, folder: Path, formats: Collection[str], command: str
) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    written = _figures(investigation, folder)
    texts: dict[str, tuple[str, Callable[[], str]]] = {
        "html": ("report.html", lambda: html_page(investigation, _svg(folder))),
        "md": ("report.md", lambda: markdown_page(investigation)),
        "json": ("result.json", lambda: investigation.to_json() + "\n"),
    }
    for name in FORMATS:
        if name in formats:
            file, make = texts[name]
            written.append(_put(folder / file, make()))
    manifest = make_manifest(investigation, written, command)
    return (*written, _put(folder / NAME, manifest))


def _figures(investigation: Investigation, folder: Path) -> list[Path]:
    from authlogs.plot.timeline import save_figure, timeline_figure

    figure = timeline_figure(investigation)
    return [save_figure(figure, folder / name) for name in FIGURES]


def _svg(folder: Path) -> str:
    return (folder / "timeline.svg").read_text(encoding="utf-8")


def _put(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return path
