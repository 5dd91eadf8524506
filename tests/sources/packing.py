"""What tests of sources share: compressions, archives, and what was read of them."""

import bz2
import functools
import gzip
import io
import lzma
import random
import tarfile
import zipfile

import pyarrow as pa

from authlogs.sources.compression import Stored
from authlogs.sources.find import find

_DICE = random.Random(5)
TEXT = b"".join(
    b"%d login of user%d from %x\n" % (number, _DICE.randrange(99), _DICE.getrandbits(64))
    for number in range(2800)
)
"""Lines that do not compress away."""


def zstd(data):
    return pa.compress(data, "zstd", asbytes=True)


def cached(pack):
    """Properties pack the same bytes again and again."""
    return functools.lru_cache(maxsize=32)(pack)


PACKERS = {
    "gzip": cached(lambda data: gzip.compress(data, mtime=0)),
    "bz2": cached(lambda data: bz2.compress(data, 1)),  # blocks of 100 kB: several in TEXT
    "xz": cached(lzma.compress),
    "zstd": cached(zstd),
}


def tar(members, format=tarfile.GNU_FORMAT):
    """A tar of (name, content) or TarInfo."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return made.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def content(place):
    """The content of a place, and the Stored that read it."""
    stored = Stored(place)
    return b"".join(stored.chunks()), stored


def read_all(path):
    """Name, content and error of everything that a path leads to, and the warnings."""
    findings = find(path)
    told = []
    for found in findings.files:
        if found.error:
            told.append((found.name, None, found.error))
        else:
            data, stored = content(found.path)
            told.append((found.name, data, stored.fault))
    return told, findings.warnings
