"""A report's folder: the page, the text, the figures, the tables, and the manifest over them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.logs import Logs
from authlogs.private_files import make_private, own, write_private
from authlogs.report.csv_tables import COLUMNS, csv_tables
from authlogs.report.custody import Custody
from authlogs.report.files import FIGURES, FILES, TABLES, USUAL
from authlogs.report.html import html_page
from authlogs.report.manifest import NAME, differences, make_manifest, make_record, seal
from authlogs.report.markdown import markdown_page
from authlogs.report.pdf import check_pdf, write_pdf
from authlogs.report.quotes import Quote, quotes
from authlogs.report.shown import Page, page_of
from authlogs.report.timesketch import timesketch_lines


def write_report(
    investigation: Investigation,
    path: str | Path,
    *,
    logs: Logs | None = None,
    formats: Iterable[str] = USUAL,
    force: bool = False,
    identities: bool = False,
    custody: Custody | None = None,
) -> tuple[Path, ...]:
    """Write the report of an investigation into a folder and return the files written.

    Always timeline.png, timeline.svg and, last, manifest.json; with `formats` report.html (`html`),
    report.md (`md`), report.pdf (`pdf`, needs the extra of that name), result.json (`json`), a
    folder of CSV files (`csv`) and timesketch.jsonl (`timesketch`). Only its owner may read them.

    With the `logs` that were read, the lines behind each finding are quoted, redacted, and the
    manifest tells what the files are now. People and addresses in them bear the pseudonyms of
    `pseudonymise(logs)`, unless `identities` are asked for, which the manifest records. `custody`
    tells it how the logs were obtained and asked for. `force` replaces a report that is there;
    other files stay. Raises BadCall for an unknown format or a missing extra, Unwritable when the
    folder cannot be written or holds a report already.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> found = al.investigate(al.pseudonymise(logs))
    >>> files = al.write_report(found, "out/login-lockout", logs=logs, force=True)
    """
    folder = Path(path)
    wanted = check_place(folder, formats, force=force)
    with _written_to(folder):
        make_private(folder)
        lines = quotes(investigation, logs, identities=identities) if logs else ()
        record = make_record(investigation, custody or Custody(), logs=logs, identities=identities)
        # Whole or not at all: what fails half-way leaves the report that was there.
        with TemporaryDirectory(prefix=".unfinished-", dir=folder) as room:
            written = _written(investigation, logs, lines, Path(room), wanted, record=record)
            return _into_place(written, Path(room), folder)


def check_place(folder: Path, formats: Iterable[str], *, force: bool) -> list[str]:
    """Return the formats as FILES orders them; raises before the work what would be after it."""
    wanted = _known([name.strip() for name in formats])
    with _written_to(folder):
        if not force:
            _refuse(folder)
    return wanted


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


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"cannot be written ({error.strerror or error})",
            where=str(folder),
            next_step="choose a folder that you may write to",
        ) from None


def _known(formats: list[str]) -> list[str]:
    unknown = sorted(set(formats) - FILES.keys())
    if unknown:
        raise BadCall(
            f"no report format is called {', '.join(map(repr, unknown))}",
            next_step=f"choose from {', '.join(FILES)}",
        )
    if "pdf" in formats:
        check_pdf()
    return [name for name in FILES if name in formats]


def _report_in(folder: Path) -> list[Path]:
    """Return the files of a report that lie in a folder, the manifest first."""
    tables = [f"{TABLES}/{name}.csv" for name in COLUMNS]
    names = (NAME, *FIGURES, *(name for name in FILES.values() if name != TABLES), *tables)
    files = [folder / name for name in names]
    return [file for file in files if file.exists() or file.is_symlink()]


def _refuse(folder: Path) -> None:
    if there := _report_in(folder):
        raise Unwritable(
            f"a report is there already ({', '.join(file.name for file in there)})",
            where=str(folder),
            next_step="choose another folder, or replace it with force=True (--force)",
        )


def _into_place(written: list[Path], room: Path, folder: Path) -> tuple[Path, ...]:
    """Take an earlier report away, its manifest first, and put the new one there, its own last."""
    for file in _report_in(folder):
        file.unlink()
    tables = folder / TABLES
    if tables.is_symlink():
        tables.unlink()
    if any(file.parent.name == TABLES for file in written):
        tables.mkdir(mode=0o700, exist_ok=True)
    elif tables.is_dir() and not any(tables.iterdir()):
        tables.rmdir()
    return tuple(file.replace(folder / file.relative_to(room)) for file in written)


def _written(
    investigation: Investigation,
    logs: Logs | None,
    lines: Sequence[Quote],
    room: Path,
    formats: list[str],
    *,
    record: Mapping[str, Any],
) -> list[Path]:
    """Write a whole report into an empty folder, its manifest last, and seal it."""
    rejects = logs.rejects if logs else None
    page = page_of(investigation, rejects=rejects, lines=lines, record=record)
    written = _pages(investigation, page, room, formats)
    if "json" in formats:
        written.append(write_private(room / FILES["json"], investigation.to_json() + "\n"))
    if "timesketch" in formats:
        text = timesketch_lines(investigation, lines)
        written.append(write_private(room / FILES["timesketch"], text))
    if "csv" in formats:
        (room / TABLES).mkdir()
        for name, table in csv_tables(investigation, rejects=rejects, lines=lines).items():
            written.append(write_private(room / TABLES / f"{name}.csv", table))
    outputs = {file.relative_to(room).as_posix(): file for file in written}
    written.append(write_private(room / NAME, make_manifest(record, outputs)))
    seal(room)
    return written


def _pages(investigation: Investigation, page: Page, room: Path, formats: list[str]) -> list[Path]:
    """Write the figures, and the pages that show them."""
    from authlogs.plot.figures import draw_figure
    from authlogs.plot.saving import save_figure
    from authlogs.report.frame import frame_of

    figure, alt = draw_figure("timeline", investigation)
    written = [own(save_figure(figure, room / name, alt=alt)) for name in FIGURES]
    svg = (room / "timeline.svg").read_text(encoding="utf-8")
    if "html" in formats:
        text = html_page(page, svg, frame_of(figure, investigation))
        written.append(write_private(room / FILES["html"], text))
    if "md" in formats:
        written.append(write_private(room / FILES["md"], markdown_page(page)))
    if "pdf" in formats:
        written.append(own(write_pdf(html_page(page, svg, paper=True), room / FILES["pdf"])))
    return written
