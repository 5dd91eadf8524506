"""What several rooms' tests share: the sample incident, read and investigated once."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from places import ROOT, SAMPLE

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, since they share what they made; Spark's, too."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return "spark" if "spark" in Path(file).name else file

    return ByFile(config, log)


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
