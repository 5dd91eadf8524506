"""X.509 certificates: serial number, names and validity, read from DER (RFC 5280) and nothing else.

Forty lines of a tag-length-value walk: no signature is checked and no extension is read.
"""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime
from typing import Final

_INTEGER: Final = 0x02
_OID: Final = 0x06
_UTC_TIME: Final = 0x17
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_LONG: Final = 0x80
_COMMON_NAME: Final = bytes.fromhex("550403")
_ORGANISATION: Final = bytes.fromhex("55040a")
_PIVOT: Final = 50
"""Two-digit years from here on are of the last century (RFC 5280, 4.1.2.5.1)."""

Part = tuple[int, bytes]
Certificate = dict[str, str]


def read_certificate(text: str) -> Certificate | None:
    """What a certificate in Base64 says; None for what is no certificate."""
    try:
        der = b64decode("".join(text.split()), validate=True)
        tbs = _parts(_parts(_only(der))[0][1])
        tbs = tbs[1:] if tbs[0][0] == _VERSION else tbs
        serial, _, issuer, validity, subject = (body for _, body in tbs[:5])
        begin, end = (_moment(*part) for part in _parts(validity))
        if tbs[0][0] != _INTEGER:
            return None
        told = {
            "serial": f"{int.from_bytes(serial, signed=True):x}",
            "not_before": begin,
            "not_after": end,
            "subject": _name(subject),
            "issuer": _name(issuer),
            "sha256": hashlib.sha256(der).hexdigest(),
        }
    except (ValueError, IndexError):
        return None
    return {name: value for name, value in told.items() if value}


def _only(der: bytes) -> bytes:
    """What a sequence that is all there is holds."""
    ((tag, body),) = _parts(der)
    if tag != _SEQUENCE:
        raise ValueError("no sequence")
    return body


def _parts(data: bytes) -> list[Part]:
    """Tags and contents that stand one after another."""
    parts, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & _LONG:
            more = length ^ _LONG
            length, at = int.from_bytes(data[at : at + more]), at + more
        if at + length > len(data):
            raise ValueError("cut off")
        parts.append((tag, data[at : at + length]))
        at += length
    return parts


def _moment(tag: int, body: bytes) -> str:
    """UTCTime or GeneralizedTime in ISO form."""
    text = body.decode("ascii")
    if tag == _UTC_TIME:
        text = f"{'19' if int(text[:2]) >= _PIVOT else '20'}{text}"
    moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _name(body: bytes) -> str:
    """The common name of a subject or issuer, else its organisation."""
    found: dict[bytes, str] = {}
    for _, attributes in _parts(body):
        for _, attribute in _parts(attributes):
            (tag, oid), (_, value) = _parts(attribute)[:2]
            if tag == _OID:
                found.setdefault(oid, value.decode("utf-8", "replace"))
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION, "")
