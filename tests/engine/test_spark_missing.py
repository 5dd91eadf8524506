"""Without pyspark or Java the call says what to install."""

import sys

import pytest
from cli_cases import ASKED, authlogs

from authlogs.engine.spark_session import look_for_java, spark_session
from authlogs.errors import BadCall


def test_without_pyspark(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(BadCall, match=r"authlogs\[spark\]"):
        spark_session()
    ran = authlogs("investigate", *ASKED, "--engine", "spark")
    assert ran.code == 2
    assert "Spark is not installed" in ran.err and "pip install" in ran.err


def test_without_java(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BadCall, match=r"none was found[\s\S]*apt-get install"):
        look_for_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(BadCall, match="JAVA_HOME="):
        look_for_java()


@pytest.mark.parametrize(
    ("said", "old"), [("1.8.0_292", "8"), ("11.0.2", "11"), ("17.0.15", None), ("21", None)]
)
def test_a_java_that_is_too_old_is_named(monkeypatch, tmp_path, said, old):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{said}\" 2025-04-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if old is None:
        look_for_java()
    else:
        with pytest.raises(BadCall, match=f"this one is {old}"):
            look_for_java()


def test_a_store_is_left_to_duckdb(tmp_path, sample):
    store = tmp_path / "store"
    assert authlogs("parse", sample / "alerts.json", "--out", store).code == 0
    ran = authlogs("triage", store, "--engine", "spark")
    assert ran.code == 2
    assert "leave out --engine spark" in ran.err
