"""What comes once: standard input and named pipes."""

import os
import stat
import subprocess
import sys
import threading

import pytest
from cli_cases import authlogs_process, logins
from packing import PACKERS, content, tar

from authlogs.sources.find import find
from authlogs.sources.names import printable


def fed(path, data):
    """A thread that writes into a named pipe once somebody reads it."""
    thread = threading.Thread(target=lambda: path.write_bytes(data), daemon=True)
    thread.start()
    return thread


def test_a_named_pipe_that_is_named_is_read_as_often_as_is_asked(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = fed(pipe, PACKERS["gzip"](b"one\ntwo\n"))
    (found,) = find(pipe).files
    assert (found.name, found.error) == ("pipe", None)
    for _ in range(2):
        data, stored = content(found.path)
        assert (data, stored.compression, stored.fault) == (b"one\ntwo\n", "gzip", None)
    writer.join()


def test_an_archive_may_come_through_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = fed(pipe, PACKERS["xz"](tar([("a.log", b"one\n")])))
    (found,) = find(pipe).files
    assert found.name == "pipe!/a.log" and content(found.path)[0] == b"one\n"
    writer.join()


def test_nothing_is_read_of_a_pipe_before_it_is_asked_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert [one.name for one in find(pipe, inside=False).files] == ["pipe"]


def test_a_pipe_in_a_folder_and_a_device_stay_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (inside,) = find(tmp_path).files
    (device,) = find("/dev/zero").files
    assert "named pipe" in inside.error and "device" in device.error
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("pack", [str.encode, lambda text: PACKERS["zstd"](text.encode())])
def test_standard_input_is_a_source_called_by_its_sign(pack):
    command = [sys.executable, "-m", "authlogs", "investigate", "-"]
    ran = subprocess.run(command, input=pack(logins()), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert b"20 lines" in ran.stderr + ran.stdout and b"20 events" in ran.stderr + ran.stdout


def test_standard_input_has_a_dash_for_a_name_in_every_table(tmp_path):
    code = (
        "import authlogs as al; logs = al.read('-'); "
        "print(logs.sources.select(['source_file', 'path', 'error']).to_pylist(), "
        "set(logs.events['source_file'].to_pylist()), logs.verify().files)"
    )
    ran = subprocess.run([sys.executable, "-c", code], input=logins().encode(), capture_output=True,
                         check=True)  # fmt: skip
    told = "[{'source_file': '-', 'path': '-', 'error': None}] {'-'} {'-': 'missing'}"
    assert ran.stdout.decode().strip() == told


def test_closed_standard_input_is_a_word_and_no_traceback():
    code = "import os; os.close(0); from authlogs.cli import main; exit(main(['triage', '-']))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert ran.returncode == 3
    assert "Traceback" not in ran.stderr and "-:" in ran.stderr


def test_a_process_substitution_is_read(tmp_path):
    (tmp_path / "a.jsonl").write_text(logins())
    command = f"{sys.executable} -m authlogs investigate <(cat {tmp_path}/a.jsonl)"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "20 events" in ran.stdout + ran.stderr


def test_an_endless_device_is_refused_by_the_command_line():
    ran = authlogs_process("investigate", "/dev/zero")
    assert ran.code == 3 and "device" in ran.err and "next:" in ran.err


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"plain name.log", "plain name.log"),
        (b"two\nlines.log", r"two\nlines.log"),
        (b"latin\xe9.log", r"latin\xe9.log"),
        ("right\u202eleft.log".encode(), r"right\u202eleft.log"),
        (b"esc\x1b[31m.log", r"esc\x1b[31m.log"),
        ("señal.log".encode(), "señal.log"),
    ],
)
def test_any_name_of_a_file_is_read_shown_and_verified(tmp_path, name, shown):
    import authlogs as al

    assert printable(os.fsdecode(name)) == shown
    (tmp_path / os.fsdecode(name)).write_bytes(logins().encode())
    logs = al.read(tmp_path)
    assert logs.sources["source_file"].to_pylist() == [shown]
    assert logs.verify().files == {shown: "same"}
