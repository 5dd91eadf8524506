"""The shape of the project, kept: imports fall, files stay small, names say what they hold."""

import ast
import graphlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import authlogs

PACKAGE = Path(authlogs.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES = 350
FUNCTION_LINES = 40
FORBIDDEN = {"util", "utils", "helper", "helpers", "common", "core", "manager", "managers", "misc"}
PUBLIC_FUNCTIONS = {
    "read", "load", "search", "rollup", "detect", "attribute", "investigate", "triage",
    "plot_timeline", "plot_token_plane", "write_report", "reconcile", "replay_alerts", "simulate",
    "pseudonymise", "top", "compare", "first_seen", "token_lineage",
    "propose_alerts", "prove_rollbacks", "check_rollout",
    "assess_impact", "compare_incidents", "suspect_code",
    "timeline_data", "token_plane_data", "suspects_data", "versions_data",
    "segments_data", "journey_data", "coverage_data", "phases_data", "plot_suspects",
    "plot_versions", "plot_segments", "plot_journey", "plot_coverage", "plot_phases",
    "trail", "journeys", "plot_trail", "run_rules",
}  # fmt: skip

ROOMS = (
    {
        "errors",
        "schema",
        "window",
        "expressions",
        "private_files",
        "secrets",
        "spreadsheets",
        "cards",
        "progress",
    },
    {"sources"},
    {"parse", "formats"},
    {"logs"},
    {"engine"},
    {"query", "pseudonyms"},
    {"analysis"},
    {"plot"},
    {"report"},
    {"cli"},
)
"""Bottom first: a room imports from its own level and from those above it in this list."""
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
ASIDE = {"simulation": {"schema", "errors"}}
"""Rooms beside the stack, and all that they may import."""
DOORS = {"", "__main__", "cli"}
"""The package itself (lazily) and the command line: they may import everything."""


def module_name(file):
    """`authlogs/analysis/result.py` as `analysis.result`; the package itself as ``."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in FILES}


def imported(node, module):
    """The modules of this package that an import statement names."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module} imports relatively"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return set()
    found = set()
    for name in names:
        if name.split(".")[0] != "authlogs":
            continue
        rest = name.removeprefix("authlogs").lstrip(".")
        while rest not in MODULES:
            rest = rest.rpartition(".")[0]
        found.add(rest)
    return found


def imports(module, *, at_import_time=False):
    """Every module of this package that `module` imports."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    nodes = _outside_functions(tree) if at_import_time else ast.walk(tree)
    return {used for node in nodes for used in imported(node, module)} - {module}


def _outside_functions(tree):
    """Statements that run on import: not in functions, not under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _outside_functions(node)


def room(module):
    return module.split(".")[0]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_fall(module):
    user = room(module)
    if user in DOORS:
        return
    for used in {room(name) for name in imports(module)} - {user, ""}:
        if user in ASIDE:
            assert used in ASIDE[user], f"{module} may not import {used}"
        else:
            assert used in LEVEL, f"{module} imports {used}, which is no room below it"
            assert LEVEL[used] <= LEVEL[user], f"{module} climbs to {used}"


def test_every_room_has_its_place():
    assert {room(name) for name in MODULES} - DOORS <= LEVEL.keys() | ASIDE.keys()


def test_no_cycles():
    graph = {module: imports(module, at_import_time=True) for module in MODULES}
    list(graphlib.TopologicalSorter(graph).static_order())


def test_a_cycle_would_be_seen():
    with pytest.raises(graphlib.CycleError):
        list(graphlib.TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_ceilings(file):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES, f"{file.name}: one idea a file"
    long = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            if lines > FUNCTION_LINES:
                long[node.name] = lines
    assert not long, f"{file.name}: functions too long: {long}"


def test_names_say_what_they_hold():
    for module in MODULES:
        words = {word for part in module.split(".") for word in part.split("_")}
        assert not words & FORBIDDEN, module


def test_no_module_hides_a_public_function():
    """A module of that name would replace the lazy function at its first import."""
    parts = {part for module in MODULES for part in module.split(".")}
    functions = {name for name in authlogs.__all__ if inspect.isfunction(getattr(authlogs, name))}
    assert functions <= PUBLIC_FUNCTIONS
    assert not parts & PUBLIC_FUNCTIONS


def test_nothing_else_is_loaded_by_import():
    heavy = "{'pandas', 'matplotlib', 'duckdb', 'numpy', 'scipy', 'click', 'jinja2', 'luqum'}"
    code = f"import sys, authlogs; print(sorted({heavy} & sys.modules.keys()))"
    assert run(code) == "[]"


def test_the_command_line_starts_light():
    heavy = "{'pandas', 'matplotlib', 'duckdb', 'pyarrow', 'numpy', 'jinja2'}"
    code = f"import sys, authlogs.cli; print(sorted({heavy} & sys.modules.keys()))"
    assert run(code) == "[]"


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_public_names_have_one_home():
    """The lazy table, the imports for type checkers and `__all__` tell the same."""
    tree = ast.parse(MODULES[""].read_text(encoding="utf-8"))
    typed = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("authlogs"):
            typed |= {a.name: node.module.removeprefix("authlogs.") for a in node.names}
    assert typed == authlogs._HOME_OF
    assert sorted(typed) == authlogs.__all__ == sorted(authlogs.__all__)
    assert set(authlogs.__all__) < set(dir(authlogs))


def test_unknown_names_raise_as_usual():
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        authlogs.guess  # noqa: B018


@pytest.mark.parametrize("name", authlogs.__all__)
def test_public_names_are_documented(name):
    thing = getattr(authlogs, name)
    assert inspect.getdoc(thing), f"{name} has no docstring"
    if inspect.isfunction(thing):
        assert ">>>" in inspect.getdoc(thing), f"{name} has no example"
        hints = thing.__annotations__
        assert set(inspect.signature(thing).parameters) | {"return"} == set(hints)


def test_options_are_keywords_after_two_arguments():
    for name in authlogs.__all__:
        thing = getattr(authlogs, name)
        if inspect.isfunction(thing) and name != "attribute":  # incident, events, changes
            kinds = [p.kind for p in inspect.signature(thing).parameters.values()]
            keywords = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
            assert sum(kind not in keywords for kind in kinds) <= 2, name


def test_the_library_neither_prints_nor_opens_windows():
    for module, file in MODULES.items():
        if room(module) == "cli":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in {"print", "plt.show", "input"}, module
