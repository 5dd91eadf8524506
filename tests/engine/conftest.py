"""One Spark session for all tests that want one, where pyspark and Java are there."""

import os
from importlib.util import find_spec

import pytest

from authlogs.engine.spark_session import look_for_java, spark_session
from authlogs.errors import BadCall

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""What Java is told: a test's queries run once, and are not worth its second compiler …"""
PLAIN = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}
"""… nor compiled code, nor a plan that is made anew at every stage."""


@pytest.fixture(scope="session")
def spark():
    """A session on two cores of this machine."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'authlogs[spark]'")
    try:
        look_for_java()
    except BadCall as error:
        pytest.skip(error.what)
    os.environ["JDK_JAVA_OPTIONS"] = SHORT_LIVED
    session = spark_session(master="local[2]")
    for name, value in PLAIN.items():
        session.conf.set(name, value)
    yield session
    session.stop()
