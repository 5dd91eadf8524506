"""All formats there are, and the tables they share: reasons and synonyms."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from authlogs.errors import BadFormatFile, UnknownFormat, UnknownPath
from authlogs.parse.format import Format, ReasonRule, Rule
from authlogs.parse.format_file import load_format, parse_reason, parse_rules
from authlogs.parse.reasons import Reasons, load_reasons

Reads: TypeAlias = dict[str, frozenset[str]]
"""By the name of a format: the other formats whose samples it reads too."""
FOLDER: Final = Path(__file__).parent.parent / "formats"


@dataclass(frozen=True)
class Synonyms:
    """Field names that mean the same everywhere: rules by column, and named tables."""

    columns: Mapping[str, tuple[Rule, ...]]
    changes: Mapping[str, tuple[Rule, ...]]
    reason: ReasonRule
    tables: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class Registry:
    """The formats in order of their names, the reasons and the synonyms.

    `reads` is known of the formats that ship, and not of a user's own.
    """

    formats: tuple[Format, ...]
    reasons: Reasons
    synonyms: Synonyms
    reads: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def named(self, name: str) -> Format:
        """The format of a name; raises UnknownFormat with what comes near."""
        for one in self.formats:
            if one.name == name:
                return one
        names = [one.name for one in self.formats]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        raise UnknownFormat(
            f"no log format is called {name!r}",
            next_step=f"did you mean {', '.join(near) or ', '.join(names[:5])}? "
            "`authlogs formats` lists them all",
        )


def load_registry(*folders: Path) -> Registry:
    """The formats that come with authlogs and those of the user's own folders.

    A folder holds `events/*.toml` and `changes/*.toml`; a user's format of a known name replaces
    it. Loaded again only when a file was edited. Raises UnknownPath and BadFormatFile.
    """
    for folder in folders:
        if not folder.is_dir():
            raise UnknownPath(
                "is no folder of format files",
                where=str(folder),
                next_step="name a folder that holds events/*.toml or changes/*.toml",
            )
    own = sorted(path for folder in folders for path in folder.glob("*/*.toml"))
    return _load(folders if own else (), tuple((path, path.stat().st_mtime_ns) for path in own))


@lru_cache(maxsize=8)
def _load(folders: tuple[Path, ...], _edited: tuple[tuple[Path, int], ...]) -> Registry:
    found: dict[str, Format] = {}
    own: set[str] = set()
    synonyms = _synonyms(FOLDER / "synonyms.toml")
    for folder in (FOLDER, *folders):
        for kind in ("events", "changes"):
            for path in sorted((folder / kind).glob("*.toml")):
                made = load_format(path, kind=kind, known=folder == FOLDER)
                found[made.name] = _completed(made, synonyms, path)
                if folder != FOLDER:
                    own.add(made.name)
    ordered = tuple(found[name] for name in sorted(found))
    shipped = {one.name for one in ordered if one.name not in own}
    reads = {name: told for name, told in _reads().items() if name in shipped}
    return Registry(ordered, load_reasons(FOLDER / "reasons.toml"), synonyms, reads)


def _reads() -> Reads:
    """What was found for the formats that ship; `make docs` writes it."""
    told = (FOLDER / "reads.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in told)
    return {name: frozenset(names.split()) for name, _, names in pairs}


def _completed(made: Format, synonyms: Synonyms, path: Path) -> Format:
    columns = {name: _with_tables(rules, synonyms, path) for name, rules in made.columns.items()}
    if not made.synonyms:
        return replace(made, columns=columns)
    theirs = synonyms.columns if made.kind == "events" else synonyms.changes
    filled = set(columns) | set(made.set)
    still_open = {name: rule for name, rule in theirs.items() if name not in filled}
    reason = synonyms.reason if made.reason == ReasonRule() else made.reason
    return replace(made, columns=columns, open_columns=still_open, reason=reason)


def _with_tables(rules: tuple[Rule, ...], synonyms: Synonyms, path: Path) -> tuple[Rule, ...]:
    for rule in rules:
        if rule.table_name is not None and rule.table_name not in synonyms.tables:
            raise BadFormatFile(f"synonyms.toml has no table {rule.table_name!r}", where=str(path))
    return tuple(
        rule if rule.table_name is None else replace(rule, table=synonyms.tables[rule.table_name])
        for rule in rules
    )


@lru_cache(maxsize=8)
def _synonyms(path: Path) -> Synonyms:
    if not path.exists():
        return Synonyms({}, {}, ReasonRule(), {})
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    tables = {
        name: {str(k): str(v) for k, v in table.items()}
        for name, table in told.get("tables", {}).items()
    }
    bare = Synonyms({}, {}, ReasonRule(), tables)
    events, changes = (
        {n: _with_tables(parse_rules(rules), bare, path) for n, rules in told.get(part, {}).items()}
        for part in ("columns", "changes")
    )
    return Synonyms(events, changes, parse_reason(told.get("reason", {})), tables)
