"""Envelopes: what stands around records of any format, each declared in one TOML file."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from authlogs.errors import BadFormatFile
from authlogs.parse.format import Format, Sample, bad_pattern
from authlogs.parse.format_file import (
    check_keys,
    parse_pattern,
    parse_recognise,
    parse_time,
    words,
)

FOLDER: Final = Path(__file__).parent.parent / "formats" / "envelopes"
_TOP: Final = {
    "title", "vendor", "shape", "late", "kind", "output", "export", "each", "names", "message",
    "fields", "more", "time", "recognise", "pattern", "sample",
}  # fmt: skip
_SHAPES: Final = ("text", "json", "csv")
_MOST: Final = 1_000_000
"""Elements that one wrapper may hold."""
_NAMED: Final = re.compile(r"\(\?P<(\w+)>")


@dataclass(frozen=True)
class More:
    """How a part of a record that goes on in the next says so: a field's value, or how it ends."""

    field: str
    equals: str | None = None
    unless_ends: str | None = None


@dataclass(frozen=True, eq=False)
class Envelope:
    """One layout of what stands around a record: `format` knows and reads it.

    `late`: it is opened only where no format claims the record as it stands. `kind` is what
    formats may ask for. `output`: what it carries are lines that a program wrote, one after the
    other, which may continue each other. `export`: somebody asked for these records, and may not
    have got all of them.
    """

    format: Format
    message: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    late: bool = False
    kind: str = ""
    output: bool = False
    export: bool = False
    more: More | None = None
    samples: tuple[Sample, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.format.name

    @property
    def shape(self) -> str:
        return self.format.shape


@dataclass(frozen=True, eq=False)
class Envelopes:
    """All envelopes in the order in which they are tried."""

    all: tuple[Envelope, ...]

    @cached_property
    def early_texts(self) -> tuple[Envelope, ...]:
        """Those that nothing else looks like."""
        return tuple(one for one in self.all if one.shape == "text" and not one.late)

    @cached_property
    def late_texts(self) -> tuple[Envelope, ...]:
        """Those that look like other logs as well."""
        return tuple(one for one in self.all if one.shape == "text" and one.late)

    @cached_property
    def telling(self) -> Mapping[str, tuple[Envelope, ...]]:
        """Envelopes of JSON by a name that an object must have to be one."""
        told: dict[str, tuple[Envelope, ...]] = {}
        for one in self.of_shape("json"):
            for path in {way.all[0] for way in one.format.recognise}:
                for name in {path, path.split(".")[0]}:
                    told[name] = (*told.get(name, ()), one)
        return told

    def of_shape(self, shape: str) -> tuple[Envelope, ...]:
        """The envelopes of a shape."""
        return tuple(one for one in self.all if one.shape == shape)


@lru_cache(maxsize=1)
def load_envelopes(folder: Path = FOLDER) -> Envelopes:
    """The envelopes of a folder, in the order of their names."""
    return Envelopes(tuple(load_envelope(path) for path in sorted(folder.glob("*.toml"))))


def load_envelope(path: Path) -> Envelope:
    """The envelope of one TOML file; raises BadFormatFile."""
    try:
        return parse_envelope(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except BadFormatFile as error:
        advice = "docs/format-files.md tells what an envelope may say"
        raise BadFormatFile(error.what, where=str(path), next_step=advice) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadFormatFile(f"cannot be understood: {error}", where=str(path)) from None


def parse_envelope(name: str, told: Mapping[str, Any]) -> Envelope:
    """The envelope that the content of a TOML file describes."""
    check_keys("the file", told, _TOP)
    format = Format(
        name=name,
        kind="events",
        title=told["title"],
        shape=told["shape"],
        vendor=told["vendor"],
        each=told.get("each"),
        names=told.get("names"),
        most=_MOST,
        recognise=parse_recognise(told.get("recognise", [])),
        time=parse_time(told.get("time", {})),
        patterns=tuple(parse_pattern(one) for one in told.get("pattern", ())),
    )
    fields = {name: words(paths) for name, paths in told.get("fields", {}).items()}
    silent = {"message", told.get("more", {}).get("field"), *(one.pairs for one in format.patterns)}
    for captured in (each for one in format.patterns for each in _NAMED.findall(one.regex)):
        if captured not in silent:
            fields.setdefault(captured, (captured,))
    made = Envelope(
        format=format,
        message=words(told.get("message", "message")),
        fields=fields,
        late=bool(told.get("late", False)),
        kind=told.get("kind", ""),
        output=bool(told.get("output", False)),
        export=bool(told.get("export", False)),
        more=More(**told["more"]) if "more" in told else None,
        samples=tuple(Sample(**one) for one in told.get("sample", ())),
    )
    for problem in _problems(made):
        raise BadFormatFile(problem)
    return made


def _problems(made: Envelope) -> Iterator[str]:
    if made.shape not in _SHAPES:
        yield f"shape {made.shape!r} is none of {', '.join(_SHAPES)}"
    if made.shape == "text" and not made.format.patterns:
        yield "an envelope of text needs at least one [[pattern]]"
    if made.shape != "text" and not made.format.recognise:
        yield "[recognise] is missing: which fields make a record this envelope?"
    if any(not way.all for way in made.format.recognise):
        yield "[recognise] needs `all`: an envelope is known by what it must have"
    for one in made.format.patterns:
        if problem := bad_pattern(one.regex):
            yield f"pattern {one.name!r}: {problem}"
        if "(?P<message>" not in one.regex:
            yield f"pattern {one.name!r} has no group `message`"
