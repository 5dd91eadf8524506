"""The four tables, field by field: `EVENTS`, `CHANGES`, `REJECTS`, `SOURCES`.

Every field carries its meaning and, where they exist, its ECS, OCSF and OpenTelemetry names
as Arrow metadata, so that a table explains itself wherever it travels.
"""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = "2"
RESULT_SCHEMA: Final = "authlogs.investigation/1"

EVENT_TYPES: Final = (
    "login", "logout", "token_issue", "token_refresh", "token_exchange", "token_validate",
    "token_introspect", "token_revoke", "session_start", "session_check", "session_end", "mfa",
    "consent", "password_change", "account_lock", "sso_assertion", "key_fetch", "http_request",
    "other",
)  # fmt: skip
TOKEN_USES: Final = ("token_validate", "token_introspect", "session_check")
"""The event types in which a token or a session is presented."""
OUTCOMES: Final = ("success", "failure", "challenge", "unknown")
TIME_QUALITIES: Final = ("exact", "assumed_tz", "assumed_year", "assumed_both", "none")
REASON_GROUPS: Final = (
    "user_error", "token_fault", "client_fault", "policy", "availability", "attack", "unknown",
)  # fmt: skip
CHANGE_TYPES: Final = (
    "deploy", "rollback", "restart", "scale", "failover", "flag", "config", "key_rotation",
    "secret_rotation", "cert_renewal", "policy", "migration", "infra", "permission",
    "session_flush", "incident", "alert",
)  # fmt: skip
MARKS: Final = ("incident", "alert")
"""Change types that mark what people and alarms noticed: lanes on the timeline, never suspects."""

TALLY: Final = (
    "lines", "unpacked", "events", "changes", "filtered", "rejected", "joined", "blank", "comments",
)  # fmt: skip
"""The accounting identity: lines + unpacked = the sum of the other seven."""

TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
WORD = pa.dictionary(pa.int32(), pa.string())
TEXTS = pa.list_(pa.string())


@dataclass(frozen=True)
class Column:
    """One field: its name, Arrow type, meaning, unit, and its names in other schemas."""

    name: str
    type: pa.DataType
    doc: str
    unit: str = ""
    ecs: str = ""
    ocsf: str = ""
    otel: str = ""

    def field(self) -> pa.Field:
        told = {"doc": self.doc, "unit": self.unit, "ecs": self.ecs, "ocsf": self.ocsf}
        told["otel"] = self.otel
        return pa.field(self.name, self.type, metadata={k: v for k, v in told.items() if v})


PROVENANCE = (
    Column("format", WORD, "name of the format that read the record", ecs="event.module"),
    Column(
        "source_file", WORD, "path relative to the given PATH; archive members as a.tar.gz!/x.log",
        ecs="log.file.path", otel="log.file.path",
    ),
    Column("line_no", pa.int64(), "line the record begins on", "1-based", ecs="log.file.line"),
    Column("byte_offset", pa.int64(), "first byte in the uncompressed stream", "bytes", ecs="log.offset"),
    Column("byte_length", pa.int32(), "length of the record, its newline left out", "bytes"),
)  # fmt: skip

EVENT_COLUMNS = (
    Column("time", TIME, "when it happened; null when unreadable, never invented", ecs="@timestamp", ocsf="time", otel="Timestamp"),
    Column("time_raw", TEXT, "the time as the source wrote it", ecs="event.original"),
    Column("time_quality", WORD, "exact, assumed_tz, assumed_year, assumed_both or none"),
    Column("observed_time", TIME, "when a collector saw it", ecs="event.ingested", otel="ObservedTimestamp"),
    Column("event_type", WORD, "one of EVENT_TYPES", ecs="event.action", ocsf="activity_name"),
    Column("action_raw", TEXT, "the source's own name for the event", ecs="event.code", ocsf="metadata.event_code"),
    Column("outcome", WORD, "success, failure, challenge or unknown", ecs="event.outcome", ocsf="status"),
    Column("reason", WORD, "normalised reason of a failure or challenge", ecs="event.reason", ocsf="status_detail"),
    Column("reason_group", WORD, "one of REASON_GROUPS"),
    Column("reason_code", TEXT, "the source's own code", ecs="error.code", ocsf="status_code", otel="error.type"),
    Column("reason_text", TEXT, "the source's own words", ecs="error.message", ocsf="status_detail", otel="exception.message"),
    Column("http_method", TEXT, "request method", ecs="http.request.method", ocsf="http_request.http_method", otel="http.request.method"),
    Column("http_path", TEXT, "request path and query, secrets redacted", ecs="url.original", ocsf="http_request.url.path", otel="url.path"),
    Column("http_status", pa.int16(), "response status", ecs="http.response.status_code", ocsf="http_response.code", otel="http.response.status_code"),
    Column("duration_us", pa.int64(), "how long it took", "microseconds", ecs="event.duration", ocsf="duration"),
    Column("user", TEXT, "login as typed", ecs="user.name", ocsf="user.name", otel="user.name"),
    Column("user_id", TEXT, "stable identifier of the account", ecs="user.id", ocsf="user.uid", otel="user.id"),
    Column("tenant", TEXT, "realm, organisation or tenant", ecs="organization.id", ocsf="user.org.uid"),
    Column("source_ip", TEXT, "first untrusted hop, canonical text", ecs="source.ip", ocsf="src_endpoint.ip", otel="client.address"),
    Column("source_ip_key", TEXT, "the address as 32 hex digits of its IPv6-mapped form"),
    Column("source_ip_chain", TEXTS, "every hop that was logged", ecs="related.ip", ocsf="src_endpoint.intermediate_ips"),
    Column("user_agent", TEXT, "user agent as sent", ecs="user_agent.original", ocsf="http_request.user_agent", otel="user_agent.original"),
    Column("client_id", TEXT, "OAuth client", ecs="oauth.client.id", ocsf="actor.app_uid"),
    Column("client", WORD, "application or platform (web, ios)", ocsf="actor.app_name"),
    Column("browser", WORD, "name of the user agent", ecs="user_agent.name"),
    Column("service", WORD, "who recorded it", ecs="service.name", ocsf="service.name", otel="service.name"),
    Column("service_version", WORD, "build of the service that recorded it", ecs="service.version", ocsf="service.version", otel="service.version"),
    Column("instance", WORD, "host, pod or process of that service", ecs="service.node.name", otel="service.instance.id"),
    Column("environment", WORD, "deployment environment", ecs="service.environment", otel="deployment.environment.name"),
    Column("region", WORD, "region or availability zone", ecs="cloud.availability_zone", ocsf="cloud.region", otel="cloud.availability_zone"),
    Column("idp", WORD, "identity provider or connection", ocsf="idp.name"),
    Column("auth_method", WORD, "password, passkey, sso …", ocsf="auth_factors.factor_type"),
    Column("auth_protocol", WORD, "OIDC, SAML, Kerberos …", ocsf="auth_protocol"),
    Column("grant_type", WORD, "OAuth grant (RFC 6749)"),
    Column("mfa", pa.bool_(), "whether a second factor took part", ocsf="is_mfa"),
    Column("token_type", WORD, "access, refresh, id, session"),
    Column("token_hash", TEXT, "keyed BLAKE2b-128 of the token; raw tokens never enter a table"),
    Column("session_hash", TEXT, "keyed BLAKE2b-128 of the session id", ocsf="session.uid"),
    Column("iss", TEXT, "issuer claim (RFC 7519)", ocsf="session.issuer"),
    Column("aud", TEXTS, "audience claim (RFC 7519)"),
    Column("sub", TEXT, "subject claim (RFC 7519)"),
    Column("jti", TEXT, "token id claim (RFC 7519)"),
    Column("kid", TEXT, "key id of the header (RFC 7515)"),
    Column("alg", TEXT, "algorithm of the header (RFC 7515)"),
    Column("iat", TIME, "issued-at claim", "seconds in the source"),
    Column("nbf", TIME, "not-before claim", "seconds in the source"),
    Column("exp", TIME, "expiry claim", "seconds in the source"),
    Column("claims_verified", pa.bool_(), "false where the token was rejected or not checked"),
    Column("issuer_version", TEXT, "build that minted the token, only where the record itself says so"),
    Column("trace_id", TEXT, "trace", ecs="trace.id", ocsf="metadata.correlation_uid", otel="TraceId"),
    Column("request_id", TEXT, "request", ecs="http.request.id", ocsf="http_request.uid"),
    Column("attempt_id", TEXT, "request, trace, or (host, connection or pid) of the record itself"),
    Column("log_level", TEXT, "severity as logged, lower case", ecs="log.level", ocsf="severity", otel="SeverityText"),
    Column("message", TEXT, "free text; null where the line is all fields", ecs="message", ocsf="message", otel="Body"),
    *PROVENANCE,
    Column("extra", TEXT, "a JSON object of everything unmapped", ecs="labels", ocsf="unmapped", otel="Attributes"),
)  # fmt: skip

CHANGE_COLUMNS = (
    Column("time", TIME, "start of the rollout", ecs="event.start"),
    Column("end_time", TIME, "end of the rollout; null when the record does not say", ecs="event.end"),
    Column("time_quality", WORD, "exact, assumed_tz, assumed_year, assumed_both or none"),
    Column("time_uncertainty_s", pa.float64(), "how far `time` may be off, either way", "seconds"),
    Column("change_type", WORD, "one of CHANGE_TYPES"),
    Column("status", TEXT, "as the record says: success, firing, acknowledged …"),
    Column("service", WORD, "what was changed", ecs="service.name", otel="service.name"),
    Column("environment", WORD, "where", otel="deployment.environment.name"),
    Column("version", TEXT, "version after the change", ecs="service.version", otel="service.version"),
    Column("previous_version", TEXT, "version before the change"),
    Column("share", pa.float64(), "share of traffic reached, where stepped", "0 to 1"),
    Column("actor", TEXT, "who did it", ecs="user.name"),
    Column("change_id", TEXT, "identifier of the record", ecs="event.id", otel="deployment.id"),
    Column("url", TEXT, "page of the record", ecs="event.url"),
    Column("description", TEXT, "the record's own words"),
    Column("commit", TEXT, "commit after the change"),
    Column("previous_commit", TEXT, "commit before the change"),
    *PROVENANCE,
    Column("extra", TEXT, "a JSON object of everything unmapped"),
)

REJECT_COLUMNS = (
    *PROVENANCE[1:],
    Column("reason", WORD, "why the record gives no row"),
    Column("first_bytes", TEXT, "how it begins, redacted and made printable"),
)

SOURCE_COLUMNS = (
    Column("source_file", TEXT, "path relative to the given PATH"),
    Column("path", TEXT, "path as it was opened"),
    Column("kind", WORD, "events, changes, notes or none"),
    Column("sha256", TEXT, "hash of the file as stored"),
    Column("size", pa.int64(), "size of the file as stored", "bytes"),
    Column("compression", WORD, "none, gzip, bz2, xz or zstd; one inside the other as gzip+xz"),
    Column("encoding", WORD, "utf-8, or what the byte-order mark says"),
    Column("format", WORD, "the format that reads most of it"),
    Column("confidence", pa.float64(), "share of sampled records that this format claims", "0 to 1"),
    Column("zone", TEXT, "zone used for times without one; null where every time has its own"),
    Column("year", pa.int32(), "year used for times without one"),
    Column("year_from", WORD, "option, dated sources, or null"),
    Column("first_time", TIME, "earliest time"),
    Column("last_time", TIME, "latest time"),
    Column("logs_success", WORD, "always, configurable or never: whether successes are logged"),
    Column("truncated", pa.bool_(), "the file ends before its content does, or may be an export that did not get all"),
    Column("error", TEXT, "why the file could not be read, or not to its end"),
    Column("notes", TEXT, "text of a prose file (kind notes), redacted"),
    *(Column(name, pa.int64(), f"{name} of this file, see DESIGN accounting", "count") for name in TALLY),
)  # fmt: skip


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema(
        [column.field() for column in columns],
        metadata={"authlogs.schema": SCHEMA_VERSION},
    )


EVENTS: Final = _schema(EVENT_COLUMNS)
CHANGES: Final = _schema(CHANGE_COLUMNS)
REJECTS: Final = _schema(REJECT_COLUMNS)
SOURCES: Final = _schema(SOURCE_COLUMNS)
