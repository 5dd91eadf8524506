"""One sign-in and one presentation of a token: the records that all logs are written from."""

from dataclasses import dataclass

from authlogs.simulation.behaviour import PROVIDER_TIMEOUT, UNKNOWN_USER, WRONG_PASSWORD
from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import SECOND
from authlogs.simulation.timeline import (
    GUILTY,
    TOKEN_LIFE,
    build_of,
    database_slowness,
)
from authlogs.simulation.world import GATEWAYS, ISSUERS, WEB, User

MILLI = 1000
PASSWORDS_TYPED_AS_NAMES = ("Verano2024!", "Bogota#1982", "hunter2", "Millos2023*")


@dataclass(frozen=True, slots=True)
class SignIn:
    """One attempt to sign in, with the moments at which it passes each system."""

    user: User
    typed: str
    outcome: str
    """issued, wrong_password, unknown_user or provider_timeout"""
    begun_at: int
    """the browser leaves for the provider (single sign-on), or the form arrives"""
    provider_at: int
    arrived_at: int
    """the request that web answers with a session arrives"""
    exchanged_at: int
    issued_at: int
    host: str
    build: str
    issuer: str
    trace_id: str
    session_id: str
    jti: str

    @property
    def bad(self) -> bool:
        """Whether a token came out that no gateway will accept."""
        return self.outcome == "issued" and self.build == GUILTY.version


@dataclass(frozen=True, slots=True)
class Presentation:
    """One token at the gateway; `sign_in` is None for what was never a token of ours."""

    at: int
    sign_in: SignIn | None
    first: bool
    reason: str
    """empty if accepted"""
    instance: str
    build: str
    request_id: str
    duration_ms: int


def _outcome(dice: Dice) -> str:
    draw = dice.unit()
    for share, outcome in (
        (PROVIDER_TIMEOUT, "provider_timeout"),
        (UNKNOWN_USER, "unknown_user"),
        (WRONG_PASSWORD, "wrong_password"),
    ):
        if draw < share:
            return outcome
        draw -= share
    return "issued"


def _typed(user: User, outcome: str, dice: Dice) -> str:
    if outcome != "unknown_user":
        return user.name
    if dice.chance(0.15):
        return dice.pick(PASSWORDS_TYPED_AS_NAMES)
    cut = dice.whole(1, len(user.name) - 1)
    return user.name[:cut] + user.name[cut + 1 :]


def sign_in(user: User, moment: int, dice: Dice) -> SignIn:
    """Return a sign-in that begins at a moment; no host is sticky."""
    outcome = _outcome(dice)
    # A little of the database's slowness reaches the sign-in, never an error.
    pace = 1.0 + 0.4 * (database_slowness(moment) - 1.0)
    if user.method == "sso":
        provider_at = moment + int(dice.between(0.9, 3.5) * SECOND)
        arrived_at = provider_at + int(dice.between(60, 240)) * MILLI
    else:
        arrived_at = moment
        provider_at = moment + int(dice.between(35, 110) * pace) * MILLI
    ready = max(provider_at, arrived_at)
    exchanged_at = ready + int(dice.between(14, 50) * pace * MILLI)
    issued_at = exchanged_at + int(dice.between(5, 22) * pace * MILLI)
    host = dice.pick(WEB)
    return SignIn(
        user, _typed(user, outcome, dice), outcome, moment, provider_at, arrived_at,
        exchanged_at, issued_at, host, build_of("web", host, arrived_at), dice.pick(ISSUERS),
        dice.hex(16), dice.uuid(), dice.hex(16),
    )  # fmt: skip


def presentation(token: SignIn | None, moment: int, dice: Dice, *, first: bool) -> Presentation:
    """Return what the gateway makes of a token; the signature is checked before the expiry."""
    if token is None:
        reason = "token_malformed"
    elif token.bad:
        reason = "invalid_signature"
    else:
        reason = "token_expired" if moment >= token.issued_at + TOKEN_LIFE else ""
    instance = dice.pick(GATEWAYS)
    build = build_of("gateway", instance, moment)
    return Presentation(
        moment, token, first, reason, instance, build, dice.hex(12), dice.whole(1, 6)
    )
