"""Format files: TOML in, formats out, held to the contract of docs/format-files.md."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from authlogs.errors import BadFormatFile
from authlogs.parse.format import (
    SHAPES,
    Format,
    Pattern,
    ReasonRule,
    Recognise,
    Rule,
    Sample,
    TimeRule,
    bad_pattern,
    uncompilable,
)
from authlogs.parse.layouts import LAYOUTS
from authlogs.schema import CHANGES, EVENTS

_TOP: Final = {
    "title", "vendor", "shape", "logs_success", "envelope", "programs", "attempt", "synonyms",
    "each", "pairs", "named", "filtered", "comments",
    "recognise", "inside", "time", "pattern", "set", "columns", "reason", "sample",
}  # fmt: skip
_TIMES: Final = {"time", "end_time", "observed_time", "time_raw", "time_quality"}
_COMPUTED: Final = {
    "source_ip_key", "format", "source_file", "line_no", "byte_offset", "byte_length", "extra",
    "reason_group", "browser", "attempt_id",
}  # fmt: skip


def load_format(path: Path, *, kind: str, known: bool = False) -> Format:
    """The format of one TOML file; raises BadFormatFile saying what breaks the contract.

    Where the file is `known`, its expressions are not tried: a test does so once for all reads.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFormatFile(str(error), where=str(path), next_step="mend the file") from None
    try:
        return parse_format(path.stem, kind, told, known=known)
    except BadFormatFile as error:
        advice = "docs/format-files.md shows a whole file"
        raise BadFormatFile(error.what, where=str(path), next_step=advice) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadFormatFile(f"cannot be understood: {error}", where=str(path)) from None


def parse_format(name: str, kind: str, told: Mapping[str, Any], *, known: bool = False) -> Format:
    """The format that the content of a TOML file describes."""
    check_keys("the file", told, _TOP)
    shape = told.get("shape", "text")
    if shape not in SHAPES:
        raise BadFormatFile(f"shape {shape!r} is none of {', '.join(SHAPES)}")
    made = Format(
        name=name,
        kind=kind,
        title=told["title"],
        shape=shape,
        vendor=told.get("vendor", ""),
        logs_success=told.get("logs_success", "configurable"),
        envelope=told.get("envelope"),
        programs=words(told.get("programs")),
        attempt=words(told["attempt"]) if "attempt" in told else None,
        synonyms=bool(told.get("synonyms", False)),
        each=told.get("each"),
        pairs=words(told.get("pairs")),
        named=words(told.get("named")),
        recognise=parse_recognise(told.get("recognise", [])),
        inside=parse_recognise(told.get("inside", [])),
        filtered=_values(told.get("filtered", {})),
        time=parse_time(told.get("time", {})),
        comments=told.get("comments"),
        patterns=tuple(parse_pattern(one) for one in told.get("pattern", ())),
        set=_constants(told.get("set", {})),
        columns={column: parse_rules(rule) for column, rule in told.get("columns", {}).items()},
        reason=parse_reason(told.get("reason", {})),
        samples=tuple(parse_sample(one) for one in told.get("sample", ())),
    )
    for problem in _problems(made):
        raise BadFormatFile(problem)
    for problem in () if known else bad_expressions(made):
        raise BadFormatFile(problem)
    return made


def parse_rules(told: Any) -> tuple[Rule, ...]:
    """The rules of a column, tried in order: one rule, or a list of fields and tables."""
    if isinstance(told, list) and not all(isinstance(one, str) for one in told):
        return tuple(_rule(one) for one in told)
    return (_rule(told),)


def _rule(told: Any) -> Rule:
    """A rule as a format file writes it: a field, a list of fields, or a table."""
    if isinstance(told, (str, list)):
        return Rule(fields=words(told))
    keys = {
        "from", "table", "default", "matches", "scale", "capture", "not", "decode", "present",
    }  # fmt: skip
    check_keys("a rule", told, keys)
    if told.get("decode") not in (None, "hex"):
        raise BadFormatFile(f"a rule decodes {told['decode']!r}, and only hex can be decoded")
    table = told.get("table")
    default = told.get("default")
    return Rule(
        fields=words(told.get("from")),
        table={str(k): str(v) for k, v in table.items()} if isinstance(table, Mapping) else None,
        table_name=table if isinstance(table, str) else None,
        default=None if default is None else str(default),
        matches=tuple((pattern, str(value)) for pattern, value in told.get("matches", ())),
        scale=told.get("scale"),
        capture=told.get("capture"),
        never=words(told.get("not")),
        decode=told.get("decode"),
        present=tuple((name, str(value)) for name, value in told.get("present", ())),
    )


def words(told: Any) -> tuple[str, ...]:
    """One word, or a list of them."""
    if told is None:
        return ()
    return (told,) if isinstance(told, str) else tuple(told)


def _constants(told: Mapping[str, Any]) -> dict[str, str]:
    return {name: _constant(value) for name, value in told.items()}


def _constant(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_keys(where: str, told: Mapping[str, Any], names: set[str]) -> None:
    """Raise BadFormatFile for keys that mean nothing."""
    if unknown := sorted(set(told) - names):
        raise BadFormatFile(f"{where} has unknown keys: {', '.join(unknown)}")


def parse_recognise(told: Any) -> tuple[Recognise, ...]:
    """One table or several alternatives; a value of `equals` may be a list."""
    ways = []
    for one in [told] if isinstance(told, Mapping) else told:
        check_keys("[recognise]", one, {"all", "any", "equals", "only", "none"})
        all_, any_, none = (words(one.get(name)) for name in ("all", "any", "none"))
        only = frozenset(one["only"]) if "only" in one else None
        ways.append(Recognise(all_, any_, _values(one.get("equals", {})), only, none))
    return tuple(ways)


def _values(told: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Fields and the values that are meant, one or several of each."""
    return {name: frozenset(map(_constant, _listed(value))) for name, value in told.items()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def parse_time(told: Mapping[str, Any]) -> TimeRule:
    """Where times stand, as format files and envelope files write it."""
    check_keys("[time]", told, {"field", "layout", "end", "observed"})
    layout = words(told.get("layout", "iso"))
    for name in layout:
        if name not in LAYOUTS:
            raise BadFormatFile(f"[time] layout {name!r} is none of {', '.join(LAYOUTS)}")
    fields = (words(told.get(name)) for name in ("field", "end", "observed"))
    field_, end, observed = fields
    return TimeRule(field=field_, layout=layout, end=end, observed=observed)


def parse_pattern(told: Mapping[str, Any]) -> Pattern:
    """One expression, as format files and envelope files write it."""
    check_keys("[[pattern]]", told, {"name", "regex", "pairs", "set"})
    constants = _constants(told.get("set", {}))
    return Pattern(told.get("name", ""), told["regex"], told.get("pairs"), constants)


def parse_reason(told: Mapping[str, Any]) -> ReasonRule:
    """How the reason is found, as a format file or synonyms.toml writes it."""
    check_keys("[reason]", told, {"codes", "from", "text", "http"})
    return ReasonRule(
        codes=words(told.get("codes")),
        source=words(told.get("from")),
        text=words(told.get("text")),
        http=bool(told.get("http", False)),
    )


def parse_sample(told: Mapping[str, Any]) -> Sample:
    """A sample as format files and envelope files write it."""
    return Sample(**{**told, "more": tuple(told.get("more", ()))})


def _problems(made: Format) -> Iterator[str]:
    """What a file says that the engine could not keep."""
    schema = EVENTS if made.kind == "events" else CHANGES
    allowed = set(schema.names) - _TIMES - _COMPUTED
    named = [*made.columns, *made.set, *(name for one in made.patterns for name in one.set)]
    for column in named:
        if column not in allowed:
            yield f"{column!r} is no column that a format of {made.kind} can fill"
    if (made.pairs or made.named) and made.shape != "json":
        yield "`pairs` and `named` of a file are for JSON; a [[pattern]] names its pairs itself"
    yield from _unrecognisable(made)


def _unrecognisable(made: Format) -> Iterator[str]:
    if made.shape == "text" and not made.patterns:
        yield "a text format needs at least one [[pattern]]"
    if made.shape != "text" and not made.recognise:
        yield "[recognise] is missing: which fields make a record one of this format?"
    if made.each is not None and made.shape != "json":
        yield f"`each` opens a list of JSON records, not of {made.shape}"
    if any(not (way.all or way.any or way.equals) for way in made.recognise):
        yield "[recognise] needs `all`, `any` or `equals`, or the format would claim everything"


def bad_expressions(made: Format) -> Iterator[str]:
    """Expressions that do not compile, or that no pattern may have."""
    heading = () if made.comments is None else (Pattern("comments", made.comments),)
    for one in (*made.patterns, *heading):
        if problem := bad_pattern(one.regex):
            yield f"pattern {one.name!r}: {problem}"
    for column, rules in made.columns.items():
        for rule in rules:
            for pattern in (*(one for one, _ in rule.matches), *_listed(rule.capture or [])):
                if problem := uncompilable(pattern):
                    yield f"pattern of {column!r}: {problem}"
