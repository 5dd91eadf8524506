"""What every event gets without asking: fingerprints, claims, browser, attempt, redaction."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.addresses import browsers
from authlogs.parse.clock import Clock, moments
from authlogs.parse.fields import Mask
from authlogs.parse.texts import as_text, text_array
from authlogs.schema import CHANGES, EVENTS, TEXTS, TIME, WORD
from authlogs.secrets import (
    Fingerprints,
    find_jwt,
    jwt_claims,
    may_hold_secret,
    redact,
    redact_json,
)

Columns = dict[str, pa.Array]

_SCHEME: Final = r"^(?i:bearer|dpop|token|jwt)[\s:]+"
_CLAIMS: Final = ("iss", "sub", "jti", "kid", "alg")
_MOMENTS: Final = ("iat", "nbf", "exp")
_FREE: Final = frozenset(
    {
        "token_hash", "session_hash", "source_ip_key", "source_ip", "browser", "event_type",
        "outcome", "reason", "reason_group", "time_quality", "format",
    }
)  # fmt: skip
"""Text columns that cannot hold a secret, for authlogs made their content itself."""
_WORDS: Final = {field.name: field.type == WORD for schema in (CHANGES, EVENTS) for field in schema}
"""Columns of few different texts, each of which is looked at once."""
_CHECKED: Final = pa.array(
    ["token_issue", "token_refresh", "token_exchange", "token_validate", "token_introspect"]
)


def enrich(
    columns: Columns, raw: pa.Array, prints: Fingerprints, *, wanted: frozenset[str]
) -> None:
    """Fill what follows from the columns and the records' own text, and keep the wanted ones."""
    if "user_agent" in columns:
        own = columns.get("browser")
        named = browsers(columns["user_agent"])
        columns["browser"] = named if own is None else pc.coalesce(own, named)
    _attempt(columns, len(raw))
    suspicious = suspects(raw)
    _tokens(columns, raw, suspicious, prints)
    if "session_hash" in columns:
        columns["session_hash"] = prints.of(columns["session_hash"])
    for name in set(columns) - wanted:
        del columns[name]
    redact_columns(columns, suspicious)


def suspects(raw: pa.Array) -> Mask:
    """Records whose text may hold a secret; one with escapes might hide it in them."""
    escaped = pc.or_(pc.match_substring(raw, "\\u"), pc.match_substring(raw, "\\/"))
    return pc.or_(may_hold_secret(raw), pc.fill_null(escaped, False)).to_numpy(False)  # type: ignore[no-any-return]


def redact_columns(columns: Columns, suspicious: Mask) -> None:
    """Replace secrets in every text column, on the rows whose record may hold one."""
    if not suspicious.any():
        return
    mask = pa.array(suspicious)
    chosen = {
        name: column.filter(mask)
        for name, column in columns.items()
        if name not in _FREE and column.type == pa.string() and column.null_count < len(column)
    }
    if (extra := chosen.pop("extra", None)) is not None:
        columns["extra"] = pc.replace_with_mask(columns["extra"], mask, redact_json(extra))
    for name, clean in _all_redacted(chosen).items():
        columns[name] = pc.replace_with_mask(columns[name], mask, clean)
    for name, column in columns.items():
        if column.type == TEXTS:
            columns[name] = pa.ListArray.from_arrays(
                column.offsets, redact(column.values), mask=column.is_null()
            )


def _all_redacted(chosen: Columns) -> Columns:
    """Those of some columns that held secrets, without them; looked through as one column."""
    encoded = {
        name: column.dictionary_encode() if _WORDS.get(name) else column
        for name, column in chosen.items()
    }
    words = {
        name: one.dictionary if isinstance(one, pa.DictionaryArray) else one
        for name, one in encoded.items()
    }
    if not words:
        return {}
    together = pa.concat_arrays(list(words.values()))
    clean = redact(together)
    if clean is together:
        return {}
    made: Columns = {}
    start = 0
    for name, before in words.items():
        after, start = clean.slice(start, len(before)), start + len(before)
        if after.equals(before):
            continue
        own = encoded[name]
        made[name] = after.take(own.indices) if isinstance(own, pa.DictionaryArray) else after
    return made


def _attempt(columns: Columns, rows: int) -> None:
    """Request, else trace, else host and pid of the record itself."""
    nothing = pa.nulls(rows, pa.string())
    pid = columns.pop("pid", nothing)
    host = columns.get("instance", nothing)
    process = pc.binary_join_element_wise(host, pid, ":")
    known = (columns.get("request_id", nothing), columns.get("trace_id", nothing), process)
    columns["attempt_id"] = pc.coalesce(*known)


def _tokens(columns: Columns, raw: pa.Array, suspicious: Mask, prints: Fingerprints) -> None:
    """Fingerprint the token of each record, and read the claims that it or the record shows."""
    token = columns.get("token_hash", pa.nulls(len(raw), pa.string()))
    token = pc.replace_substring_regex(token, _SCHEME, "")
    if suspicious.any():
        mask = pa.array(suspicious)
        seen = pc.replace_with_mask(token, mask, find_jwt(raw.filter(mask)))
        token = pc.coalesce(token, seen)
    if token.null_count == len(token):
        columns.pop("token_hash", None)
    else:
        columns["token_hash"] = prints.of(token)
        _claims(columns, token)
    _verified(columns, len(raw))


def _claims(columns: Columns, token: pa.Array) -> None:
    """Claims of tokens that can be decoded, where the record names none itself."""
    encoded = token.dictionary_encode()
    told = jwt_claims(encoded.dictionary.to_pylist())
    if not any(told):
        return

    def offer(name: str, values: pa.Array) -> None:
        theirs = values.take(encoded.indices)
        if theirs.null_count < len(theirs):
            own = columns.get(name)
            columns[name] = theirs if own is None else pc.coalesce(own, theirs)

    for name in _CLAIMS:
        offer(name, text_array([as_text(claims.get(name)) for claims in told]))
    for name in _MOMENTS:
        texts = text_array([as_text(claims.get(name)) for claims in told])
        read = Clock(zone=None).read(texts, ("epoch", "iso"))
        offer(name, moments(read.moment) if len(texts) else pa.nulls(0, TIME))
    offer("aud", pa.array([_audience(claims.get("aud")) for claims in told], TEXTS))


def _audience(value: Any) -> list[str] | None:
    if value is None:
        return None
    members = value if isinstance(value, list) else [value]
    return text_array([as_text(member) for member in members]).to_pylist()  # type: ignore[no-any-return]


def _verified(columns: Columns, rows: int) -> None:
    """Claims count as verified only where an issuer or a check of the token succeeded."""
    shown = np.zeros(rows, bool)
    for name in (*_CLAIMS, *_MOMENTS, "aud"):
        if name in columns:
            shown |= columns[name].is_valid().to_numpy(zero_copy_only=False)
    if not shown.any():
        return
    passed = pc.and_(
        pc.equal(columns["outcome"], "success"), pc.is_in(columns["event_type"], _CHECKED)
    )
    judged = pc.if_else(pa.array(shown), pc.fill_null(passed, False), None)
    own = columns.get("claims_verified")
    columns["claims_verified"] = judged if own is None else pc.coalesce(own, judged)
