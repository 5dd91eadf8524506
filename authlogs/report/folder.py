"""A report's folder: the page, the text, the figures, the result and the manifest over them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.private_files import make_private, own, write_private
from authlogs.report.html import html_page
from authlogs.report.manifest import NAME, differences, make_manifest
from authlogs.report.markdown import markdown_page

FILES = {"html": "report.html", "md": "report.md", "json": "result.json"}
FIGURES = ("timeline.png", "timeline.svg")


def write_report(
    investigation: Investigation,
    path: str | Path,
    *,
    formats: Iterable[str] = tuple(FILES),
    force: bool = False,
    command: str = "",
) -> tuple[Path, ...]:
    """Write the report of an investigation into a folder and return the files written.

    Always timeline.png, timeline.svg and, last, manifest.json; with `formats` report.html (`html`),
    report.md (`md`) and result.json (`json`). `command` is what the manifest records as asked.
    With `force` a report that is there is replaced as a whole; other files in the folder stay. A
    new folder, and every file, can be read by its owner alone.
    Raises BadCall for an unknown format, Unwritable when the folder cannot be written or holds a
    report already.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> files = al.write_report(al.investigate(logs), "out/login-lockout", force=True)
    """
    wanted = _known([name.strip() for name in formats])
    folder = Path(path)
    try:
        make_private(folder)
        if not force:
            _refuse(folder)
        # Whole or not at all: what fails half-way leaves the report that was there.
        with TemporaryDirectory(prefix=".unfinished-", dir=folder) as room:
            written = _write(investigation, Path(room), wanted, command)
            _clear(folder)
            return tuple(file.replace(folder / file.name) for file in written)
    except OSError as error:
        raise Unwritable(
            f"cannot be written ({error.strerror or error})",
            where=str(folder),
            next_step="choose a folder that you may write to",
        ) from None


def verify_report(path: str | Path, *, logs: str | Path | None = None) -> Mapping[str, str]:
    """Compare a report's files, and with `logs` its sources, with the manifest.

    Returns what differs by name: `altered`, `missing`, or `rotated` for a source that only grew.
    It is empty when all is as it was written. Raises UnknownPath where no report is, BadCall where
    its manifest is none.
    """
    folder = Path(path)
    if not (folder / NAME).is_file():
        raise UnknownPath(
            "no report is here", where=str(folder), next_step=f"name a folder that holds {NAME}"
        )
    return differences(folder, Path(logs) if logs is not None else None)


def _known(formats: list[str]) -> list[str]:
    unknown = sorted(set(formats) - FILES.keys())
    if unknown:
        raise BadCall(
            f"no report format is called {', '.join(map(repr, unknown))}",
            next_step=f"choose from {', '.join(FILES)}",
        )
    return [name for name in FILES if name in formats]


def _report_in(folder: Path) -> list[Path]:
    files = [folder / name for name in (NAME, *FIGURES, *FILES.values())]
    return [file for file in files if file.exists() or file.is_symlink()]


def _refuse(folder: Path) -> None:
    if there := _report_in(folder):
        raise Unwritable(
            f"a report is there already ({', '.join(file.name for file in there)})",
            where=str(folder),
            next_step="choose another folder, or replace it with force=True (--force)",
        )


def _clear(folder: Path) -> None:
    """Take an earlier report away; its manifest first, for without it nothing counts as one."""
    for file in _report_in(folder):
        file.unlink()


def _write(
    investigation: Investigation, folder: Path, formats: list[str], command: str
) -> tuple[Path, ...]:
    from authlogs.plot.figures import draw_figure
    from authlogs.plot.saving import save_figure

    figure, alt = draw_figure("timeline", investigation)
    written = [own(save_figure(figure, folder / name, alt=alt)) for name in FIGURES]
    svg = (folder / "timeline.svg").read_text(encoding="utf-8")
    makers: dict[str, Callable[[], str]] = {
        "html": lambda: html_page(investigation, svg),
        "md": lambda: markdown_page(investigation),
        "json": lambda: investigation.to_json() + "\n",
    }
    written += [_put(folder / FILES[name], makers[name]()) for name in formats]
    return (*written, _put(folder / NAME, make_manifest(investigation, written, command)))


def _put(path: Path, text: str) -> Path:
    return write_private(path, text)
