"""The page as PDF. WeasyPrint sets it by the very style sheet that browsers print with.

It is an extra: it needs Pango, which pip does not bring.
"""

from pathlib import Path
from typing import Any, NoReturn

from authlogs.errors import BadCall


def check_pdf() -> None:
    """Raise BadCall where no PDF can be made here."""
    try:
        import weasyprint  # noqa: F401
    except ImportError:
        raise BadCall(
            "a PDF needs the extra `pdf`", next_step="pip install 'authlogs[pdf]'"
        ) from None
    except OSError:  # its libraries are loaded when it is imported
        raise BadCall(
            "a PDF needs the library Pango",
            next_step="install it (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0)",
        ) from None


def write_pdf(page: str, path: Path) -> Path:
    """Write a page as tagged PDF, fetching nothing; raises BadCall where that cannot be done."""
    check_pdf()
    from weasyprint import HTML

    HTML(string=page, url_fetcher=_refused).write_pdf(path, pdf_tags=True)
    return path


def _refused(url: str, *_given: Any, **_named: Any) -> NoReturn:
    raise ValueError(f"a report fetches nothing, and not {url[:80]}")
