"""YAML as a whole: a list, a mapping that wraps one, or documents one after another, as JSON.

PyYAML only finds the nodes, in Python, which nesting cannot bring down; no tag makes an object and
no alias is followed, so nothing grows. What comes after a fault is not read.
"""

import re
from typing import Any, Final

import yaml

from authlogs.parse.json_documents import LISTS, Elements
from authlogs.parse.texts import dump

_KEY: Final = r"[A-Za-z_][\w.-]*:"
_BEGINS: Final = re.compile(
    r"(?:[ \t]*(?:#.*)?\r?\n)*"
    r"(?:---[ \t]*(?:#.*)?\r?\n"
    r"|(?:apiVersion|kind|items|changes):(?:[ \t].*)?\r?\n"
    rf"|- {_KEY}(?:[ \t].*)?\r?\n(?:  {_KEY}|- ))"
)
_WRAPS: Final = (*LISTS, "changes", "releases")
_LARGEST: Final = 4 << 20
_YES: Final = ("true", "yes", "on")


def begins_yaml(head: str) -> bool:
    """Whether a text is a YAML document of records, and not lines that look like one."""
    return _BEGINS.match(head.lstrip("\ufeff")) is not None


def find_nodes(text: str) -> Elements:
    """Every record of a YAML text; never raises."""
    found = Elements(why="bad_yaml")
    if len(text) > _LARGEST:
        found.faults.append((0, len(text)))
        return found
    try:
        for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
            for node in _records(document):
                end = node.start_mark.index + len(
                    text[node.start_mark.index : node.end_mark.index].rstrip()
                )
                made = dump(_plain(node, set()))
                found.spans.append((node.start_mark.index, end))
                found.texts.append(made)
    except (yaml.YAMLError, ValueError, RecursionError):
        found.faults.append((found.spans[-1][1] if found.spans else 0, len(text)))
    return found


def _records(document: yaml.Node | None) -> list[yaml.Node]:
    """The members of a list, of a list that a mapping wraps, or the mapping itself."""
    if isinstance(document, yaml.SequenceNode):
        return list(document.value)
    if not isinstance(document, yaml.MappingNode):
        return []
    for key, value in document.value:
        if key.value in _WRAPS and isinstance(value, yaml.SequenceNode):
            return list(value.value)
    return [document]


def _plain(node: yaml.Node, seen: set[int]) -> Any:
    """A node as JSON holds it: numbers and times keep the text they were written in."""
    if id(node) in seen:
        raise ValueError("an alias")
    if isinstance(node, yaml.ScalarNode):
        if node.tag.endswith(":null"):
            return None
        return node.value.lower() in _YES if node.tag.endswith(":bool") else node.value
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(member, seen) for member in node.value]
    made: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError("a key that is no text")  # noqa: TRY004 (one kind of fault)
        made.setdefault(key.value, _plain(value, seen))
    return made
