"""Texts, JSON and columns of them without their secrets."""

import json
import re
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import ascii_only, found, replaced, text_bytes
from authlogs.secrets.patterns import (
    HINT,
    KINDS,
    RARE,
    RARE_HINT,
    RARE_SIGN,
    SPELLED,
    SPELLED_HINT,
    SPOKEN,
    SPOKEN_HINT,
)

_HINT: Final = ascii_only(HINT)
_SPELLED_HINT: Final = ascii_only(SPELLED_HINT)
_SPOKEN_HINT: Final = ascii_only(SPOKEN_HINT)
_GROUP: Final = re.compile(r"\\(\d)")
_KINDS, _RARE = (
    tuple(
        (
            tuple(needle.encode() for needle in needles),
            ascii_only(pattern),
            _GROUP.sub(r"${\1}", instead.format(f"[redacted:{kind}]")),
        )
        for kind, needles, pattern, instead in kinds
    )
    for kinds in (KINDS, RARE)
)
_RARE_SIGN: Final = ascii_only(RARE_SIGN)
_RARE_HINT: Final = ascii_only(RARE_HINT)
_STRING: Final = r'"[^"\\\x00-\x1f]*"'
_SCALAR: Final = rf"(?:{_STRING}|-?(?:0|[1-9][0-9]{{0,15}})(?:\.[0-9]{{1,15}})?|true|false|null)"
_LIST: Final = rf"\[(?:{_SCALAR}(?:,{_SCALAR})*)?\]"
_FLAT: Final = rf"\{{(?:{_STRING}:{_SCALAR}(?:,{_STRING}:{_SCALAR})*)?\}}"
_VALUE: Final = rf"(?:{_SCALAR}|{_LIST}|{_FLAT})"
_SURELY_JSON: Final = rf"^\{{{_STRING}:{_VALUE}(?:,{_STRING}:{_VALUE})*\}}$"
"""Objects of a few levels without escapes, as nearly all are: what they are need not be tried."""
_NAME_KEYS: Final = ("key", "name", "field", "param", "parameter", "header", "attribute", "label")
_VALUE_KEYS: Final = ("value", "val", "content", "newvalue", "oldvalue", "new_value", "old_value")
_DEEPEST: Final = 100
"""Levels of a tree that are looked through for secrets; what lies deeper is dropped."""


def may_hold_secret(column: pa.Array) -> pa.Array:
    """Which texts need a closer look; null counts as no."""
    return pa.array(found(column, _HINT))


def redact(column: pa.Array) -> pa.Array:
    """A string column with every secret replaced by `[redacted:kind]`.

    >>> redact(pa.array(["GET /cb?code=abc&state=1"])).to_pylist()
    ['GET /cb?code=[redacted:code]&state=1']
    """
    chosen = may_hold_secret(column)
    if not pc.any(chosen).as_py():
        return column
    texts = column.filter(chosen)
    clean = _replaced(texts)
    spelled = pa.array(found(texts, _SPELLED_HINT))
    if pc.any(spelled).as_py():
        # A loop over those rows alone: no compiled kernel turns numbers into signs.
        plain = [SPELLED.sub(_sign, text) for text in texts.filter(spelled).to_pylist()]
        read = pa.array(plain, pa.string())
        told = _replaced(read)
        told = pc.if_else(pc.equal(told, read), clean.filter(spelled), told)
        clean = pc.replace_with_mask(clean, spelled, told)
    return pc.replace_with_mask(column, chosen, clean)


def _sign(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _replaced(texts: pa.Array) -> pa.Array:
    rare = found(texts, _RARE_SIGN)
    if rare.any():
        rare[rare] = found(texts.filter(pa.array(rare)), _RARE_HINT)
    if rare.any():
        mask = pa.array(rare)
        texts = pc.replace_with_mask(texts, mask, _without(texts.filter(mask), _RARE))
    texts = _without(texts, _KINDS)
    spoken = pa.array(found(texts, _SPOKEN_HINT))
    if not pc.any(spoken).as_py():
        return texts
    told = [SPOKEN.sub(r"\1[redacted:password]", text) for text in texts.filter(spoken).to_pylist()]
    return pc.replace_with_mask(texts, spoken, pa.array(told, pa.string()))


def _without(texts: pa.Array, kinds: tuple[tuple[tuple[bytes, ...], str, str], ...]) -> pa.Array:
    """Texts without some kinds of secret; a kind is asked for where one of its needles stands."""
    held = _folded(texts)
    for needles, pattern, marker in kinds:
        if any(needle in held for needle in needles):
            texts = replaced(texts, pattern, marker)
            held = _folded(texts)
    return texts


def _folded(texts: pa.Array) -> bytes:
    """All texts as one, in the case by which expressions compare them.

    To those, Kelvin's sign is a k and the long s an s.
    """
    held = text_bytes(texts).lower()
    if held.isascii():
        return held
    return held.replace(b"\xe2\x84\xaa", b"k").replace(b"\xc5\xbf", b"s")


def redact_json(column: pa.Array) -> pa.Array:
    """A column of JSON objects without their secrets, and still of JSON objects.

    Where the replacement in text breaks the JSON (a secret that is a number, a list, an object),
    the trees are walked instead: a loop, over those rows alone.
    """
    return mended_json(column, redact(column))


def mended_json(column: pa.Array, clean: pa.Array) -> pa.Array:
    """What `redact` made of a column of JSON objects, with those that it broke made anew."""
    if clean is column:
        return column
    changed = pc.fill_null(pc.not_equal(clean, column), False)
    rows = pc.indices_nonzero(changed).to_numpy()
    unsure = rows[~found(clean.filter(changed), _SURELY_JSON)]
    texts = clean.take(pa.array(unsure)).to_pylist()
    broken = [row for row, text in zip(unsure.tolist(), texts, strict=True) if not _is_json(text)]
    if not broken:
        return clean
    mended = _walk([column[row].as_py() for row in broken])
    mask = pc.is_in(pa.array(range(len(column))), pa.array(broken))
    return pc.replace_with_mask(clean, mask, pa.array(mended, pa.string()))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _walk(texts: list[str]) -> list[str]:
    """JSON texts with every leaf redacted, and every member whose name tells a secret."""
    trees = [json.loads(text) for text in texts]
    names: dict[str, str] = {}
    leaves: dict[str, str] = {}
    for tree in trees:
        _gather(tree, names, leaves)
    for words, probe in ((names, "=0123456789abcdef0"), (leaves, "")):
        clean = redact(pa.array([f"{word}{probe}" for word in words], pa.string()))
        words.update(zip(words, clean.to_pylist(), strict=True))
    return [json.dumps(_mended(tree, names, leaves), ensure_ascii=False) for tree in trees]


def _gather(tree: Any, names: dict[str, str], leaves: dict[str, str], depth: int = 0) -> None:
    if isinstance(tree, str):
        leaves[tree] = tree
    elif isinstance(tree, (dict, list)) and depth < _DEEPEST:
        if isinstance(tree, dict):
            names.update(dict.fromkeys([*tree, *_named_members(tree)], ""))
        for inner in tree.values() if isinstance(tree, dict) else tree:
            _gather(inner, names, leaves, depth + 1)


def _mended(tree: Any, names: dict[str, str], leaves: dict[str, str], depth: int = 0) -> Any:
    if isinstance(tree, (dict, list)) and depth >= _DEEPEST:
        return "[redacted:deep]"
    if isinstance(tree, dict):
        hidden = next(filter(None, (_marker(one, names) for one in _named_members(tree))), None)
        return {
            name: _marker(name, names)
            or (name.lower() in _VALUE_KEYS and hidden)
            or _mended(value, names, leaves, depth + 1)
            for name, value in tree.items()
        }
    if isinstance(tree, list):
        return [_mended(value, names, leaves, depth + 1) for value in tree]
    return leaves.get(tree, tree) if isinstance(tree, str) else tree


def _named_members(tree: dict[str, Any]) -> list[str]:
    """The name that an object of a name and a value tells."""
    return [
        told for key, told in tree.items() if key.lower() in _NAME_KEYS and isinstance(told, str)
    ]


def _marker(name: str, names: dict[str, str]) -> str | None:
    """What stands for the value of a member of that name, where it is a secret."""
    told = names[name]
    return told.removeprefix(f"{name}=") if told.startswith(f"{name}=[redacted:") else None


@lru_cache(maxsize=256)
def name_secrets(names: tuple[str, ...]) -> bool:
    """Whether one of some names (of the cells of a table, say) is that of a secret."""
    probes = pa.array([f"{name}=0123456789abcdef0" for name in names], pa.string())
    return not redact(probes).equals(probes)


def redact_text(text: str) -> str:
    """One text without its secrets."""
    return str(redact(pa.array([text], pa.string()))[0].as_py())
