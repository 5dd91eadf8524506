"""From the text of a place, as `sources.path` has it, back to the place."""

import re
from pathlib import Path

from authlogs.errors import UnknownPath
from authlogs.sources.archives import open_archive
from authlogs.sources.places import LocalFile, Place, is_address
from authlogs.sources.spools import Spools

_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt]))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t"}


class Reopened:
    """Places by their text; every archive is opened once."""

    def __init__(self) -> None:
        self._spools = Spools()
        self._archives: dict[str, dict[str, Place]] = {}

    def place(self, text: str) -> Place | None:
        """The place, or None where nothing is that can be read again (such as a pipe)."""
        whole = _outermost(text)
        if whole is not None:
            return whole
        for found in re.finditer("!/", text):
            if archive := _outermost(text[: found.start()]):
                return self._members(archive).get(text)
        return None

    def _members(self, archive: Place) -> dict[str, Place]:
        text = str(archive)
        if text not in self._archives:
            opened = open_archive(archive, self._spools)
            members = opened.members if opened else ()
            self._archives[text] = {str(one.place): one.place for one in members if not one.error}
        return self._archives[text]


def _outermost(text: str) -> Place | None:
    """A file of this machine or of a remote store."""
    if is_address(text):
        return _remote(text)
    for path in (Path(text), Path(_unescaped(text))):
        try:
            if path.is_file():
                return LocalFile(path)
        except (OSError, ValueError):
            continue
    return None


def _remote(text: str) -> Place | None:
    from authlogs.sources import remote

    try:
        return next((place for place, _ in remote.listed(text, []) if str(place) == text), None)
    except UnknownPath:
        return None


def _unescaped(text: str) -> str:
    def back(found: re.Match[str]) -> str:
        byte, short, long, letter = found.groups()
        if letter:
            return _SHORT[letter]
        code = int(byte or short or long, 16)
        return chr(code + 0xDC00 if byte and code > 0x9F else code)

    return _ESCAPE.sub(back, text)
