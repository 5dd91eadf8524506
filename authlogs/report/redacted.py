"""A copy of a report that can leave: no mail addresses, no network addresses, no secrets."""

import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from authlogs.errors import Unwritable
from authlogs.private_files import make_private, write_private
from authlogs.pseudonyms import EMAIL, address_names, person_names
from authlogs.report.files import FIGURES, FILES, TABLES
from authlogs.report.manifest import NAME, UNSEALED, read_manifest, seal, sha256_of
from authlogs.secrets import redact_text

PICTURE, DRAWING = FIGURES
TEXTS: Final = (*(FILES[name] for name in ("html", "md", "json", "timesketch")), DRAWING)
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
    A figure whose text had to change is copied as SVG alone, for the picture still shows it; a PDF
    is left out. Raises BadCall where `report` is none, Unwritable where something is there already.
    """
    told, sealed = dict(read_manifest(report)), sha256_of(report / NAME)
    if out.exists() and any(out.iterdir()):
        raise Unwritable(
            "the folder holds other things", where=str(out), next_step="name a new one"
        )
    make_private(out)
    rename = _renamer(key)
    written = []
    for file in (*(report / name for name in TEXTS), *sorted((report / TABLES).glob("*.csv"))):
        if file.is_file():
            text = rename(file.read_bytes().decode().replace(sealed, UNSEALED))
            copy = out / file.relative_to(report)
            make_private(copy.parent)
            written.append(write_private(copy, text))
    unchanged = sha256_of(out / DRAWING) == sha256_of(report / DRAWING)
    if (report / PICTURE).is_file() and unchanged:
        written.append(write_private(out / PICTURE, (report / PICTURE).read_bytes()))
    outputs = {file.relative_to(out).as_posix(): sha256_of(file) for file in sorted(written)}
    told |= {"redacted": True, "outputs": outputs}
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    written.append(write_private(out / NAME, rename(text)))
    seal(out)
    return tuple(written)


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
