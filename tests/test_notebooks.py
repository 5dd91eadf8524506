"""Notebooks: the text and the notebook tell the same, the outputs are small, and it runs."""

import json
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 400_000


def cells(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_there_are_notebooks():
    assert [notebook.stem for notebook in NOTEBOOKS] == sorted(p.stem for p in FOLDER.glob("*.py"))
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_the_pair_is_in_step(self, path):
        text = jupytext.read(path.with_suffix(".py"))
        assert cells(nbformat.read(path, as_version=4)) == cells(text)

    def test_it_reads_without_being_run(self, path):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in code)
        assert any("image/png" in out.get("data", {}) for cell in code for out in cell.outputs)
        assert not [out for cell in code for out in cell.outputs if out.output_type == "error"]
        assert path.stat().st_size < LARGEST

    def test_it_names_no_place_of_its_author(self, path):
        text = path.read_text(encoding="utf-8")
        assert "/home/" not in text
        assert "/root/" not in text
        assert "/tmp/" not in text
        assert str(FOLDER.parent) not in json.dumps(json.loads(text))

    def test_it_runs(self, path):
        notebook = nbformat.read(path, as_version=4)
        client = nbclient.NotebookClient(
            notebook, kernel_name="python3", timeout=300, resources={"metadata": {"path": FOLDER}}
        )
        client.execute()
