"""Sigma rules as files: read through pySigma (the extra `sigma`), and refused where unclear.

Source: the Sigma rules and correlation rules specifications, sigmahq.io/docs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from authlogs.errors import BadRule
from authlogs.query.rule_text import documents, read_text

_ODD: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What pySigma raises, beside its own errors, for values of a kind that it does not expect."""
_CORRELATION_KEYS: Final = frozenset(
    {"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}
)
_LOGSOURCE_KEYS: Final = frozenset({"category", "service", "definition"})


@dataclass(frozen=True)
class Rule:
    """One rule: what it is called, how grave it is, and what pySigma read.

    `kind` is event (each matching event counts by itself) or correlation.
    """

    name: str
    title: str
    level: str
    kind: str
    source: str
    parsed: Any = field(repr=False, compare=False)


def own_rules() -> tuple[Rule, ...]:
    """Return the rules that ship with authlogs."""
    folder = files("authlogs.query") / "rules"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yml"))
    return tuple(
        rule for name in names for rule in parse_rules((folder / name).read_text("utf-8"), name)
    )


def load_rules(paths: Iterable[str | Path]) -> tuple[Rule, ...]:
    """Read rules from files, and from the `.yml` and `.yaml` files of folders.

    Raises BadRule where a file cannot be read, is none, or says what is not supported.
    """
    told: list[Rule] = []
    for path in map(Path, paths):
        inside = sorted(one for one in path.rglob("*") if one.suffix in (".yml", ".yaml"))
        for file in inside if path.is_dir() else [path]:
            told += parse_rules(read_text(file), str(file))
    return tuple(told)


def parse_rules(text: str, source: str) -> tuple[Rule, ...]:
    """Return the rules of one file; those that only serve a correlation are not among them."""
    collection, errors = _pysigma()
    try:
        told = documents(text)
        for one in told:
            _check(one, source)
        parsed = collection.from_dicts(told)
        for rule in parsed.rules:
            if hasattr(rule, "detection"):
                rule.parsed_condition = [one.parsed for one in rule.detection.parsed_condition]
    except BadRule:
        raise
    except (errors, *_ODD) as error:
        said = " ".join(str(error).split())[:300]
        raise BadRule(
            f"this is no rule: {said}", where=source, next_step="see sigmahq.io/docs"
        ) from None
    served = {
        id(one.rule)
        for rule in parsed.rules
        if not hasattr(rule, "detection") and not rule.generate
        for one in rule.rules or ()
    }
    return tuple(_rule(one, source) for one in parsed.rules if id(one) not in served)


def _rule(parsed: Any, source: str) -> Rule:
    name = " ".join(str(parsed.name or parsed.id or parsed.title).split())
    level = parsed.level.name.lower() if parsed.level else "medium"
    kind = "event" if hasattr(parsed, "detection") else "correlation"
    return Rule(name, str(parsed.title), level, kind, source, parsed)


def _pysigma() -> tuple[Any, type[Exception]]:
    try:
        from sigma.collection import SigmaCollection
        from sigma.exceptions import SigmaError
    except ImportError:
        raise BadRule(
            "rules are read by pySigma, which is not installed",
            next_step="pip install 'authlogs[sigma]'",
        ) from None
    return SigmaCollection, SigmaError


def _check(document: Any, source: str) -> None:
    """Refuse what pySigma would pass over, or what would be looked for in vain."""

    def refuse(what: str, next_step: str) -> None:
        raise BadRule(what, where=source, next_step=next_step)

    if not isinstance(document, dict):
        refuse("this is no rule, which would be a mapping", "see sigmahq.io/docs")
    if "correlation" in document:
        told = document["correlation"]
        if isinstance(told, dict) and (odd := sorted({*map(str, told)} - _CORRELATION_KEYS)):
            refuse(f"a correlation has no {', '.join(odd)}", "see its specification")
        return
    detection = document.get("detection")
    if isinstance(detection, dict) and "timeframe" in detection:
        refuse("timeframe is not supported", "write a correlation rule with a timespan")
    logsource = document.get("logsource")
    if isinstance(logsource, dict):
        if odd := sorted({*map(str, logsource)} - _LOGSOURCE_KEYS):
            refuse(f"a log source by {', '.join(odd)} is not supported", "use the category alone")
        if logsource.get("category") != "authentication":
            refuse("the log source is not authentication", "say category: authentication")
