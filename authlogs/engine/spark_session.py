"""A Spark session: the one that is active, else a quiet one on this machine."""

import os
import re
import shutil
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from authlogs.engine.spark_engine import DIALECT
from authlogs.errors import BadCall

OLDEST_JAVA: Final = 17
_QUIET: Final = Path(__file__).with_name("spark_log.properties")
_LOCAL: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Rows pass between Java and Python cell by cell, without a check of each access.
    "spark.driver.extraJavaOptions": (
        f"-Dlog4j2.configurationFile={_QUIET.as_uri()} -Darrow.enable_unsafe_memory_access=true"
        " -Darrow.enable_null_check_for_get=false"
    ),
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    **DIALECT,
}


def spark_session(*, master: str = "local[*]") -> Any:
    """Return the active Spark session, or start one on this machine, on every core.

    Raises BadCall where pyspark or Java is missing, with what to install.
    """
    _look_for_pyspark()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    look_for_java()
    # Workers run this very Python: another one on the PATH may lack authlogs.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("authlogs")
    for name, value in _LOCAL.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        return builder.getOrCreate()


def _look_for_pyspark() -> None:
    if find_spec("pyspark") is None:
        raise BadCall(
            "Spark is not installed",
            next_step="pip install 'authlogs[spark]', or leave out --engine spark",
        )


def look_for_java() -> None:
    """Raise BadCall where no Java is found, or one that is too old for Spark."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    step = (
        "install one (Debian: apt-get install default-jre-headless) and set JAVA_HOME if it is "
        "not on the PATH, or leave out --engine spark"
    )
    if java is None or not Path(java).exists():
        raise BadCall(
            f"Spark needs Java {OLDEST_JAVA} or newer, and none was found",
            where=f"JAVA_HOME={home}" if home else "",
            next_step=step,
        )
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603  (the Java that Spark would start)
    version = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    if version and int(version[1]) < OLDEST_JAVA:
        raise BadCall(
            f"Spark needs Java {OLDEST_JAVA} or newer, and this one is {version[1]}",
            where=java,
            next_step=step,
        )
