"""XML records as JSON: names of elements and attributes become dotted paths.

Nothing is ever expanded: a record that declares a document type or an entity is refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

import pyarrow as pa

from authlogs.parse.texts import dump, text_array

MOST_CHARACTERS: Final = 4 << 20
"""Characters that one record may have."""
_DEEPEST: Final = 64
_ILLEGAL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:x0{0,6}(?:[0-8bcef]|1[0-9a-f])|0{0,6}(?:[0-8]|1[124-9]|2[0-9]|3[01]));",
    re.IGNORECASE,
)
"""What XML may not hold and Windows writes nevertheless."""


class _Refused(Exception):
    """Why a record is not read."""


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    members: dict[str, Any] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


def as_json(texts: pa.Array) -> tuple[pa.Array, dict[int, str]]:
    """Each XML record as a JSON object, and a word for each that is none; null stays null.

    A loop over records: there is no parser of XML by column.
    """
    made: list[str | None] = []
    why: dict[int, str] = {}
    for row, text in enumerate(texts.to_pylist()):
        read = None if text is None else parse_record(text)
        if isinstance(read, str):
            why[row] = read
        made.append(dump(read) if isinstance(read, dict) else None)
    return text_array(made), why


def parse_record(text: str) -> dict[str, Any] | str:
    """One XML element as a tree, or a word for why it is none.

    Text and attributes of `<a b="1">c</a>` stand at `a` and `a.b`, what is called
    `<Data Name="user">` at `user`, and elements that come several times are a list.

    >>> parse_record('<Event><Id Q="0">7</Id><Data Name="user">ana</Data></Event>')
    {'Event': {'Id': '7', 'Id.Q': '0', 'user': 'ana'}}
    """
    if len(text) > MOST_CHARACTERS:
        return "xml_too_large"
    building = _Building()
    try:
        building.parser.Parse(_ILLEGAL.sub("\ufffd", text), True)
    except _Refused as refusal:
        return str(refusal)
    except (expat.ExpatError, UnicodeEncodeError):
        return "bad_xml"
    return building.root


class _Building:
    """A tree on its way, built as the parser goes."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[_Element] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse_entities
        self.parser.EntityDeclHandler = _refuse_entities

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise _Refused("too_deep")
        kept = {_local(key): value for key, value in attributes.items() if key[:5] != "xmlns"}
        self._open.append(_Element(_local(name), kept))

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append(text)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        into = self._open[-1].members if self._open else self.root
        name, attributes = element.name, element.attributes
        if name == "Data" and attributes.get("Name"):
            name = attributes.pop("Name")
        text = "".join(element.text).strip()
        if element.members or (attributes and not text):
            _put(into, name, {**attributes, **element.members} | ({"text": text} if text else {}))
            return
        _put(into, name, text)
        for key, value in attributes.items():
            into.setdefault(f"{name}.{key}", value)


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    """Of elements that come several times the first stands alone until there is a second."""
    if name not in into:
        into[name] = value
    elif isinstance(into[name], list):
        into[name].append(value)
    else:
        into[name] = [into[name], value]


def _local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_entities(*_: Any) -> None:
    raise _Refused("xml_entities")
