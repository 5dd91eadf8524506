"""Who signs in: names, passwords, devices, addresses and habits, drawn once for a stack."""

import random
from dataclasses import dataclass

FIRST = "ana bo carla dai eva finn gita hugo ida jon kira leo mina nils olga paul ravi sara tom uma"
LAST = "arias berg costa diaz engel fuchs garcia hahn ito jansen koch lopez meyer novak ortiz park"
SHARES = {
    "chrome": 34,
    "firefox": 14,
    "safari": 16,
    "kiosk": 7,
    "mobile-ios": 15,
    "mobile-android": 14,
}
SCRIPTS = 6


@dataclass
class Person:
    name: str
    password: str
    kind: str
    address: str
    sso: bool
    mfa: bool
    early: bool
    """Renews a token before it ends; others wait for the first refusal."""


def _address(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return f"2001:db8:{dice.randrange(65536):x}::{dice.randrange(1, 65536):x}"
    block = dice.choice(["203.0.113", "198.51.100", "192.0.2"])
    return f"{block}.{dice.randrange(1, 255)}"


def people(
    dice: random.Random, count: int, shares: dict[str, int], sso_share: float, mfa_share: float
) -> list[Person]:
    """Draw people; of those with a browser some come from companies with their own sign-in."""
    names = [f"{first}.{last}" for first in FIRST.split() for last in LAST.split()]
    drawn, kinds = [], SHARES | shares
    for number, name in enumerate(dice.sample(names, count)):
        kind = dice.choices(list(kinds), list(kinds.values()))[0]
        browser = not kind.startswith("mobile")
        sso = browser and dice.random() < sso_share
        mfa = browser and not sso and dice.random() < mfa_share
        word = f"pw-{number}-{dice.randrange(10**6)}"
        early = dice.random() < 0.85
        drawn.append(Person(name, word, kind, _address(dice), sso, mfa, early))
    return drawn


def scripts(dice: random.Random) -> list[Person]:
    """Service accounts: they hold no session and ask for tokens by themselves."""
    return [
        Person(f"job-{n}", "", "script", f"198.51.100.{240 + n}", False, False, dice.random() < 0.8)
        for n in range(SCRIPTS)
    ]
