"""A copy of a report that can leave: no mail addresses, no network addresses, no secrets."""

import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from authlogs.errors import BadCall, Unwritable
from authlogs.private_files import make_private, write_private
from authlogs.pseudonyms import EMAIL, address_names, person_names
from authlogs.report.folder import FILES
from authlogs.report.manifest import NAME, SCHEMA, sha256_of
from authlogs.secrets import redact_text

TEXTS: Final = (*FILES.values(), "timeline.svg")
_MAIL: Final = re.compile(EMAIL)
_ADDRESS: Final = re.compile(
    r"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}"
    r"|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)"
    r"(?![\w:-]|\.\d)",
    re.IGNORECASE,
)


def redact_report(report: Path, out: Path, *, key: bytes) -> tuple[Path, ...]:
    """Write a copy of a report with pseudonyms by `key`, and return the files written.

    Mail addresses become persons' pseudonyms, network addresses others of the same neighbourhood.
    A figure whose text had to change is copied as SVG alone, for the picture still shows it.
    Raises BadCall where `report` is none, Unwritable where something is there already.
    """
    told = _manifest(report)
    if out.exists() and any(out.iterdir()):
        raise Unwritable(
            "the folder holds other things", where=str(out), next_step="name a new one"
        )
    make_private(out)
    rename = _renamer(key)
    written = []
    for name in TEXTS:
        if (report / name).is_file():
            before = (report / name).read_text(encoding="utf-8")
            written.append(write_private(out / name, rename(before)))
    figure = report / "timeline.png"
    unchanged = sha256_of(out / "timeline.svg") == sha256_of(report / "timeline.svg")
    if figure.is_file() and unchanged:
        written.append(write_private(out / figure.name, figure.read_bytes()))
    told["command"] = rename(str(told.get("command", "")))
    told["redacted"] = True
    told["outputs"] = {path.name: sha256_of(path) for path in sorted(written)}
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    return (*written, write_private(out / NAME, rename(text)))


def _manifest(report: Path) -> dict[str, object]:
    try:
        told = json.loads((report / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise BadCall(
            "this is no report",
            where=str(report),
            next_step="name the folder that `authlogs report --out` wrote",
        )
    return told


def _renamer(key: bytes) -> Callable[[str], str]:
    person, address = person_names(key), address_names(key)

    def renamed(found: re.Match[str]) -> str:
        try:
            ipaddress.ip_address(found[0])
        except ValueError:
            return found[0]
        return address(found[0])

    def rename(text: str) -> str:
        text = _MAIL.sub(lambda found: person(found[0].replace("%40", "@")), redact_text(text))
        return _ADDRESS.sub(renamed, text)

    return rename
