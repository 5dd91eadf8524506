"""The logs of a run as one archive: times untouched, paths of the machine taken out."""

import shutil
import sys
import sysconfig
import tarfile
from pathlib import Path

HERE = Path(__file__).parent


def replaced(run: Path) -> list[tuple[bytes, bytes]]:
    """What stands in tracebacks and nginx's own words about files."""
    told = [
        (HERE.parent, "/srv"),
        (sysconfig.get_paths()["purelib"], "/usr/lib/python3/dist-packages"),
        (sysconfig.get_paths()["stdlib"], "/usr/lib/python3.11"),
        (sys.base_prefix, "/usr"),
        (run, "/var/run/stack"),
    ]
    return [(str(old).encode(), new.encode()) for old, new in told]


def pack(run: Path, out: Path, name: str) -> None:
    """Write `NAME.tar.xz` and `NAME.truth.json`; the truth stands outside the archive."""
    for log in (run / "logs").iterdir():
        text = log.read_bytes()
        for old, new in replaced(run):
            text = text.replace(old, new)
        log.write_bytes(text)
    with tarfile.open(out / f"{name}.tar.xz", "w:xz", preset=6) as archive:
        for log in sorted((run / "logs").iterdir()):
            archive.add(log, arcname=f"logs/{log.name}", filter=_anonymous)
    shutil.copy(run / "truth.json", out / f"{name}.truth.json")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member
