"""A short file is read by what it was judged by; that changes the time it takes, nothing else."""

import gzip
import json
from itertools import cycle

import pytest

import authlogs as al
from authlogs.parse.looked import Looked
from authlogs.parse.registry import load_registry

ZONE = "America/Bogota"
WRAPS = {
    "bare": str,
    "cri": lambda line: f"2024-05-03T14:41:15.123456789Z stdout F {line}",
    "no year": lambda line: f"May  3 09:41:15 host-7 app[311]: {line}",
    "no zone": lambda line: json.dumps({"_raw": line, "_time": "2024-05-03T09:41:15", "host": "h"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Short files of every sixth format, in turns bare and in envelopes with and without a zone."""
    room = tmp_path_factory.mktemp("short")
    wraps = cycle(WRAPS.values())
    for one in load_registry().formats[::6]:
        sample = next(s for s in one.samples if not (s.reject or s.filtered))
        whole = "\n" in sample.line or one.shape in ("csv", "w3c", "xml")
        text = (str if whole else next(wraps))(sample.line) + "\nnobody knows this line\n"
        (room / f"{one.name}.log.gz").write_bytes(gzip.compress(text.encode()))
    document = '[{"time": "2024-05-03T14:00:00Z", "user": "ana", "outcome": "failure"}]'
    (room / "document.json").write_text(document)
    (room / "marked.log").write_bytes("\ufeff2024-05-03T14:00:00Z INFO started\n".encode("utf-16"))
    return room


@pytest.mark.parametrize("options", [{}, {"tz": ZONE}, {"tz": ZONE, "year": 2023}], ids=str)
def test_what_a_file_was_judged_by_is_what_reading_it_gives(folder, options, monkeypatch):
    given, taken = [], Looked.taken

    def counted(self, *asked):
        given.append(taken(self, *asked))
        return given[-1]

    def nothing(*_):
        return None

    asked = {**options, "key": b"k" * 32, "on_zone_needed": "warn", "strict": False}
    monkeypatch.setattr(Looked, "taken", counted)
    quick = al.read(folder, **asked)
    monkeypatch.setattr(Looked, "taken", nothing)
    slow = al.read(folder, **asked)
    assert sum(one is not None for one in given) > 5
    for name in ("events", "changes", "rejects", "sources"):
        assert getattr(quick, name).equals(getattr(slow, name)), name
