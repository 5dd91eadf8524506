"""Run the notebooks and keep their outputs: `python docs/notebooks.py`.

Each `notebooks/NAME.py` (py:percent) becomes `NAME.ipynb` beside it, small enough to commit.
"""

from pathlib import Path

import jupytext
import nbclient
import nbformat

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
LONGEST = 5_000
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def run(source: Path) -> Path:
    """Execute one text and write the notebook."""
    notebook = jupytext.read(source)
    where = {"metadata": {"path": str(FOLDER)}}
    client = nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=600, resources=where, record_timing=False
    )
    client.execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"  # the same names every time, so that diffs are small
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_bar(output)]
        for output in cell.get("outputs", ()):
            _lighten(output.get("data", {}))
    target = source.with_suffix(".ipynb")
    nbformat.write(notebook, target)
    return target


def _is_bar(output: dict[str, str]) -> bool:
    """A bar of progress has had its time; nothing else is written to standard error."""
    return output["output_type"] == "stream" and output["name"] == "stderr"


def _lighten(shown: dict[str, str]) -> None:
    """A long plain text says nothing that the page beside it does not."""
    if "text/html" in shown and len(shown.get("text/plain", "")) > LONGEST:
        del shown["text/plain"]


if __name__ == "__main__":
    for text in sorted(FOLDER.glob("*.py")):
        run(text)
