"""What must not matter does not: shifted clocks, split and shuffled files, TZ, pseudonyms."""

import gzip
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

import authlogs as al
from authlogs.simulation import login_lockout

ZONE = "America/Bogota"


def verdict(investigation):
    """What an investigation says, without where it read it."""
    (incident,) = investigation.incidents
    return {
        "onset": incident.onset,
        "recovered": incident.recovered,
        "suspects": [(s.change.id, round(s.probability, 6)) for s in incident.suspects],
        "theories": [(t.name, t.verdict) for t in incident.theories],
        "affected": incident.impact.users_affected,
        "effects": [(m.change, m.effect) for m in incident.mitigations],
    }


@pytest.fixture(scope="module")
def told(sample_investigation):
    return verdict(sample_investigation)


@pytest.fixture(scope="module")
def files():
    return login_lockout().files


def examine(folder, **options):
    return al.investigate(
        al.read(folder, **({"tz": ZONE, "year": 2024} | options)), display_zone=ZONE
    )


def write(folder, files):
    for name, data in files.items():
        (folder / name).write_bytes(data)


def test_pseudonyms_change_no_verdict(sample_logs, told):
    assert verdict(al.investigate(al.pseudonymise(sample_logs), display_zone=ZONE)) == told


def test_shuffled_and_split_files_change_no_verdict(tmp_path, files, told):
    draw = random.Random(4)
    for name, data in files.items():
        if name != "web-app.jsonl":
            (tmp_path / name).write_bytes(data)
            continue
        lines = data.splitlines(keepends=True)
        draw.shuffle(lines)
        half = len(lines) // 2
        (tmp_path / "b-second.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[:half])))
        (tmp_path / "a-first.jsonl").write_bytes(b"".join(lines[half:]))
    assert verdict(examine(tmp_path)) == told


def test_the_machines_zone_does_not_matter(sample, told):
    code = (
        "import authlogs as al, sys;"
        f"r = al.investigate(al.read({str(sample)!r}, tz={ZONE!r}, year=2024));"
        "i = r.incidents[0];"
        "print(i.onset.isoformat(), i.suspects[0].change.id, i.recovered.isoformat())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    onset, first, recovered = run.stdout.split()
    assert datetime.fromisoformat(onset) == told["onset"]
    assert datetime.fromisoformat(recovered) == told["recovered"]
    assert first == told["suspects"][0][0]


def test_a_zone_an_hour_off_shifts_only_the_naive_sources(sample):
    """The same files read under another zone: their naive times move by exactly the difference."""
    here = al.read(sample / "gateway.log.gz", tz="-05:00").events["time"].to_pylist()
    there = al.read(sample / "gateway.log.gz", tz="-08:00").events["time"].to_pylist()
    moved = {b - a for a, b in zip(here, there, strict=True) if a and b}
    assert moved == {timedelta(hours=3)}


def test_all_clocks_shifted_shift_the_answer(tmp_path, sample, sample_logs, told):
    """Shift every event and change by three hours: so is everything that was found."""
    by = timedelta(hours=3)
    shifted = examine_shifted(sample_logs, by)
    assert shifted["onset"] - told["onset"] == by
    assert shifted["recovered"] - told["recovered"] == by
    assert shifted["suspects"] == told["suspects"]


def examine_shifted(logs, by):
    import dataclasses

    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    def shift(table):
        for name in ("time", "end_time", "iat", "exp", "nbf", "observed_time"):
            if name in table.column_names:
                place = table.column_names.index(name)
                moved = pc.add(table[name], pa.scalar(by, pa.duration("us")))
                table = table.set_column(place, table.schema.field(name), moved)
        return table

    events = ds.dataset(shift(logs.events))
    moved = dataclasses.replace(logs, dataset=events, changes=shift(logs.changes))
    return verdict(al.investigate(moved, display_zone=ZONE))
