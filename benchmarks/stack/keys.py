"""Keys and certificates: RSA pairs under their kids, the published set, a certificate that ends."""

import datetime as dt
import ipaddress
import json
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

PEM = serialization.Encoding.PEM


def _private(path: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(PEM, form, serialization.NoEncryption()))
    return key


def make_signing_keys(folder: Path, kids: list[str]) -> None:
    """Write a private key and its public JWK for every kid; publish and use the first."""
    for kid in kids:
        public = _private(folder / f"{kid}.pem").public_key()
        jwk = json.loads(RSAAlgorithm.to_jwk(public)) | {"kid": kid, "use": "sig", "alg": "RS256"}
        (folder / f"{kid}.jwk").write_text(json.dumps(jwk))
    publish(folder, active=kids[0], published=kids[:1])


def publish(folder: Path, *, active: str, published: list[str]) -> None:
    """Say which key signs and which keys the issuer shows; one rename, so nobody reads half."""
    fresh = folder / "keyset.new"
    fresh.write_text(json.dumps({"active": active, "published": published}))
    fresh.rename(folder / "keyset.json")


def keyset(folder: Path) -> dict[str, Any]:
    """The key that signs, its kid, and the set that is shown, as they stand now."""
    told = json.loads((folder / "keyset.json").read_text())
    shown = [json.loads((folder / f"{kid}.jwk").read_text()) for kid in told["published"]]
    return {"kid": told["active"], "key": private(folder, told["active"]), "jwks": {"keys": shown}}


@cache
def private(folder: Path, kid: str) -> Any:
    """A private key; reading one costs more than signing a hundred tokens with it."""
    return serialization.load_pem_private_key((folder / f"{kid}.pem").read_bytes(), None)


def make_certificate(folder: Path, name: str, *, until: dt.datetime) -> None:
    """Write a self-signed certificate for the identity provider on loopback."""
    key = _private(folder / f"{name}.key")
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name}.corp.example")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=90))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.crt").write_bytes(cert.public_bytes(PEM))
