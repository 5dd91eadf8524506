"""How lines look: for each kind of log some templates, each with its share of the records.

Between angle brackets stands what is drawn for each record: `<ip>`, `<user>`, `<agent>`, `<page>`,
`<session>`, a whole number `<1..90>`, one of some words `<ok*9|failed>` (nine times as often),
`<hex 16>`, `<code 32>`, and the time, `<clock FORMAT>`, with 3 or 6 digits of the second where it
says `<clock.3 FORMAT>`. A name in front (`<pid=1..99>`) lets the same value come again as `<pid>`.
"""

from typing import Final

Templates = tuple[tuple[float, str], ...]

_CLF: Final = "<ip> - <-*40|ana|luis> [<clock %d/%b/%Y:%H:%M:%S +0000>]"
_APP: Final = "https://app.acme.example"
_FINE: Final = "<200*8|304|500> <0..40000>"
_SAW: Final = f'"{_APP}/" "<agent>"'

NGINX: Final[Templates] = (
    (0.26, f'{_CLF} "GET <page> HTTP/1.1" {_FINE} {_SAW}'),
    (0.38, f'{_CLF} "GET /api/<thing>/<1..900000>?page=<1..40> HTTP/1.1" {_FINE} {_SAW}'),
    (0.12, f'{_CLF} "GET /api/session HTTP/1.1" <200*9|401> <90..900> {_SAW}'),
    (0.09, f'{_CLF} "POST /login HTTP/1.1" <302*8|401|429> 0 "{_APP}/login" "<agent>"'),
    (0.08, f'{_CLF} "GET /oauth/callback?code=<code 32>&state=<code 16> HTTP/1.1"'
           ' <302*12|400|502|504> 0 "https://login.acme.example/" "<agent>"'),
    (0.01, f'{_CLF} "GET /reset?token=<hex 40> HTTP/1.1" 200 <90..900> "-" "<agent>"'),
    (0.05, f'{_CLF} "GET <page> HTTP/1.1" {_FINE}'
           f' "{_APP}/oauth/callback?code=<code 32>&state=<code 16>" "<agent>"'),
    (0.01, f'{_CLF} "GET /<.env|wp-login.php|.git/HEAD> HTTP/1.1" 404 146 "-" "-"'),
)  # fmt: skip

_FAULT: Final = "<clock %Y/%m/%d %H:%M:%S> [error] <pid=1400..1432>#<pid>: *<1..9000000>"
_ASKED: Final = (
    ', client: <ip>, server: app.acme.example, request: "GET /api/<which=thing> HTTP/1.1",'
    ' upstream: "http://10.20.1.<20..40>:8080/api/<which>", host: "app.acme.example"'
)

NGINX_ERROR: Final[Templates] = (
    (0.55, f"{_FAULT} recv() failed (104: Connection reset by peer) while reading response header"
           f" from upstream{_ASKED}"),
    (0.2, f'{_FAULT} limiting requests, excess: 5.<100..999> by zone "login"{_ASKED}'),
    (0.1, f'{_FAULT} user "<user>": password mismatch{_ASKED}'),
    (0.15, "<clock %Y/%m/%d %H:%M:%S> [info] <pid=1400..1432>#<pid>: *<1..9000000>"
           " SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL"
           " handshaking, client: <ip>, server: 0.0.0.0:443"),
)  # fmt: skip

_WEB: Final = (
    '{"timestamp":"<clock.6 %Y-%m-%dT%H:%M:%S.>Z","level":"LEVEL","logger":"web.auth",'
    '"event":"EVENT","service":"web","service_version":"5.<12|13>.<0..4>","instance":"web-<1..9>",'
    '"zone":"bog-<a|b|c>"'
)
_WHO: Final = (
    '"user":"<user>","client":"<web|ios|android>","trace_id":"<hex 16>","session_id":"<session>"'
)
_FROM: Final = (
    '"auth_method":"password","idp":"keycloak","client_ip":"<ip>","duration_ms":<9..400>,'
    '"request":{"method":"POST","path":"/loginMORE","bytes":<90..900>},'
    '"device":{"os":"<ios|linux|win>","build":<1..500>}}'
)
_LOGIN: Final = _WEB.replace("EVENT", "login")
_ISSUED: Final = (
    f'{_WEB},"outcome":"success",{_WHO},"jti":"<hex 16>","kid":"web-2024-04","expires_in":1800,'
    '"duration_ms":<2..90>,"grant":{"type":"authorization_code","scopes":["openid","profile"],'
    '"consent":<true|false>,"rule":<1..60>}'
).replace("LEVEL", "info").replace("EVENT", "token_issue")  # fmt: skip
_IN: Final = f'{_LOGIN},"outcome":"success",{_WHO},{_FROM}'.replace("LEVEL", "info")
_OUT: Final = (
    f'{_LOGIN},"outcome":"failure","error":"invalid_grant",'
    '"reason":"<invalid_credentials|unknown_user>","error_description":"Invalid user credentials",'
    f"{_WHO},{_FROM}"
).replace("LEVEL", "warning").replace("MORE", "")  # fmt: skip

JSON: Final[Templates] = (
    (0.42, _IN.replace("MORE", "")),
    (0.05, _IN.replace("MORE", "?next=%2Foauth&code=<code 24>")),
    (0.08, _OUT),
    (0.35, f"{_ISSUED}}}"),
    (0.02, f'{_ISSUED},"debug":{{"client_secret":"<code 24>","flow":"code"}}}}'),
    (0.08, _WEB.replace("LEVEL", "debug").replace("EVENT", "cache_refreshed")
           + ',"entries":<1..2000>,"cache":{"name":"jwks","hits":<1..90000>,"misses":<1..90>}}'),
)  # fmt: skip

_SSHD: Final = "<clock %b %e %H:%M:%S> bastion-<1|2> sshd[<900..32000>]:"
_PEER: Final = "from <ip> port <1024..65536>"
_GUESS: Final = "<admin|postgres|oracle|test|git|ubuntu|pi|ftp>"

SSHD: Final[Templates] = (
    (0.35, f"{_SSHD} Failed password for invalid user {_GUESS} {_PEER} ssh2"),
    (0.2, f"{_SSHD} Failed password for <user> {_PEER} ssh2"),
    (0.12, f"{_SSHD} Accepted publickey for <user> {_PEER} ssh2: ED25519 SHA256:<code 42>"),
    (0.15, f"{_SSHD} Connection closed by invalid user {_GUESS} <ip> port <1024..65536> [preauth]"),
    (0.1, f"{_SSHD} pam_unix(sshd:session): session opened for user <user>(uid=<1000..9000>)"
          " by (uid=0)"),
    (0.08, f"{_SSHD} pam_unix(sshd:session): session closed for user <user>"),
)  # fmt: skip

_ISSUER: Final = (
    'time=<clock.3 %Y-%m-%dT%H:%M:%S.>Z level=LEVEL msg="SAID" service=token-issuer version=2.8.1'
    " instance=issuer-<1|2> zone=bog-<a|b>"
)
_EXCHANGE: Final = (
    "trace_id=<hex 16> user=<user> client=<web|ios> idp=keycloak kid=k-2024-03 duration_ms=<4..90>"
)

LOGFMT: Final[Templates] = (
    (0.85, _ISSUER.replace("LEVEL", "info").replace("SAID", "token exchanged")
           + f" event=token_exchange outcome=success {_EXCHANGE}"),
    (0.12, _ISSUER.replace("LEVEL", "warn").replace("SAID", "token exchange refused")
           + " event=token_exchange outcome=failure error=invalid_grant code=<code 24>"
           f" {_EXCHANGE}"),
    (0.03, _ISSUER.replace("LEVEL", "info").replace("SAID", "signing keys refreshed")
           + " event=key_fetch outcome=success kid=k-2024-03 keys=<1..4>"),
)  # fmt: skip

_COMMA: Final = "<clock.3 %Y-%m-%d %H:%M:%S,>"
_UUID: Final = "<hex 8>-<hex 4>-<hex 4>-<hex 4>-<hex 12>"
_REALM: Final = f'realmId="acme", realmName="acme", clientId="web", userId="{_UUID}"'
_EVENT: Final = f'[org.keycloak.events] (executor-thread-<1..40>) type="TYPE", {_REALM}'
_SESSION: Final = f'sessionId="{_UUID}"'

KEYCLOAK: Final[Templates] = (
    (0.35, f"{_COMMA} INFO  {_EVENT}, {_SESSION}".replace("TYPE", "LOGIN")
           + ', ipAddress="<ip>", auth_method="openid-connect", auth_type="code",'
           f' redirect_uri="{_APP}/oauth/callback", code_id="{_UUID}", username="<user>"'),
    (0.3, f"{_COMMA} INFO  {_EVENT}, {_SESSION}".replace("TYPE", "CODE_TO_TOKEN")
          + ', ipAddress="10.20.1.<20..60>", grant_type="authorization_code",'
          ' client_auth_method="client-secret"'),
    (0.2, f"{_COMMA} INFO  {_EVENT}, {_SESSION}".replace("TYPE", "REFRESH_TOKEN")
          + f', ipAddress="10.20.1.<20..60>", token_id="{_UUID}", grant_type="refresh_token"'),
    (0.1, f"{_COMMA} WARN  {_EVENT}".replace("TYPE", "LOGIN_ERROR")
          + ', ipAddress="<ip>", error="<invalid_user_credentials|user_not_found|expired_code>",'
          ' auth_method="openid-connect", username="<user>"'),
    (0.05, f"{_COMMA} WARN  [org.keycloak.services] (executor-thread-<1..40>) KC-SERVICES0091:"
           " Request is missing scope 'openid' so it's not treated as OIDC"),
)  # fmt: skip

_GATEWAY: Final = (
    "service=gateway version=4.3.1 instance=gw-<1..4> zone=bog-<a|b|c> jti=<hex 16> user=<user>"
    " client=<web|ios> request_id=<hex 12> duration_ms=<1..30>"
)

PYTHON_LOGGING: Final[Templates] = (
    (0.86, f"{_COMMA} INFO gateway.auth: token_validate outcome=success status=200 {_GATEWAY}"),
    (0.1, f"{_COMMA} WARNING gateway.auth: token_validate outcome=failure"
          f" reason=<token_expired|invalid_signature|unknown_key> status=401 {_GATEWAY}"),
    (0.04, f"{_COMMA} INFO gateway.keys: key_fetch outcome=success kid=web-2024-04 keys=<1..4>"),
)  # fmt: skip

_DATABASE: Final = "<clock.3 %Y-%m-%d %H:%M:%S.> +00 [<600..9000>]"

POSTGRESQL: Final[Templates] = (
    (0.3, f"{_DATABASE} LOG:  connection received: host=10.20.2.<10..60> port=<1024..65536>"),
    (0.3, f"{_DATABASE} LOG:  connection authorized: user=<web|issuer> database=app"),
    (0.3, f"{_DATABASE} LOG:  duration: <200..9000>.<100..999> ms  statement: update profile"
          " set last_seen = now() where user_id = <1..900000>"),
    (0.07, f'{_DATABASE} FATAL:  password authentication failed for user "<user>"'),
    (0.03, f"{_DATABASE} LOG:  checkpoint complete: wrote <1..9000> buffers (4.3%)"),
)  # fmt: skip

_FRAMES: Final = (
    "\n\tat org.keycloak.<connections.jpa.JpaUtils|models.jpa.JpaUserProvider|services.Resteasy>"
    ".<find|handle|dispatch>(<JpaUtils|JpaUserProvider|Handler>.java:<20..900>)"
) * 7
_LINES: Final = (
    '\n  File "/srv/gateway/<upstream|pool|session|auth>.py", line <10..900>, in forward'
    "\n    response = session.send(request)"
) * 5

JAVA_TRACES: Final[Templates] = (
    *((share / 2, line) for share, line in KEYCLOAK),
    (0.5, f"{_COMMA} ERROR [org.keycloak.services.error.KeycloakErrorHandler]"
          " (executor-thread-<1..40>) Uncaught server error: org.keycloak.models.ModelException:"
          f" <fault=Connection is closed|Timeout waiting for a connection>{_FRAMES}"
          f"\nCaused by: java.sql.SQLException: <fault>{_FRAMES}\n\t... <20..90> more"),
)  # fmt: skip
PYTHON_TRACES: Final[Templates] = (
    *((share / 2, line) for share, line in PYTHON_LOGGING),
    (0.5, f"{_COMMA} ERROR gateway.upstream: upstream read failed service=gateway version=4.3.1"
          " instance=gw-<1..4> upstream=profile request_id=<hex 12>"
          f"\nTraceback (most recent call last):{_LINES}"
          "\ngateway.pool.ReadTimeout: profile did not answer within <2..9>.0 s"),
)  # fmt: skip
