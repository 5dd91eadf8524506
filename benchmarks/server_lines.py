"""Lines of the servers behind it: sshd, logfmt, Keycloak, Python's logging, PostgreSQL."""

from typing import Final

import pyarrow as pa

from draws import Block, Part, addresses, joined, users

_GUESSED: Final = ("admin", "postgres", "oracle", "test", "git", "ubuntu", "pi", "user", "ftp")
_DATE: Final = "%Y-%m-%d %H:%M:%S"


def sshd(block: Block) -> pa.Array:
    """OpenSSH in syslog as of RFC 3164: guesses, keys, sessions."""
    return block.mixed((
        (0.35, lambda some: _ssh(some, "Failed password for invalid user ", some.pick(_GUESSED),
                                 *_from(some), " ssh2\n")),
        (0.2, lambda some: _ssh(some, "Failed password for ", some.skewed(users()), *_from(some),
                                " ssh2\n")),
        (0.12, lambda some: _ssh(some, "Accepted publickey for ", some.skewed(users()), *_from(some),
                                 " ssh2: ED25519 SHA256:", some.codes(42), "\n")),
        (0.15, lambda some: _ssh(some, "Connection closed by invalid user ", some.pick(_GUESSED), " ",
                                 some.skewed(addresses()), " port ", some.whole(1024, 65_536),
                                 " [preauth]\n")),
        (0.1, lambda some: _ssh(some, "pam_unix(sshd:session): session opened for user ",
                                some.skewed(users()), "(uid=", some.whole(1000, 9000),
                                ") by (uid=0)\n")),
        (0.08, lambda some: _ssh(some, "pam_unix(sshd:session): session closed for user ",
                                 some.skewed(users()), "\n")),
    ))  # fmt: skip


def _ssh(block: Block, *words: Part) -> pa.Array:
    host = block.pick(("bastion-1", "bastion-2"))
    return joined(block.clock("%b %e %H:%M:%S "), host, " sshd[", block.whole(900, 32_000), "]: ", *words)


def _from(block: Block) -> tuple[Part, ...]:
    return (" from ", block.skewed(addresses()), " port ", block.whole(1024, 65_536))


def logfmt(block: Block) -> pa.Array:
    """A token issuer that writes key=value pairs."""
    return block.mixed((
        (0.85, lambda some: _issuer(some, "info", "token exchanged", "token_exchange", (
            "success trace_id=", some.hexes(16), " user=", some.skewed(users()), " client=",
            some.pick(("web", "ios")), " idp=keycloak kid=k-2024-03 duration_ms=", some.whole(4, 90),
            "\n"))),
        (0.12, lambda some: _issuer(some, "warn", "token exchange refused", "token_exchange", (
            "failure error=invalid_grant trace_id=", some.hexes(16), " user=", some.skewed(users()),
            " client=web idp=keycloak code=", some.codes(24), " duration_ms=", some.whole(4, 90), "\n"))),
        (0.03, lambda some: _issuer(some, "info", "signing keys refreshed", "key_fetch", (
            "success kid=k-2024-03 keys=", some.whole(1, 4), "\n"))),
    ))  # fmt: skip


def _issuer(block: Block, level: str, said: str, event: str, rest: tuple[Part, ...]) -> pa.Array:
    place = block.pick(("issuer-1 zone=bog-a", "issuer-2 zone=bog-b"))
    head = f'Z level={level} msg="{said}" service=token-issuer version=2.8.1 instance='
    clock = block.clock("%Y-%m-%dT%H:%M:%S.", 3)
    return joined("time=", clock, head, place, f" event={event} outcome=", *rest)


def keycloak(block: Block) -> pa.Array:
    """Events of Keycloak since 22, and its own lines."""
    return block.mixed((
        (0.35, lambda some: _event(some, "INFO ", "LOGIN", (
            '", sessionId="', _uuid(some), '", ipAddress="', some.skewed(addresses()),
            '", auth_method="openid-connect", auth_type="code", redirect_uri="https://app.acme.example',
            '/oauth/callback", code_id="', _uuid(some), '", username="', some.skewed(users()), '"\n'))),
        (0.3, lambda some: _event(some, "INFO ", "CODE_TO_TOKEN", (
            '", sessionId="', _uuid(some), '", ipAddress="10.20.1.', some.whole(20, 60),
            '", grant_type="authorization_code", client_auth_method="client-secret"\n'))),
        (0.2, lambda some: _event(some, "INFO ", "REFRESH_TOKEN", (
            '", sessionId="', _uuid(some), '", ipAddress="10.20.1.', some.whole(20, 60),
            '", token_id="', _uuid(some), '", grant_type="refresh_token"\n'))),
        (0.1, lambda some: _event(some, "WARN ", "LOGIN_ERROR", (
            '", ipAddress="', some.skewed(addresses()), '", error="',
            some.pick(("invalid_user_credentials", "user_not_found", "expired_code")),
            '", auth_method="openid-connect", username="', some.skewed(users()), '"\n'))),
        (0.05, lambda some: joined(
            some.clock(f"{_DATE},", 3), " WARN  [org.keycloak.services] (executor-thread-",
            some.whole(1, 40), ") KC-SERVICES0091: Request is missing scope 'openid' so it's not",
            " treated as OIDC, but just pure OAuth2 request.\n")),
    ))  # fmt: skip


def _event(block: Block, level: str, kind: str, rest: tuple[Part, ...]) -> pa.Array:
    head = f'type="{kind}", realmId="acme", realmName="acme", clientId="web", userId="'
    thread = ("(executor-thread-", block.whole(1, 40), ") ")
    clock = block.clock(f"{_DATE},", 3)
    return joined(clock, f" {level} [org.keycloak.events] ", *thread, head, _uuid(block), *rest)


def _uuid(block: Block) -> pa.Array:
    parts = (block.hexes(8), block.hexes(4), block.hexes(4), block.hexes(4), block.hexes(12))
    return joined(parts[0], "-", parts[1], "-", parts[2], "-", parts[3], "-", parts[4])


def python_logging(block: Block) -> pa.Array:
    """A gateway that checks tokens and logs pairs."""
    return block.mixed((
        (0.86, lambda some: _gateway(some, "INFO gateway.auth", "token_validate", (
            "success status=200", *_checked(some)))),
        (0.1, lambda some: _gateway(some, "WARNING gateway.auth", "token_validate", (
            "failure reason=", some.pick(("token_expired", "invalid_signature", "unknown_key")),
            " status=401", *_checked(some)))),
        (0.04, lambda some: _gateway(some, "INFO gateway.keys", "key_fetch", (
            "success kid=web-2024-04 keys=", some.whole(1, 4), "\n"))),
    ))  # fmt: skip


def _gateway(block: Block, head: str, event: str, rest: tuple[Part, ...]) -> pa.Array:
    return joined(block.clock(f"{_DATE},", 3), f" {head}: {event} outcome=", *rest)


def _checked(block: Block) -> tuple[Part, ...]:
    place = block.pick(("gw-1 zone=bog-a", "gw-2 zone=bog-b", "gw-3 zone=bog-c"))
    return (
        " service=gateway version=4.3.1 instance=", place, " jti=", block.hexes(16), " user=",
        block.skewed(users()), " client=", block.pick(("web", "ios")), " request_id=", block.hexes(12),
        " duration_ms=", block.whole(1, 30), "\n",
    )  # fmt: skip


def postgresql(block: Block) -> pa.Array:
    """Connections, slow statements and refusals."""
    return block.mixed((
        (0.3, lambda some: _database(some, "LOG:  connection received: host=10.20.2.",
                                     some.whole(10, 60), " port=", some.whole(1024, 65_536), "\n")),
        (0.3, lambda some: _database(some, "LOG:  connection authorized: user=",
                                     some.pick(("web", "issuer")), " database=app\n")),
        (0.3, lambda some: _database(some, "LOG:  duration: ", some.whole(200, 9000), ".",
                                     some.whole(100, 999), " ms  statement: update profile set",
                                     " last_seen = now() where user_id = ", some.whole(1, 900_000),
                                     "\n")),
        (0.07, lambda some: _database(some, "FATAL:  password authentication failed for user \"",
                                      some.skewed(users()), '"\n')),
        (0.03, lambda some: _database(some, "LOG:  checkpoint complete: wrote ",
                                      some.whole(1, 9000), " buffers (4.3%)\n")),
    ))  # fmt: skip


def _database(block: Block, *words: Part) -> pa.Array:
    return joined(block.clock(f"{_DATE}.", 3), " +00 [", block.whole(600, 9000), "] ", *words)
