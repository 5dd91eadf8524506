"""Lines of a web front and its application: nginx access and error logs, JSON lines."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from draws import Block, Part, addresses, agents, joined, users

_APP: Final = "https://app.acme.example"
_PAGES: Final = ("/", "/login", "/account", "/reports", "/help", "/pricing", "/static/app.js")
_THINGS: Final = ("orders", "invoices", "profile", "reports", "devices", "messages", "search")
_SCANNED: Final = ("/.env", "/wp-login.php", "/admin/config.php", "/.git/HEAD", "/phpinfo.php")
_FINE: Final = ("200", "200", "200", "200", "200", "200", "304", "200", "200", "500")
_WEB: Final = tuple(
    f'"service":"web","service_version":"5.{12 + part % 2}.{part % 4}","instance":"web-{part}",'
    f'"zone":"bog-{"abc"[part % 3]}"'
    for part in range(8)
)


def nginx(block: Block) -> pa.Array:
    """The combined format; one request in seven bears a secret in its path or referrer."""
    return block.mixed((
        (0.26, lambda some: _request(some, ("GET ", some.pick(_PAGES)), _FINE)),
        (0.38, _resource),
        (0.12, lambda some: _request(some, ("GET /api/session",), ("200",) * 9 + ("401",))),
        (0.09, lambda some: _request(some, ("POST /login",), ("302",) * 8 + ("401", "429"))),
        (0.08, _callback),
        (0.01, lambda some: _request(some, ("GET /reset?token=", some.hexes(40)), ("200",))),
        (0.05, _came_back),
        (0.01, lambda some: _request(some, ("GET ", some.pick(_SCANNED)), ("404",))),
    ))  # fmt: skip


def _request(
    block: Block, asked: tuple[Part, ...], statuses: tuple[str, ...], referrer: Part = f"{_APP}/"
) -> pa.Array:
    return joined(
        block.skewed(addresses()), " - ", block.pick(("-",) * 40 + ("ana", "luis")),
        " [", block.clock("%d/%b/%Y:%H:%M:%S +0000"), '] "', *asked, ' HTTP/1.1" ',
        block.pick(statuses), " ", block.whole(0, 40_000), ' "', referrer, '" "',
        block.skewed(agents()), '"\n',
    )  # fmt: skip


def _resource(block: Block) -> pa.Array:
    numbered = ("GET /api/", block.pick(_THINGS), "/", block.whole(1, 900_000))
    return _request(block, (*numbered, "?page=", block.whole(1, 40)), _FINE)


def _callback(block: Block) -> pa.Array:
    asked = ("GET /oauth/callback?code=", block.codes(32), "&state=", block.codes(16))
    statuses = ("302",) * 12 + ("400", "502", "504")
    return _request(block, asked, statuses, "https://login.acme.example/")


def _came_back(block: Block) -> pa.Array:
    secret = joined(f"{_APP}/oauth/callback?code=", block.codes(32), "&state=", block.codes(16))
    return _request(block, ("GET ", block.pick(_PAGES)), ("200",), secret)


def nginx_error(block: Block) -> pa.Array:
    """Failing upstreams, refused handshakes, limits and passwords that were wrong."""
    return block.mixed((
        (0.55, lambda some: _fault(some, (
            "recv() failed (104: Connection reset by peer) while reading response header from upstream",
        ))),
        (0.2, lambda some: _fault(some, (
            "limiting requests, excess: 5.", some.whole(100, 999), ' by zone "login"',
        ))),
        (0.1, lambda some: _fault(some, ('user "', some.skewed(users()), '": password mismatch'))),
        (0.15, _handshake),
    ))  # fmt: skip


def _error_head(block: Block, level: str) -> tuple[Part, ...]:
    pid = block.whole(1400, 1432)
    clock = block.clock("%Y/%m/%d %H:%M:%S")
    return (clock, f" [{level}] ", pid, "#", pid, ": *", block.whole(1, 9_000_000), " ")


def _fault(block: Block, words: tuple[Part, ...]) -> pa.Array:
    path = joined("/api/", block.pick(_THINGS))
    return joined(
        *_error_head(block, "error"), *words, ", client: ", block.skewed(addresses()),
        ', server: app.acme.example, request: "GET ', path, ' HTTP/1.1", upstream: "http://10.20.1.',
        block.whole(20, 40), ":8080", path, '", host: "app.acme.example"\n',
    )  # fmt: skip


def _handshake(block: Block) -> pa.Array:
    words = "SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share)"
    where = f"{words} while SSL handshaking, client: "
    peer = block.skewed(addresses())
    return joined(*_error_head(block, "info"), where, peer, ", server: 0.0.0.0:443\n")


def json_lines(block: Block) -> pa.Array:
    """An application's flat and nested keys, about 470 bytes a line."""
    return block.mixed((
        (0.47, lambda some: _login(some, "info", "success", "")),
        (0.08, lambda some: _login(some, "warning", "failure", joined(
            ',"error":"invalid_grant","reason":"', some.pick(("invalid_credentials", "unknown_user")),
            '","error_description":"Invalid user credentials"'))),
        (0.37, _issued),
        (0.08, lambda some: joined(
            *_json_head(some, "debug", "cache_refreshed"), ',"entries":', some.whole(1, 2_000),
            ',"cache":{"name":"jwks","hits":', some.whole(1, 90_000), ',"misses":', some.whole(1, 90),
            "}}\n")),
    ))  # fmt: skip


def _json_head(block: Block, level: str, event: str) -> tuple[Part, ...]:
    clock = block.clock("%Y-%m-%dT%H:%M:%S.", 6)
    told = f'Z","level":"{level}","logger":"web.auth","event":"{event}",'
    return ('{"timestamp":"', clock, told, block.pick(_WEB))


def _person(block: Block) -> tuple[Part, ...]:
    """Who it was; a session goes on for eight lines or so."""
    sessions = Block(block.dice, block.moments[: len(block) // 8 + 1]).hexes(32)
    kind = block.pick(("web", "ios", "android"))
    known = (',"user":"', block.skewed(users()), '","client":"', kind)
    return (*known, '","trace_id":"', block.hexes(16), '","session_id":"', block.pick(sessions), '"')


def _login(block: Block, level: str, outcome: str, why: Part) -> pa.Array:
    """Who came, from where; every tenth goes on at an address that bears a secret."""
    fresh = joined('"/login?next=%2Foauth&code=', block.codes(24), '"')
    on = pc.if_else(pa.array(block.dice.random(len(block)) < 0.1), fresh, '"/login"')
    return joined(
        *_json_head(block, level, "login"), f',"outcome":"{outcome}"', why, *_person(block),
        ',"auth_method":"password","idp":"keycloak","client_ip":"', block.skewed(addresses()),
        '","duration_ms":', block.whole(9, 400), ',"request":{"method":"POST","path":', on,
        ',"bytes":', block.whole(90, 900), '},"device":{"os":"', block.pick(("ios", "linux", "win")),
        '","build":', block.whole(1, 500), "}}\n",
    )  # fmt: skip


def _issued(block: Block) -> pa.Array:
    """A token was issued; every twentieth line logs one that it should not."""
    leaked = joined(',"debug":{"client_secret":"', block.codes(24), '","flow":"code"}')
    extra = pc.if_else(pa.array(block.dice.random(len(block)) < 0.05), leaked, "")
    return joined(
        *_json_head(block, "info", "token_issue"), ',"outcome":"success"', *_person(block),
        ',"jti":"', block.hexes(16), '","kid":"web-2024-04","expires_in":1800,"duration_ms":',
        block.whole(2, 90), ',"grant":{"type":"authorization_code","scopes":["openid","profile"],',
        '"consent":', block.pick(("true", "false")), ',"rule":', block.whole(1, 60), "}", extra,
        "}\n",
    )  # fmt: skip
