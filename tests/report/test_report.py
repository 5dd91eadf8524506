"""The report: complete, self-contained, inert against hostile text, and verifiable."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest

from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.report.folder import verify_report, write_report
from authlogs.report.html import html_page
from authlogs.report.markdown import markdown_page
from authlogs.report.schema import result_schema
from authlogs.report.summary import summary

HOSTILE = "<script>alert(1)</script> ](javascript:x) | **b** \x1b[2J \u202e {{ 7*7 }} $x$ `c`"


@pytest.fixture(scope="module")
def investigation(sample_investigation):
    return sample_investigation


@pytest.fixture(scope="module")
def hostile(investigation):
    """The same result with hostile words wherever logs and change records can put them."""
    (incident,) = investigation.incidents
    first = incident.suspects[0]
    change = dataclasses.replace(
        first.change, service=HOSTILE, description=HOSTILE, version=HOSTILE
    )
    finding = dataclasses.replace(first.evidence[0], statement=HOSTILE, rows=(HOSTILE,))
    suspect = dataclasses.replace(first, change=change, evidence=(finding,))
    theory = dataclasses.replace(incident.theories[0], statement=HOSTILE, name=HOSTILE)
    signal = dataclasses.replace(incident.signal, service=HOSTILE, reason=HOSTILE)
    bad = dataclasses.replace(
        incident,
        signal=signal,
        suspects=(suspect, *incident.suspects[1:]),
        theories=(theory, *incident.theories[1:]),
    )
    source = dict(investigation.sources[0], source_file=HOSTILE, error=HOSTILE)
    return dataclasses.replace(
        investigation, incidents=(bad,), sources=(source,), warnings=(HOSTILE,)
    )


@pytest.fixture(scope="module")
def report(investigation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "one"
    write_report(investigation, folder, command="authlogs investigate sample")
    return folder


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_result_conforms_to_the_schema(report):
    jsonschema.Draft202012Validator.check_schema(result_schema())
    result = json.loads((report / "result.json").read_text())
    jsonschema.Draft202012Validator(result_schema()).validate(result)
    assert result["schema"] == "authlogs.investigation/1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "guilty"),
        (("none_probability",), 1.2),
        (("suspects", 0, "probability"), None),
        (("onset",), "2024-05-03 09:41"),
        (("surprise",), 1),
    ],
)
def test_the_schema_refuses_what_is_wrong(report, path, value):
    result = json.loads((report / "result.json").read_text())
    place = result["incidents"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(result_schema()).validate(result)


def test_the_summary_begins_with_what_was_read(investigation):
    lines = summary(investigation).splitlines()
    assert lines[0] == "Read"
    assert "13 files" in lines[1]
    assert all(len(line) <= 100 for line in lines)


def test_every_clock_in_the_summary_has_its_offset(investigation):
    text = re.sub(r"\s+", " ", summary(investigation))
    clocks = re.findall(r"\d\d:\d\d:\d\d(?: to \d\d:\d\d:\d\d)?(?= (\S+))", text)
    assert len(clocks) >= 8
    assert {zone.strip(",;:()") for zone in clocks} == {"UTC-05:00"}


def test_the_summary_names_cause_red_herrings_and_tail(investigation):
    text = re.sub(r"\s+", " ", summary(investigation))
    assert "web deploy 5.13.0 of 09:41, probability 99.0 %" in text
    assert "database overload (< 0.1 %)" in text
    assert "gateway deploy 4.3.2 of 09:43" in text
    assert "after the reversal ended: tokens issued before it" in text


def test_hostile_text_cannot_drive_a_terminal(hostile):
    text = summary(hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J" in text


def test_hostile_text_stays_text_on_the_page(hostile):
    page = html_page(hostile, "<svg></svg>")
    assert "script" not in {tag for tag, _ in Tags(page).found}
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "\x1b" not in page


def test_hostile_text_is_no_markup_in_markdown(hostile):
    text = markdown_page(hostile)
    assert "<script>" not in text
    assert "](javascript" not in text
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert any("alert" in table for table in tables)
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_the_page_fetches_nothing(report):
    tags = Tags((report / "report.html").read_text()).found
    assert {"script", "link", "iframe", "img"}.isdisjoint(tag for tag, _ in tags)
    links = [v for _, a in tags for k, v in a.items() if k in {"href", "src", "xlink:href"}]
    assert all(link.startswith("#") for link in links)
    policies = [a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies
    assert policies[0].startswith("default-src 'none'")


def test_the_folder_holds_every_file_and_their_hashes_agree(report):
    names = {"timeline.png", "timeline.svg", "report.html", "report.md", "result.json"}
    assert {path.name for path in report.iterdir()} == names | {"manifest.json"}
    assert set(json.loads((report / "manifest.json").read_text())["outputs"]) == names
    assert verify_report(report) == {}


def test_an_altered_file_and_an_altered_source_are_seen(investigation, tmp_path, sample):
    folder = tmp_path / "report"
    write_report(investigation, folder)
    assert verify_report(folder, logs=sample) == {}
    (folder / "report.md").write_text("nothing happened")
    (folder / "timeline.svg").unlink()
    assert verify_report(folder) == {"report.md": "altered", "timeline.svg": "missing"}
    copy = tmp_path / "logs"
    copy.mkdir()
    for file in sample.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "changes.csv").write_text("time,change_type\n")
    assert verify_report(folder, logs=copy)["changes.csv"] == "altered"


def test_a_report_is_not_overwritten_unless_told(investigation, report):
    with pytest.raises(Unwritable, match="already"):
        write_report(investigation, report)
    assert write_report(investigation, report, force=True)[-1].name == "manifest.json"


def test_what_cannot_be_written_is_said(investigation, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="cannot be written"):
        write_report(investigation, tmp_path / "file" / "report")
    with pytest.raises(BadCall, match="docx"):
        write_report(investigation, tmp_path / "r", formats=("docx",))
    with pytest.raises(UnknownPath, match="no report"):
        verify_report(tmp_path)


def test_logs_without_an_incident_make_a_report_too(investigation, tmp_path):
    quiet = dataclasses.replace(investigation, incidents=())
    write_report(quiet, tmp_path / "quiet")
    assert "No incident was found" in (tmp_path / "quiet" / "report.md").read_text()
    assert "no incident" in summary(quiet)


def test_no_raw_token_of_the_sample_is_in_the_report(report, sample):
    import gzip

    text = gzip.decompress((sample / "gateway.log.gz").read_bytes()).decode("utf-8", "replace")
    tokens = set(re.findall(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+", text))
    assert len(tokens) > 20
    written = b"".join(path.read_bytes() for path in report.iterdir())
    assert not [token for token in tokens if token.encode() in written]
    assert b"eyJ" not in b"".join(
        path.read_bytes() for path in report.iterdir() if path.suffix != ".png"
    )
