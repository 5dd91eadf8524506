"""What every event gets without asking: fingerprints, claims, browser, attempt, redaction."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.addresses import browsers
from authlogs.parse.clock import Clock, moments
from authlogs.parse.texts import as_text, text_array
from authlogs.schema import CHANGES, EVENTS, TEXTS, TIME, WORD
from authlogs.secrets import (
    Fingerprints,
    find_jwt,
    jwt_claims,
    mended_json,
    redact,
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
_REPEATED: Final = frozenset(
    {field.name for schema in (CHANGES, EVENTS) for field in schema if field.type == WORD}
    | {"user_agent", "client_id", "http_method", "log_level", "action_raw", "reason_code", "kid"}
)
"""Columns of few different texts, each of which is looked at once."""
_ATTEMPT: Final = ("request_id", "trace_id", "instance")
"""Columns that tell which attempt a record belongs to."""
_CHECKED: Final = pa.array(
    ["token_issue", "token_refresh", "token_exchange", "token_validate", "token_introspect"]
)


def enrich(
    columns: Columns,
    raw: pa.Array,
    prints: Fingerprints,
    *,
    wanted: frozenset[str],
    source_file: str,
) -> None:
    """Fill what follows from the columns and the records' own text, and keep the wanted ones."""
    if "user_agent" in columns:
        own = columns.get("browser")
        named = browsers(columns["user_agent"])
        columns["browser"] = named if own is None else pc.coalesce(own, named)
    _tokens(columns, raw, prints)
    if "session_hash" in columns:
        columns["session_hash"] = prints.of(columns["session_hash"])
    attempt = columns.pop("attempt", None)
    all_dated = columns["time"].null_count == 0
    for name in set(columns) - wanted - set(_ATTEMPT):
        del columns[name]
    redact_columns(columns, all_dated=all_dated)
    _attempt(columns, attempt, source_file, len(raw))


def redact_columns(columns: Columns, *, all_dated: bool = False) -> None:
    """Replace secrets in every text column; all are looked through as one."""
    texts = {
        name: column
        for name, column in columns.items()
        if name not in _FREE and column.type == pa.string() and column.null_count < len(column)
    }
    if all_dated:
        texts.pop("time_raw", None)  # a time that was read holds nothing else
    lists = {name: column for name, column in columns.items() if column.type == TEXTS}
    texts |= {name: column.values for name, column in lists.items()}
    for name, clean in _all_redacted(texts).items():
        if name in lists:
            offsets, none = lists[name].offsets, lists[name].is_null()
            columns[name] = pa.ListArray.from_arrays(offsets, clean, mask=none)
        else:
            columns[name] = mended_json(texts[name], clean) if name == "extra" else clean


def _all_redacted(texts: Columns) -> Columns:
    """Those of some columns that held secrets, without them."""
    encoded = {
        name: column.dictionary_encode() if name in _REPEATED else column
        for name, column in texts.items()
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


def _attempt(columns: Columns, own: pa.Array | None, source_file: str, rows: int) -> None:
    """Request, else trace, else what the record belongs to on its host (else in its file)."""
    nothing = pa.nulls(rows, pa.string())
    known = [columns[name] for name in _ATTEMPT[:2] if name in columns]
    if own is not None:
        host = pc.fill_null(columns.get("instance", nothing), source_file)
        known.append(pc.binary_join_element_wise(host, own, ":"))
    columns["attempt_id"] = pc.coalesce(*known) if known else nothing


def _tokens(columns: Columns, raw: pa.Array, prints: Fingerprints) -> None:
    """Fingerprint the token of each record, and read the claims that it or the record shows."""
    token = columns.get("token_hash")
    seen = find_jwt(raw)
    if token is not None:
        token = pc.coalesce(pc.replace_substring_regex(token, _SCHEME, ""), seen)
    else:
        token = seen
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
