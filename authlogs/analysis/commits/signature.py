"""The words of an incident: what its failures say, and which errors came with it.

An error that was as frequent before the onset says nothing of the incident, however loud it is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlogs.analysis.commits.words import words_of
from authlogs.analysis.result import Incident
from authlogs.analysis.series import MICROS, edges_of, micros
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

MOST_TEXTS: Final = 400
MOST_TEXT: Final = 4_000
MORE: Final = 3.0
"""An error is the incident's where it comes this many times as often as before."""
LEAST_TIMES: Final = 3
OFTEN: Final = 1.5
"""A word that one text says more than once weighs so much more."""
COUNTED: Final = re.compile(r"\b(?=[\w-]*\d)[\w-]+\b")
"""Words with digits in them: ids, counts and times, that make equal errors look different."""
SAID: Final = """
SELECT reason, reason_code, reason_text, message, http_path, service, count(*) AS times FROM events
WHERE outcome = 'failure' AND service IS NOT DISTINCT FROM $1 AND event_type = $2
  AND coalesce(reason, 'unspecified') = $3
  AND unix_micros("time") >= $4 AND unix_micros("time") < $5
GROUP BY ALL ORDER BY times DESC, reason_text NULLS LAST, message NULLS LAST LIMIT 400
"""
ERRORS: Final = """
SELECT coalesce(message, reason_text) AS text,
       sum(CASE WHEN unix_micros("time") >= $1 THEN 1 ELSE 0 END) AS during,
       sum(CASE WHEN unix_micros("time") < $1 THEN 1 ELSE 0 END) AS before
FROM events
WHERE log_level IN ('error', 'critical', 'fatal', 'severe', 'emerg', 'alert', 'panic')
  AND coalesce(message, reason_text) IS NOT NULL
  AND unix_micros("time") < $2
GROUP BY ALL ORDER BY during DESC, text LIMIT 4000
"""
OWN, BESIDE, TOLD = 3.0, 2.0, 1.0
"""Weights of the failures' own words, of errors that came with them, and of the change's words."""
ALIKE: Final[Mapping[str, str]] = {
    "invalid_signature": "signature sign signing verify verification key jwt jws algorithm",
    "unknown_kid": "kid key keys jwks rotate rotation jwk",
    "token_expired": "expiry expires expired lifetime ttl leeway clock",
    "token_not_yet_valid": "nbf leeway clock skew",
    "token_malformed": "token parse decode encode header base64",
    "invalid_audience": "audience aud claim",
    "invalid_issuer": "issuer iss claim",
    "session_not_found": "session store cookie redis cache",
    "csrf": "state nonce csrf cookie samesite",
    "rate_limited": "rate limit quota throttle bucket",
    "timeout": "timeout deadline retry pool",
    "connection_error": "connection pool retry proxy",
    "certificate_error": "certificate tls truststore chain",
    "mfa_failed": "otp totp factor challenge",
}
"""Words that code uses for what a reason means (the terms of RFC 6749, 7515, 7517 and 7519)."""


@dataclass(frozen=True)
class Signature:
    """The weighted words of an incident, and how many texts they were taken from."""

    words: Mapping[str, float]
    texts: int


def signature_of(events: Events, incident: Incident) -> Signature:
    """Return the words of an incident: of its failures, of errors beside them, of its change."""
    weights: dict[str, float] = {}
    texts = 0
    for weight, text in (*_own(events, incident), *_beside(events, incident), *_told(incident)):
        texts += 1
        for word, times in words_of(text[:MOST_TEXT]).items():
            heavy = weight * (1.0 if times == 1 else OFTEN)
            weights[word] = max(weights.get(word, 0.0), heavy)
    return Signature(weights, texts)


def _own(events: Events, incident: Incident) -> Iterator[tuple[float, str]]:
    signal = incident.signal
    end = incident.recovered or edges_of(events)[1] or incident.onset
    params = [signal.service, signal.event_type, signal.reason, micros(incident.onset), micros(end)]
    seen: set[str] = set()
    for row in run_sql(SAID, params, events=events).to_pylist():
        for name in ("reason_code", "reason_text", "message", "http_path"):
            text = str(row[name] or "")
            if text and _shape(text) not in seen and len(seen) < MOST_TEXTS:
                seen.add(_shape(text))
                yield OWN, text
    yield OWN, signal.reason
    yield TOLD, f"{ALIKE.get(signal.reason, '')} {signal.event_type}"


def _beside(events: Events, incident: Incident) -> Iterator[tuple[float, str]]:
    """Give errors that came with the incident, compared by rate with the time before."""
    first = edges_of(events)[0]
    end = incident.recovered or edges_of(events)[1]
    if first is None or end is None:
        return
    onset = micros(incident.onset)
    before_s = max(1.0, (onset - micros(first)) / MICROS)
    during_s = max(1.0, (micros(end) - onset) / MICROS)
    sums: dict[str, list[Any]] = {}
    for row in run_sql(ERRORS, [onset, micros(end)], events=events).to_pylist():
        held = sums.setdefault(_shape(row["text"]), [0, 0, row["text"]])
        held[0] += row["during"]
        held[1] += row["before"]
    for during, before, text in list(sums.values())[:MOST_TEXTS]:
        if during >= LEAST_TIMES and during / during_s > MORE * before / before_s:
            yield BESIDE, text


def _told(incident: Incident) -> Iterator[tuple[float, str]]:
    if blamed := incident.blamed:
        yield TOLD, blamed.change.description or ""


def _shape(text: str) -> str:
    return COUNTED.sub("#", text)
