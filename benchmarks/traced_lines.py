"""Records of many lines: every second one carries the stack trace of an exception."""

from typing import Final

import pyarrow as pa

from draws import Block, joined
from server_lines import keycloak, python_logging

_FRAMES: Final = (
    "org.keycloak.connections.jpa.JpaUtils.find(JpaUtils.java",
    "org.keycloak.models.jpa.JpaUserProvider.getUserByUsername(JpaUserProvider.java",
    "org.keycloak.authentication.AuthenticationProcessor.authenticate(AuthenticationProcessor.java",
    "org.keycloak.services.resources.LoginActionsService.processFlow(LoginActionsService.java",
    "io.quarkus.vertx.http.runtime.QuarkusHttpHandler.handle(QuarkusHttpHandler.java",
    "io.vertx.core.impl.ContextInternal.dispatch(ContextInternal.java",
)
_FILES: Final = ("upstream.py", "pool.py", "session.py", "auth.py", "middleware.py")


def java_traces(block: Block) -> pa.Array:
    """Keycloak's log with exceptions of 17 lines and a cause."""
    return block.mixed(((0.5, keycloak), (0.5, _java)))


def python_traces(block: Block) -> pa.Array:
    """A gateway's log with tracebacks of 12 lines."""
    return block.mixed(((0.5, python_logging), (0.5, _traceback)))


def _java(block: Block) -> pa.Array:
    fault = block.pick(("Connection is closed", "Timeout waiting for a connection"))
    deeper = [
        part
        for _ in range(7)
        for part in ("\tat ", block.pick(_FRAMES), ":", block.whole(20, 900), ")\n")
    ]
    return joined(
        block.clock("%Y-%m-%d %H:%M:%S,", 3), " ERROR [org.keycloak.services.error.KeycloakErrorHandler]",
        " (executor-thread-", block.whole(1, 40), ") Uncaught server error: ",
        "org.keycloak.models.ModelException: ", fault, "\n", *deeper,
        "Caused by: java.sql.SQLException: ", fault, "\n", *deeper, "\t... ", block.whole(20, 90),
        " more\n",
    )  # fmt: skip


def _traceback(block: Block) -> pa.Array:
    frames = [
        part
        for _ in range(5)
        for part in (
            '  File "/srv/gateway/', block.pick(_FILES), '", line ', block.whole(10, 900),
            ", in forward\n    response = session.send(request)\n",
        )
    ]  # fmt: skip
    return joined(
        block.clock("%Y-%m-%d %H:%M:%S,", 3), " ERROR gateway.upstream: upstream read failed ",
        "service=gateway version=4.3.1 instance=gw-", block.pick(("1", "2", "3")),
        " upstream=profile request_id=", block.hexes(12), "\nTraceback (most recent call last):\n",
        *frames, "gateway.pool.ReadTimeout: profile did not answer within ", block.whole(2, 9), ".0 s\n",
    )  # fmt: skip
