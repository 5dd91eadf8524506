"""Rules as YAML: read strictly, with errors that teach, and written again."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from authlogs.analysis.alerts.rules import EVERY_S, ISSUING_VERSION, AlertRule, Burn, Condition
from authlogs.errors import BadCall
from authlogs.query.rule_text import documents, read_text
from authlogs.schema import EVENT_TYPES, EVENTS, OUTCOMES, REASON_GROUPS
from authlogs.window import parse_duration

KEYS = (
    "alert", "count", "of", "by", "issuer", "window", "above", "below", "than", "burn_rate",
    "least", "for", "severity", "summary", "labels",
)  # fmt: skip
HEAD = ("every", "rules")
FEW_VALUES = {
    "outcome": OUTCOMES, "event_type": EVENT_TYPES, "reason_group": REASON_GROUPS,
}  # fmt: skip
MOST_RULES = 1_000
LONGEST_S = 90 * 86_400


def read_rules(path: str | Path) -> tuple[AlertRule, ...]:
    """Return the rules of a YAML file. Raises BadCall where it cannot be read or meant."""
    return parse_rules(read_text(path), where=str(path))


def parse_rules(text: str, *, where: str = "rules") -> tuple[AlertRule, ...]:
    """Return the rules that a YAML text holds. Raises BadCall that says which rule and key.

    >>> parse_rules('rules: [{alert: A, count: {outcome: failure}, above: 5}]')[0].kind
    'count'
    """
    try:
        found = documents(text)
    except ValueError as error:
        raise _wrong(f"this is no YAML: {error}", where) from None
    if len(found) > 1:
        raise _wrong("a file of rules is one document, without `---`", where)
    told = found[0] if found else None
    if isinstance(told, dict) and "groups" in told:
        raise BadCall(
            "these are rules of Prometheus, and PromQL is not read",
            where=where,
            next_step="say what each counts: `count`, `of`, `window`, `above` (docs/alerts.md)",
        )
    if not isinstance(told, dict) or not isinstance(told.get("rules"), list) or not told["rules"]:
        raise _wrong("there is no list `rules`", where)
    _known(told, HEAD, where)
    if len(told["rules"]) > MOST_RULES:
        raise _wrong(f"there are more than {MOST_RULES:,} rules", where)
    every = _seconds(told.get("every", EVERY_S), where, "every")
    rules = tuple(
        _rule(one, f"{where}, rule {number}", every)
        for number, one in enumerate(told["rules"], start=1)
    )
    twice = {r.alert for r in rules if sum(r.alert == other.alert for other in rules) > 1}
    if twice:
        raise _wrong(f"two rules are called {min(twice)!r}", where)
    return rules


def written(rules: Sequence[AlertRule]) -> str:
    """Return rules as the YAML that `read_rules` reads."""
    every = {rule.every_s for rule in rules} or {EVERY_S}
    if len(every) > 1:
        raise BadCall("one file has one `every`", next_step="write rules of one step together")
    told = {"every": span_words(every.pop()), "rules": [_plain(rule) for rule in rules]}
    text: str = yaml.safe_dump(told, sort_keys=False, width=100, allow_unicode=True)
    return text


def _rule(told: Any, where: str, every_s: int) -> AlertRule:
    if not isinstance(told, dict):
        raise _wrong("a rule is a mapping", where)
    _known(told, KEYS, where)
    name = told.get("alert")
    if not isinstance(name, str) or not name.strip():
        raise _wrong("it has no name: `alert` is missing", where)
    if not name.isprintable():
        raise _wrong(f"its name is no plain line: {shown(name)}", where)
    where = f"{where} ({name})"
    burn = told.get("burn_rate")
    rule = AlertRule(
        alert=name,
        count=_condition(told.get("count"), where, "count"),
        of=_condition(told["of"], where, "of") if "of" in told else None,
        by=_column(told["by"], where) if "by" in told else None,
        issuer=_text(told, "issuer", where),
        window_s=_seconds(told.get("window", "5m"), where, "window"),
        above=_number(told, "above", where),
        below=_number(told, "below", where),
        than_s=_seconds(told["than"], where, "than") if "than" in told else None,
        objective=_objective(burn, where) if burn is not None else None,
        burns=_burns(burn, where) if burn is not None else (),
        least=int(_number(told, "least", where) or 0),
        for_s=_seconds(told.get("for", 0), where, "for", least=0),
        every_s=every_s,
        severity=_text(told, "severity", where) or "page",
        summary=_text(told, "summary", where) or "",
        labels=_labels(told.get("labels"), where),
    )
    _check(rule, where)
    _check_used(rule, told, where)
    return rule


def _check_used(rule: AlertRule, told: Mapping[str, Any], where: str) -> None:
    """Refuse what would be passed over in silence."""
    if rule.burns and (odd := [key for key in ("window", "least") if key in told]):
        raise _wrong(f"a burn rate has windows of its own: leave out `{odd[0]}`", where)
    if rule.issuer is not None and ISSUING_VERSION not in rule.columns:
        raise _wrong(f"`issuer` goes with {ISSUING_VERSION}, which nothing here names", where)
    if rule.below is not None and rule.below > 1:
        raise _wrong("`below` is a share of the earlier window: 0.5 is half", where)
    if (told.get("least") or 0) != rule.least:
        raise _wrong("`least` counts rows: a whole number", where)


def _check(rule: AlertRule, where: str) -> None:
    said = [rule.above is not None, rule.below is not None, bool(rule.burns)]
    if sum(said) != 1:
        raise _wrong("it needs one of `above`, `below` and `burn_rate`, and only one", where)
    if (rule.below is None) != (rule.than_s is None):
        raise _wrong("`below` and `than` go together: `below: 0.5, than: 1h`", where)
    if rule.burns and rule.of is None:
        raise _wrong("a burn rate is a share: say `of` what", where)
    if rule.below is not None and rule.of is not None:
        raise _wrong("a drop compares counts with earlier ones: leave out `of`", where)
    if ISSUING_VERSION in rule.columns and rule.issuer is None:
        raise _wrong(f"{ISSUING_VERSION} needs `issuer`, the service that mints the tokens", where)
    spans = [rule.window_s, rule.than_s or 0]
    spans += [span for burn in rule.burns for span in (burn.long_s, burn.short_s)]
    if any(span % rule.every_s for span in spans):
        raise _wrong(f"windows are whole multiples of `every` ({rule.every_s} s)", where)
    if rule.kind == "share" and rule.above is not None and not 0 <= rule.above < 1:
        raise _wrong("a share lies between 0 and 1", where)


def _condition(told: Any, where: str, key: str) -> Condition:
    if not isinstance(told, dict) or not told:
        raise _wrong(f"`{key}` must say which rows count, such as {{outcome: failure}}", where)
    made: dict[str, tuple[str | None, ...]] = {}
    for name, values in told.items():
        column, place = _column(name, where), f"{key}: {name}"
        listed = values if isinstance(values, list) and values else [values]
        made[column] = tuple(_listed(column, _value(one, where, place), where) for one in listed)
    return made


def _listed(column: str, value: str | None, where: str) -> str | None:
    """Return a value of a column; a column of few values has these alone."""
    few = FEW_VALUES.get(column)
    if few is None or value is None or value in few:
        return value
    near = difflib.get_close_matches(value, few, n=1)
    raise BadCall(
        f"{column} is never {shown(value)}",
        where=where,
        next_step=f"did you mean {near[0]}?" if near else f"use {', '.join(few)}",
    )


def _value(value: Any, where: str, key: str) -> str | None:
    """Return a value as columns are compared with it; a list in a list is none, nor a date."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is not None and not isinstance(value, str | int | float):
        raise _wrong(f"`{key}` holds what is no plain value: {shown(value)}", where)
    return None if value is None else str(value)


def _column(name: Any, where: str) -> str:
    known = [*EVENTS.names, ISSUING_VERSION]
    if isinstance(name, str) and name in known:
        return name
    near = difflib.get_close_matches(shown(name), known, n=1)
    advice = f"did you mean {near[0]}?" if near else "GLOSSARY.md lists the columns of events"
    raise BadCall(f"no such column: {shown(name)}", where=where, next_step=advice)


def _burns(told: Any, where: str) -> tuple[Burn, ...]:
    pairs = told.get("pairs") if isinstance(told, dict) else None
    if not isinstance(pairs, list) or not pairs or not all(isinstance(p, dict) for p in pairs):
        raise _wrong("`burn_rate` needs `pairs`, each with long, short and factor", where)
    made = []
    for pair in pairs:
        _known(pair, ("long", "short", "factor"), where)
        long_s, short_s = (_seconds(pair.get(k), where, k) for k in ("long", "short"))
        factor = _number(pair, "factor", where)
        if factor is None or factor <= 0 or short_s >= long_s:
            raise _wrong("a pair has a factor above 0, and long is longer than short", where)
        made.append(Burn(long_s=long_s, short_s=short_s, factor=factor))
    return tuple(made)


def _objective(told: Any, where: str) -> float:
    value = _number(told, "objective", where) if isinstance(told, dict) else None
    if value is None or not 0 < value < 1:
        raise _wrong("`burn_rate` needs an `objective` between 0 and 1, such as 0.995", where)
    _known(told, ("objective", "pairs"), where)
    return value


def _labels(told: Any, where: str) -> dict[str, str]:
    if told is not None and not isinstance(told, dict):
        raise _wrong("`labels` is a mapping", where)
    pairs = {str(k): _value(v, where, "labels") for k, v in (told or {}).items()}
    return {name: value or "" for name, value in pairs.items()}


def _number(told: Mapping[str, Any], key: str, where: str) -> float | None:
    value = told.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise _wrong(f"`{key}` is no number from 0 on: {shown(value)}", where)
    return float(value)


def _text(told: Mapping[str, Any], key: str, where: str) -> str | None:
    value = told.get(key)
    if value is not None and not isinstance(value, str | int | float):
        raise _wrong(f"`{key}` is no text", where)
    return None if value is None else str(value)


def _seconds(told: Any, where: str, key: str, *, least: int = 1) -> int:
    length = parse_duration(str(told)) if isinstance(told, str) else None
    plain = isinstance(told, int) and not isinstance(told, bool)
    seconds = int(length.total_seconds()) if length is not None else told if plain else -1
    if not least <= seconds <= LONGEST_S:
        raise _wrong(f"`{key}` is no length of time: {shown(told)} (write 30s, 5m or 1h)", where)
    return int(seconds)


def _known(told: Mapping[Any, Any], keys: Sequence[str], where: str) -> None:
    for key in told:
        if key not in keys:
            near = difflib.get_close_matches(shown(key), keys, n=1)
            advice = f"did you mean {near[0]}?" if near else f"use {', '.join(keys)}"
            raise BadCall(f"no such key: {shown(key)}", where=where, next_step=advice)


def _wrong(what: str, where: str) -> BadCall:
    return BadCall(what, where=where, next_step="see docs/alerts.md, which shows every kind")


def _plain(rule: AlertRule) -> dict[str, Any]:
    """Return a rule as YAML says it, without what is as usual."""
    told: dict[str, Any] = {"alert": rule.alert, "count": _values(rule.count)}
    told |= {"of": _values(rule.of)} if rule.of else {}
    told |= {
        k: v for k in ("by", "issuer", "above", "below") if (v := getattr(rule, k)) is not None
    }
    told |= {"than": span_words(rule.than_s)} if rule.than_s else {}
    if rule.burns:
        pairs = [
            {"long": span_words(b.long_s), "short": span_words(b.short_s), "factor": b.factor}
            for b in rule.burns
        ]
        told["burn_rate"] = {"objective": rule.objective, "pairs": pairs}
    else:
        told["window"] = span_words(rule.window_s)
    told |= {"least": rule.least} if rule.least else {}
    told |= {"for": span_words(rule.for_s)} if rule.for_s else {}
    told |= {"severity": rule.severity, "summary": rule.summary}
    return told | ({"labels": dict(rule.labels)} if rule.labels else {})


def _values(condition: Condition) -> dict[str, Any]:
    return {k: list(v) if len(v) > 1 else v[0] for k, v in condition.items()}


def shown(value: Any) -> str:
    """Return a value as an error shows it: short, and never what an alias swells to."""
    if isinstance(value, list | dict | set | tuple):
        return f"a {type(value).__name__}"
    return repr(value)[:80]


def span_words(seconds: int) -> str:
    """Return seconds as Prometheus writes them: `90s`, `5m`, `1h`."""
    for width, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % width == 0 and seconds:
            return f"{seconds // width}{letter}"
    return f"{seconds}s"
