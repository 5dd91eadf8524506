"""Remote stores, on moto's S3 server."""

import json
import logging
import subprocess
import sys
from dataclasses import replace
from urllib.parse import quote

import pytest
from cli_cases import authlogs, logins
from packing import PACKERS, content, tar, zipped

import authlogs as al
from authlogs.errors import UnknownPath
from authlogs.sources.find import find
from authlogs.sources.places import without_secrets

FILES = {
    "logs/a.jsonl": logins().encode(),
    "logs/b c#1.jsonl": logins(3).encode(),
    "logs/deep/c.jsonl.gz": PACKERS["gzip"](logins(4).encode()),
    "logs/deep/.hidden.log": b"hidden\n",
    "packed/d.tar.gz": PACKERS["gzip"](tar([("x.jsonl", logins(2).encode())])),
    "packed/e.zip": zipped([("y.jsonl", logins(2).encode())]),
    "token-key/cut.jsonl.gz": PACKERS["gzip"](logins(50).encode())[:-20],
}


@pytest.fixture(scope="module")
def server():
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        yield "http://{}:{}".format(*running.get_host_and_port())
    finally:
        running.stop()


@pytest.fixture(scope="module")
def bucket(server):
    from pyarrow import fs

    host = server.removeprefix("http://")
    store = fs.S3FileSystem(
        access_key="anykey", secret_key="anysecret", endpoint_override=host, scheme="http",
        region="us-east-1", allow_bucket_creation=True,
    )  # fmt: skip
    store.create_dir("incident")
    for name, data in FILES.items():
        with store.open_output_stream(f"incident/{name}") as file:
            file.write(data)
    return "incident"


@pytest.fixture
def environment(server, bucket, monkeypatch):
    told = {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "anykey",
        "AWS_SECRET_ACCESS_KEY": "anysecret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)


def told(path):
    return [(one.name, content(one.path)[0]) for one in find(path).files]


def test_a_prefix_is_a_folder(environment):
    findings = find("s3://incident/logs")
    assert [one.name for one in findings.files] == ["a.jsonl", "b c#1.jsonl", "deep/c.jsonl.gz"]
    assert findings.warnings == ("1 hidden entries were not read: deep/.hidden.log",)
    assert str(findings.files[1].path) == "s3://incident/logs/b c#1.jsonl"
    assert told("s3://incident/logs/") == [
        ("a.jsonl", logins().encode()),
        ("b c#1.jsonl", logins(3).encode()),
        ("deep/c.jsonl.gz", logins(4).encode()),
    ]


def test_a_key_is_a_file_and_a_glob_stands_in_the_last_part(environment):
    assert told("s3://incident/logs/b c#1.jsonl") == [("b c#1.jsonl", logins(3).encode())]
    assert [name for name, _ in told("s3://incident/logs/*.jsonl")] == ["a.jsonl", "b c#1.jsonl"]
    assert [name for name, _ in told("s3://incident/logs/[ab].jsonl")] == ["a.jsonl"]


def test_members_of_remote_archives_are_read(environment):
    assert told("s3://incident/packed") == [
        ("d.tar.gz!/x.jsonl", logins(2).encode()),
        ("e.zip!/y.jsonl", logins(2).encode()),
    ]


def test_a_bucket_is_a_folder_too(environment):
    assert len(find("s3://incident").files) == 6


def test_logs_are_read_and_verified_where_they_lie(environment):
    logs = al.read(["s3://incident/logs", "s3://incident/packed"])
    assert logs.tally().total.lines == 20 + 3 + 4 + 2 + 2
    assert set(logs.verify().files.values()) == {"same"}
    changed = logs.sources.set_column(
        logs.sources.schema.get_field_index("sha256"), "sha256", [["0" * 64] * len(logs.sources)]
    )
    from authlogs.logs.verification import verify_sources

    assert set(verify_sources(changed).files.values()) == {"altered"}


def test_a_cut_remote_file_gives_what_it_holds(environment):
    (found,) = find("s3://incident/token-key").files
    data, stored = content(found.path)
    assert logins(50).encode().startswith(data) and len(data) > 100
    assert "gzip ends before" in stored.fault


def test_a_file_that_went_away_since_it_was_listed_is_told_in_our_words(environment):
    (found,) = find("s3://incident/logs/a.jsonl").files
    gone = replace(found.path, path="incident/logs/gone-AKIAKEY.jsonl")
    data, stored = content(gone)
    assert data == b"" and stored.truncated
    assert stored.fault == "reading stopped: there is no such bucket or file"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("s3://incident/nothing", "nothing is at"),
        ("s3://incident/logs/*.nothing", "nothing is at"),
        ("s3://no-such-bucket/logs", "nothing is at"),
        ("s3://no-such-bucket/*.log", "no such bucket or file"),
        ("ftp://host/logs", "download it first"),
        ("https://host/logs?sig=HUSH", "download it first"),
    ],
)
def test_what_is_not_there_is_an_unknown_path(environment, address, word):
    with pytest.raises(UnknownPath) as caught:
        find(address)
    assert word in str(caught.value)
    assert caught.value.next_step and "HUSH" not in str(caught.value)


def test_a_store_that_cannot_be_reached_says_so_without_secrets(environment):
    query = f"endpoint_override={quote('http://127.0.0.1:9', safe='')}&region=us-east-1"
    with pytest.raises(UnknownPath) as caught:
        find(f"s3://AKIAKEY:SECRETWORD@incident/logs?{query}")
    said = str(caught.value)
    assert "'s3://incident/logs'" in said and "cannot be reached" in said
    assert not any(word in said for word in ("AKIAKEY", "SECRETWORD", "endpoint_override"))


def test_no_table_report_or_word_shows_the_secrets_of_an_address(environment, server, tmp_path):
    query = f"endpoint_override={quote(server, safe='')}&region=us-east-1"
    address = f"s3://AKIAKEY:SECRETWORD@incident/logs?{query}"
    ran = authlogs("report", address, "--out", tmp_path / "report", "--format", "html,json,md")
    assert ran.code == 0, ran.all
    store = authlogs("parse", address, "--out", tmp_path / "store")
    assert store.code == 0
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for word in ("AKIAKEY", "SECRETWORD", "endpoint_override"):
        assert word not in ran.all + store.all
        assert word.encode() not in written
    logs = al.load(tmp_path / "store")
    assert logs.sources["path"].to_pylist()[0] == "s3://incident/logs/a.jsonl"


def test_an_error_of_the_store_is_told_in_our_words(server, bucket):
    from authlogs.sources.remote import _why

    denied = OSError(
        "When getting information for key 'no such token' in bucket 'b': AWS Error ACCESS_DENIED "
        "during HeadObject operation: X-Amz-Signature=SECRET"
    )
    assert _why(denied) == "access is denied: check the credentials"
    assert _why(OSError("AWS Error SLOW_DOWN during GetObject")) == "the store answered SLOW_DOWN"
    assert "SECRET" not in _why(OSError("SECRET"))


@pytest.mark.parametrize("address", ["hdfs://nowhere:1/logs", "viewfs://x/logs"])
def test_hadoop_without_its_client_is_told(address):
    code = (
        "import json; from authlogs.sources.find import find\n"
        f"try: find({address!r})\n"
        "except Exception as error: print(json.dumps([type(error).__name__, str(error)]))"
    )
    environment = {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True,
                         env=environment, timeout=120)  # fmt: skip
    name, said = json.loads(ran.stdout.splitlines()[-1])
    assert name == "UnknownPath" and "cannot be listed" in said and "next:" in said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://key:secret@bucket/x?y=1", "s3://bucket/x"),
        ("s3://key:sec/r?et@bucket/x", "s3://bucket/x"),
        ("s3://bucket/a@b.log", "s3://bucket/a@b.log"),
        (
            "abfs://box@account.dfs.core.windows.net/p?sig=s",
            "abfs://box@account.dfs.core.windows.net/p",
        ),
        ("abfs://box:pw@account/p", "abfs://box@account/p"),
        ("hdfs://user@host:9000/a@b", "hdfs://host:9000/a@b"),
        ("gs://anonymous@bucket/x", "gs://bucket/x"),
        ("/var/log/a?b", "/var/log/a?b"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address, shown):
    assert without_secrets(address) == shown
