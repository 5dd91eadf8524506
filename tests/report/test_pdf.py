"""The page as PDF: made where its libraries are, fetching nothing, else a clear refusal."""

import builtins
import re
import zlib

import pytest
from hostile_words import hostile

from authlogs.errors import BadCall
from authlogs.report.folder import write_report
from authlogs.report.html import html_page
from authlogs.report.pdf import check_pdf, write_pdf
from authlogs.report.shown import page_of


def refusing(error):
    real = builtins.__import__

    def look(name, *rest, **more):
        if name == "weasyprint":
            raise error
        return real(name, *rest, **more)

    return look


@pytest.mark.parametrize(
    ("error", "step"),
    [(ImportError("weasyprint"), "authlogs\\[pdf\\]"), (OSError("libpango"), "libpango-1.0-0")],
)
def test_what_is_missing_is_said_before_anything_is_written(tmp_path, monkeypatch, error, step):
    monkeypatch.setattr(builtins, "__import__", refusing(error))
    with pytest.raises(BadCall, match=step):
        write_report(hostile(), tmp_path / "r", formats=("pdf",))
    assert not (tmp_path / "r").exists()


def test_a_page_becomes_tagged_pdf_and_nothing_is_fetched(tmp_path, monkeypatch):
    try:
        check_pdf()
    except BadCall as error:
        pytest.skip(f"no PDF can be made here: {error}")
    import socket

    def connected(*_given):
        raise AssertionError("it wants the network")

    monkeypatch.setattr(socket.socket, "connect", connected)
    page = html_page(page_of(hostile()), "<svg/>", paper=True)
    page = page.replace("</body>", '<img src="http://192.0.2.1/x.png" alt="x"></body>')
    data = write_pdf(page, tmp_path / "report.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    plain = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x"))
    assert b"/StructTreeRoot" in plain + data
    assert len(data) < 2_000_000
