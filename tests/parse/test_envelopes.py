"""Envelopes: each opens its samples and says what was said around them; one in another changes
nothing; what is inside is counted, joined and bounded like lines of its own.
"""

import numpy as np
import pytest

from authlogs.parse.clock import Clock
from authlogs.parse.delimited import Sheet, find_heading
from authlogs.parse.envelope_file import load_envelopes
from authlogs.parse.envelopes import open_early, open_late
from authlogs.parse.lanes import Lanes
from authlogs.parse.recognise import plain_lines
from authlogs.sources.lines import cut_blocks

ENVELOPES = {one.name: one for one in load_envelopes().all}
SAMPLES = {
    f"{one.name}-{number}": (one, sample)
    for one in load_envelopes().all
    for number, sample in enumerate(one.samples, 1)
}


def records_of(envelope, line):
    if envelope.shape == "csv":
        heading = find_heading(line.split("\n")[0], (envelope.format,))
        return next(Sheet(heading).stretches(cut_blocks([line.encode()]))).records
    return plain_lines(line.split("\n") if envelope.more else [line])


def opened_of(envelope, line):
    """What is in a sample, however many envelopes of its kind are around it."""
    lanes = Lanes(records_of(envelope, line))
    late = open_late(lanes, np.arange(len(lanes.records)), Clock(year=2024))
    told = [*open_early(lanes, Clock(year=2024)), *late]
    assert {one.envelope.name for one in told} == {envelope.name}
    records = told[0].records
    again = list(open_early(Lanes(records), Clock(year=2024)))
    return again[0].records if again and again[0].envelope is envelope else records


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_gives_what_is_inside_and_what_was_said_around_it(key):
    envelope, sample = SAMPLES[key]
    records = opened_of(envelope, sample.line)
    assert records.text.to_pylist() == list(sample.gives)
    told = {name: records.header.get(name)[0].as_py() or "" for name in sample.want}
    assert told == dict(sample.want)


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_field_of_an_envelope_is_in_some_sample(name):
    envelope = ENVELOPES[name]
    assert envelope.format.title and envelope.format.vendor.startswith("https://")
    there = set()
    for sample in envelope.samples:
        lanes = Lanes(records_of(envelope, sample.line))
        rows = np.arange(len(lanes.records))
        for claim in lanes.claim(envelope.format, rows):
            paths = {path for paths in envelope.fields.values() for path in paths}
            there |= {path for path in paths if claim.fields.get(path) is not None}
    named = {path for paths in envelope.fields.values() for path in paths}
    assert named - there == set()


@pytest.mark.parametrize("name", [one.name for one in load_envelopes().of_shape("text")])
def test_every_pattern_of_an_envelope_opens_some_sample(name):
    from dataclasses import replace

    one = ENVELOPES[name].format
    for way in one.patterns:
        alone = replace(one, patterns=(way,))
        lines = [line for sample in ENVELOPES[name].samples for line in sample.line.split("\n")]
        lanes = Lanes(plain_lines(lines))
        assert list(lanes.claim(alone, np.arange(len(lines)))), way.name
