"""The README's example runs as it stands, and its picture is there."""

import os
import re
import subprocess
import sys

from places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST = 15


def example():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return code


def test_the_example_is_short():
    assert len([line for line in example().splitlines() if line.strip()]) <= LONGEST


def test_the_example_runs(tmp_path):
    (tmp_path / "sample_logs").symlink_to(ROOT / "sample_logs")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-c", example()]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "change" in run.stdout
    assert (tmp_path / "timeline.png").read_bytes().startswith(b"\x89PNG")


def test_the_first_screen_has_the_picture_and_the_commands():
    first = README[: README.index("## In the first minutes")]
    assert "docs/images/login-lockout.png" in first
    assert "make demo" in first
    assert "make test" in first


def test_the_picture_is_small():
    picture = ROOT / "docs" / "images" / "login-lockout.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 400_000


def test_it_never_promises_too_much():
    for page in (README, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        assert "root cause found" not in page.lower()
