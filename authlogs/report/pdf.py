"""The page as PDF. WeasyPrint sets it by the very style sheet that browsers print with.

It is an extra: it needs Pango, which pip does not bring.
"""

import logging
from pathlib import Path

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
    from weasyprint.urls import URLFetcher

    log = logging.getLogger("weasyprint")  # it tells each rule that is for browsers alone
    before, log.disabled = log.disabled, True
    try:
        HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(
            path, pdf_tags=True
        )
    finally:
        log.disabled = before
    return path
