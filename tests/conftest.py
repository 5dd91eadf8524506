"""What several rooms' tests share: the sample incident, read and investigated once."""

import os

import pytest
from hypothesis import settings
from places import ROOT, SAMPLE

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


CONTRACTS = "test_formats.py"


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items):
    """Keep the tests of a file in one process; the contracts of formats in twelve groups."""
    for item in items:
        group = item.path.name
        if group == CONTRACTS:
            key = getattr(item, "callspec", None)
            name = str(key.id).partition("-")[0] if key else item.name
            group = f"{group} {sum(name.encode()) % 12}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def root():
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def sample():
    """The folder of the sample incident."""
    return SAMPLE


@pytest.fixture(scope="session")
def sample_logs(sample):
    """The sample incident as Logs, read once."""
    import authlogs as al

    return al.read(sample, tz="America/Bogota", year=2024)


@pytest.fixture(scope="session")
def sample_investigation(sample_logs):
    """The sample incident investigated, once."""
    import authlogs as al

    return al.investigate(sample_logs, display_zone="America/Bogota")
