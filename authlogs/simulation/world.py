"""Who signs in, from where, with what; and the machines that serve them."""

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from authlogs.simulation.dice import Dice

ZONES: Final = ("bog-a", "bog-b", "bog-c")
WEB: Final = tuple(f"web-{k}" for k in range(1, 9))
GATEWAYS: Final = ("gw-1", "gw-2", "gw-3")
ISSUERS: Final = ("issuer-1", "issuer-2")


def zone_of(instance: str) -> str:
    """Return the availability zone of an instance."""
    return ZONES[(int(instance.rpartition("-")[2]) - 1) % len(ZONES)]


def address_of(instance: str) -> str:
    """Return the private address of an instance; the third number tells the zone."""
    number = int(instance.rpartition("-")[2])
    return f"10.20.{ZONES.index(zone_of(instance)) + 1}.{10 + number}"


FIRST_NAMES: Final = (
    "adriana alejandro alicia ana andres angela antonio beatriz camila carlos carolina catalina "
    "cesar claudia cristian daniel daniela david diana diego eduardo elena esteban eva fabian "
    "felipe fernando gabriel gloria hector ines ivan jaime javier jorge jose juan juliana julio "
    "laura lucia luis luisa manuel marcela maria mario marta mateo miguel monica natalia nicolas "
    "olga oscar pablo paola pedro rosa sofia"
)
LAST_NAMES: Final = (
    "acosta aguilar alvarez arango arias avila barrera bedoya beltran bernal bueno cano cardenas "
    "castro celis correa cortes diaz duque escobar espinosa florez franco garcia giraldo gomez "
    "guerra henao herrera hoyos jaramillo lara leal lopez lozano marin mejia mendez molina mora "
    "moreno muñoz navarro nuñez ochoa ortiz pardo peña perez pinto prada ramos reyes rios rojas "
    "rueda salas soto tovar vargas velez"
)
FIRST: Final = FIRST_NAMES.split()
LAST: Final = LAST_NAMES.split()
# 60 and 61 have no common divisor: every pair of names below 3,660 differs.

WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
MAC: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
BROWSERS: Final = (
    f"{WINDOWS}) {WEBKIT}",
    f"{WINDOWS}; rv:125.0) Gecko/20100101 Firefox/125.0",
    f"{MAC} (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15",
    f"{WINDOWS}) {WEBKIT} Edg/124.0.0.0",
)
APPS: Final = {
    "ios": ("AcmeApp/7.2.0 (iPhone; iOS 17.4.1)", "AcmeApp/7.1.3 (iPhone; iOS 16.7.7)"),
    "android": ("AcmeApp/7.2.0 (Android 14; SM-S911B)", "AcmeApp/7.2.0 (Android 12; moto g52)"),
}


@dataclass(frozen=True, slots=True)
class User:
    """One person with the one client they mostly use."""

    name: str
    user_id: str
    client: str
    agent: str
    method: str
    ip: str
    polling: bool


def _address(dice: Dice) -> str:
    draw = dice.unit()
    if draw < 0.06:
        return f"203.0.113.{dice.whole(10, 14)}"  # four office networks share an address each
    if draw < 0.10:
        return f"2001:db8:{dice.whole(16, 4096):x}::{dice.whole(1, 65536):x}"
    return f"198.{dice.whole(18, 20)}.{dice.whole(0, 256)}.{dice.whole(1, 255)}"


def _user(number: int, dice: Dice) -> User:
    name = f"{FIRST[number % len(FIRST)]}.{LAST[number % len(LAST)]}"
    name += "@acme.example" if dice.chance(0.1) else ""
    draw = dice.unit()
    client = "web" if draw < 0.55 else "ios" if draw < 0.78 else "android"
    agent = dice.pick(BROWSERS if client == "web" else APPS[client])
    # The company's single sign-on goes through the browser; the apps send a password.
    method = "sso" if client == "web" and dice.chance(0.4) else "password"
    # 3 % of all clients are browser tabs that poll for as long as their cookie lives.
    polling = client == "web" and dice.chance(0.03 / 0.55)
    return User(name, dice.uuid(), client, agent, method, _address(dice), polling)


class Crowd:
    """All users, with few of them signing in far more often than most.

    >>> crowd = Crowd(Dice(1, "users"), size=100)
    >>> len({user.name for user in crowd.users})
    100
    """

    def __init__(self, dice: Dice, *, size: int = 2400) -> None:
        self.users = tuple(_user(number, dice) for number in range(size))
        self._ladder = list(accumulate(1.0 / (rank + 40) for rank in range(size)))

    def someone(self, dice: Dice) -> User:
        """Return a user, drawn by how often each signs in."""
        draw = dice.unit() * self._ladder[-1]
        return self.users[min(bisect(self._ladder, draw), len(self.users) - 1)]
