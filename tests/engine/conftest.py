"""One Spark session for all tests of a worker, where pyspark and Java are there."""

from importlib.util import find_spec

import pytest

from authlogs.engine.spark_session import look_for_java, spark_session
from authlogs.errors import BadCall


@pytest.fixture(scope="session")
def spark():
    """A session on two cores of this machine."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'authlogs[spark]'")
    try:
        look_for_java()
    except BadCall as error:
        pytest.skip(error.what)
    session = spark_session(master="local[2]")
    yield session
    session.stop()
