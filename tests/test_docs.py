"""Docs cannot lie: tables are generated, links lead somewhere, examples run."""

import doctest
import importlib.util
import inspect
import re

import click
import pytest
from places import ROOT

import authlogs
from authlogs.cli.entry import app
from authlogs.cli.exits import Exit

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
WORDS = (
    "onset", "recovery", "rollout", "exposure", "suspect", "theory", "evidence", "finding", "tail",
    "TTD, TTA, TTM, TTR", "reject", "tally",
)  # fmt: skip
FUNCTIONS = [name for name in authlogs.__all__ if inspect.isfunction(getattr(authlogs, name))]


def load_generated():
    spec = importlib.util.spec_from_file_location("generated", ROOT / "docs" / "generated.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generated = load_generated()
PARTS = [(page, name) for page, parts in generated.PARTS.items() for name in parts]


@pytest.mark.parametrize(("page", "name"), PARTS)
def test_generated_parts_are_in_step(page, name):
    text = (ROOT / page).read_text(encoding="utf-8")
    part = {name: generated.PARTS[page][name]}
    assert generated.filled(text, part) == text, "run: make docs"


def test_what_formats_read_of_each_other_is_in_step():
    told = (generated.FORMATS / "reads.txt").read_text(encoding="utf-8")
    assert told == generated.reads(), "run: make docs"


def test_the_generator_fills_and_needs_a_place():
    assert generated.filled("<!-- a -->\nold\n<!-- /a -->", {"a": lambda: "new"}) == (
        "<!-- a -->\nnew\n<!-- /a -->"
    )
    with pytest.raises(SystemExit, match="no place"):
        generated.filled("nothing here", {"a": lambda: "new"})


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_has_every_word(word):
    assert f"\n| {word} | " in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")


def test_the_glossary_has_every_column():
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    for fields in generated.TABLES.values():
        for field in fields:
            assert f"| `{field.name}` | " in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"


def test_the_changelog_knows_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{authlogs.__version__}]" in text


@pytest.mark.parametrize("name", sorted(app.commands))
def test_commands_and_options_have_help(name):
    command = app.commands[name]
    assert command.help
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, f"{name} {option.name}"


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 70])
def test_exit_codes_are_told(code):
    assert f"\n| {code} | " in (ROOT / "README.md").read_text(encoding="utf-8")
    assert code in set(Exit)


def kept(function):
    """A function that keeps what it made of a path, or of the very same logs."""
    made = {}

    def call(one, **options):
        key = (one if isinstance(one, str) else id(one), *sorted(options.items()))
        if key not in made:
            made[key] = one, function(one, **options)
        return made[key][1]

    return call


@pytest.fixture(scope="module")
def done_once():
    """`read` and `investigate`, done once: many examples begin with them."""
    return {name: kept(getattr(authlogs, name)) for name in ("read", "investigate")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples_run(name, tmp_path, monkeypatch, done_once):
    (tmp_path / "sample_logs").symlink_to(ROOT / "sample_logs")
    monkeypatch.chdir(tmp_path)
    function = getattr(authlogs, name)
    for word, made in done_once.items():
        monkeypatch.setattr(authlogs, word, made)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    (example,) = doctest.DocTestFinder(recurse=False).find(function, name, globs={name: function})
    assert example.examples
    assert not runner.run(example).failed
