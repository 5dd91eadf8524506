"""Certificates and keys that were saved: PEM files, SAML metadata, key sets (RFC 7517).

Each certificate becomes a JSON record of what it says. Private keys are passed over: no part of one
gets into a record.
"""

import re
from typing import Any, Final

from authlogs.parse.certificates import read_certificate
from authlogs.parse.json_documents import Elements
from authlogs.parse.json_records import parse_object
from authlogs.parse.texts import dump

_PEM_BEGINS: Final = re.compile(
    r"\s*(?:-----BEGIN |subject ?=|issuer ?=|Bag Attributes|Certificate:|#)"
)
_PEM: Final = re.compile(
    r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END [A-Z0-9 ]+-----"
)
_SAML: Final = re.compile(
    r"<(?:\w+:)?(?P<entity>EntityDescriptor)\b(?P<attributes>[^<>]*)>"
    r"|<(?:\w+:)?KeyDescriptor\b(?P<descriptor>[^<>]*)>"
    r"|<(?:\w+:)?X509Certificate>(?P<body>[A-Za-z0-9+/=\s]+)</"
)
_ATTRIBUTE: Final = re.compile(r'\b(entityID|validUntil|use)\s*=\s*["\']([^"\']*)["\']')
_PRIVATE: Final = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_HEAD: Final = 4096


def begins_pem(head: str) -> bool:
    """Whether a text is a PEM file of certificates, perhaps with what openssl writes above."""
    return _PEM_BEGINS.match(head) is not None and _PEM.search(head) is not None


def begins_metadata(head: str) -> bool:
    """Whether a text is SAML metadata."""
    begun = head.lstrip("\ufeff \t\r\n")[:_HEAD]
    return begun.startswith("<") and "EntityDescriptor" in begun


def find_pem(text: str) -> Elements:
    """Every certificate of a PEM file; what else it holds is passed over."""
    found = Elements()
    for block in _PEM.finditer(text):
        _add(found, block.span(), block[1], {})
    return found


def find_metadata(text: str) -> Elements:
    """Every entity of SAML metadata, and every certificate with the entity it belongs to."""
    found = Elements()
    entity: dict[str, str] = {}
    use: dict[str, str] = {}
    for part in _SAML.finditer(text):
        if part["entity"]:
            entity, use = dict(_ATTRIBUTE.findall(part["attributes"])), {}
            if "validUntil" in entity:
                found.spans.append(part.span())
                found.texts.append(dump(entity))
        elif part["descriptor"] is not None:
            use = dict(_ATTRIBUTE.findall(part["descriptor"]))
        else:
            about = {name: value for name, value in entity.items() if name == "entityID"}
            _add(found, part.span(), part["body"], {**about, **use})
    return found


def _add(found: Elements, span: tuple[int, int], body: str, about: dict[str, str]) -> None:
    told = read_certificate(body)
    if told is None:
        found.faults.append(span)
        return
    found.spans.append(span)
    found.texts.append(dump({**about, "certificate": told}))


def public_part(text: str) -> str:
    """A key of a key set with its certificate read, and without the parts that are private."""
    if '"kty"' not in text:
        return text
    key = parse_object(text)
    if not isinstance(key, dict) or not isinstance(key.get("kty"), str):
        return text
    made: dict[str, Any] = {name: value for name, value in key.items() if name not in _PRIVATE}
    chain = made.get("x5c")
    first = chain[0] if isinstance(chain, list) and chain else None
    told = read_certificate(first) if isinstance(first, str) else None
    if told is not None:
        del made["x5c"]
        made["certificate"] = told
    return dump(made)
