"""The JSON Schema of a result, as it ships with the package."""

import json
from importlib.resources import files
from typing import Any


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `authlogs.investigation/1`."""
    text = files("authlogs.report").joinpath("investigation.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
