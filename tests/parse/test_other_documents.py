"""Documents that are no JSON: certificates, metadata, what git prints, YAML."""

import random
from base64 import b64decode, b64encode
from datetime import datetime

import pytest
from file_cases import counts

from authlogs.parse.certificates import read_certificate
from authlogs.parse.documents import read_document
from authlogs.parse.key_documents import public_part
from authlogs.parse.registry import load_registry

SAMPLES = {one.name: one.samples for one in load_registry().formats}
PEM = SAMPLES["certificates"][0].line.strip()
BODY = "".join(PEM.split("-----")[2].split())


def test_a_certificate_says_what_openssl_says_of_it():
    told = read_certificate(BODY)
    assert told["serial"] == "4f2a"
    assert (told["not_before"], told["not_after"]) == (
        "2023-05-03T14:41:00Z",
        "2024-05-03T14:41:00Z",
    )
    assert (told["subject"], told["issuer"]) == ("login.acme.example", "login.acme.example")


def test_the_same_is_read_by_another_reader():
    x509 = pytest.importorskip("cryptography.x509", reason="cryptography is not installed")
    theirs = x509.load_der_x509_certificate(b64decode(BODY))
    told = read_certificate(BODY)
    assert int(told["serial"], 16) == theirs.serial_number
    assert datetime.fromisoformat(told["not_after"]) == theirs.not_valid_after_utc


def test_a_damaged_certificate_is_none_and_never_raises():
    der = b64decode(BODY)
    dice = random.Random(5)
    for _ in range(500):
        cut = bytearray(der[: dice.randrange(len(der))])
        for _ in range(dice.randrange(3)):
            if cut:
                cut[dice.randrange(len(cut))] = dice.randrange(256)
        told = read_certificate(b64encode(bytes(cut)).decode())
        assert told is None or set(told) <= {
            "serial", "not_before", "not_after", "subject", "issuer", "sha256",
        }  # fmt: skip


def test_no_part_of_a_private_key_is_kept():
    text = '{"kty":"RSA","kid":"a","n":"public","d":"secret1","p":"secret2","qi":"secret3"}'
    assert public_part(text) == '{"kty":"RSA","kid":"a","n":"public"}'
    assert public_part('{"d":"no key"}') == '{"d":"no key"}'


def test_the_text_of_a_secret_is_redacted(read):
    line = '{"appId":"a","displayName":"x","keyCredentials":[],"passwordCredentials":[{"keyId":"k",'
    line += '"endDateTime":"2024-05-03T14:41:00Z","secretText":"Q2xpZW50U2VjcmV0"}]}\n'
    (row,) = read(line).changes.to_pylist()
    assert row["format"] == "entra_app_credentials" and "Q2xpZ" not in repr(row)


def test_a_private_key_beside_a_certificate_gives_no_row_and_no_text(read):
    logs = read(
        "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n" + PEM + "\n"
    )
    assert len(logs.changes) == 1
    assert "SECRETSECRET" not in repr(logs.changes.to_pylist()) + repr(logs.rejects.to_pylist())


def test_every_line_of_a_pem_file_is_counted(read):
    text = f"{PEM}\n\n{PEM}\n"
    lines = text.count("\n")
    told = counts(read(text))
    assert told["changes"] == 2 and told["blank"] == 1 and told["comments"] == 4
    assert told["lines"] == lines == sum(v for k, v in told.items() if k != "lines")


def test_every_line_that_git_prints_is_counted(read):
    one, two = (sample.line.strip() for sample in SAMPLES["git_log"][:2])
    told = counts(read(f"{one}\n\n{two}\n"))
    assert told["changes"] == 2 and told["lines"] == (one + two).count("\n") + 3
    assert told["lines"] == sum(v for k, v in told.items() if k != "lines")


def yaml(text):
    made = read_document(text.encode())
    return made.records.text.to_pylist(), len(made.broken)


def test_yaml_keeps_numbers_and_times_as_they_are_written():
    text = "- id: 007\n  time: 2024-05-03 09:41:00\n  live: true\n  of: ~\n  n: 1e3\n"
    told = '{"id":"007","time":"2024-05-03 09:41:00","live":true,"of":null,"n":"1e3"}'
    assert yaml(text) == ([told], 0)


def test_yaml_documents_stand_one_after_another():
    assert yaml("---\na: 1\n---\na: 2\n") == (['{"a":"1"}', '{"a":"2"}'], 0)


def test_a_mapping_around_a_list_is_opened():
    assert yaml("apiVersion: v1\nkind: List\nitems:\n- a: 1\n- a: 2\n")[0] == [
        '{"a":"1"}',
        '{"a":"2"}',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "---\na: &x [1]\nb: *x\n",
        "---\na: !!python/object/apply:os.system [true]\nb: [\n",
        "---\n" + "[" * 5000,
        "---\n? [a]\n: b\n",
        "---\na: 'never closed\n",
    ],
    ids=["alias", "object", "deep", "odd key", "open quote"],
)
def test_yaml_that_could_do_harm_is_refused(text, read):
    assert read_document(text.encode()).why == "bad_yaml"
    logs = read(text)
    assert not len(logs.changes) and set(logs.rejects["reason"].to_pylist()) == {"bad_yaml"}


def test_an_entity_of_metadata_keeps_its_own_keys():
    one = SAMPLES["certificates"][1].line.strip()
    made = read_document((one + one.replace("idp.acme", "sp.acme")).encode()).records.text
    entities = ['"entityID":"https://idp.acme.example"', '"entityID":"https://sp.acme.example"']
    assert [entity in text for entity, text in zip(entities, made.to_pylist(), strict=True)] == [
        True,
        True,
    ]


def test_a_heading_of_a_table_is_a_comment(read):
    heading = "REVISION\tUPDATED                 \tSTATUS\tCHART\tAPP VERSION\tDESCRIPTION\n"
    line = SAMPLES["helm_history"][0].line + "\n"
    told = counts(read(heading + line, tz="America/Bogota"))
    assert told == {"lines": 2, "comments": 1, "changes": 1}


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('{"results":[{"a":1},{"a":2}],"count":2,"next":null}', 2),
        ('{"results":[{"a":1},{"a":2}],"user":"ana"}', 1),
        ('{"kind":"admin#reports#activity","id":{"time":"x"},"events":[{"a":1},{"a":2}]}', 1),
        ('{"deployments":[{"a":1},{"a":2}],"pagination":{"next":1}}', 2),
        ('{"serviceName":"web","deployments":[{"a":1},{"a":2}]}', 1),
    ],
)
def test_a_list_is_opened_only_where_nothing_but_paging_stands_beside_it(text, records):
    assert len(read_document(text.encode()).records) == records
