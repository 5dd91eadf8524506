"""Files made of a text."""

import pytest

import authlogs as al


@pytest.fixture
def read(tmp_path):
    """Reads a text as a file of its own."""

    def read(text, name="app.log", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return al.read(path, **({"tz": "America/Bogota", "year": 2024} | options))

    return read
