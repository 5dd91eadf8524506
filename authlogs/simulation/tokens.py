"""Raw session tokens, as a careless debug statement writes them."""

import base64
import json

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import SECOND, aware
from authlogs.simulation.signin import SignIn
from authlogs.simulation.timeline import TOKEN_LIFE


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw_token(made: SignIn, dice: Dice) -> str:
    """Return a JWT (RFC 7519) for a sign-in; the signature is noise, good or bad."""
    issued = int(aware(made.issued_at).timestamp())
    header = {"alg": "ES256", "typ": "JWT", "kid": "web-2024-04"}
    payload = {
        "iss": "https://app.acme.example",
        "sub": made.user.user_id,
        "aud": "gateway",
        "jti": made.jti,
        "iat": issued,
        "exp": issued + TOKEN_LIFE // SECOND,
    }
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, payload)]
    signature = bytes(dice.whole(0, 256) for _ in range(64))
    return ".".join(_base64url(part) for part in (*parts, signature))
