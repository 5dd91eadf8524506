"""The hosts' auth.log: syslog after RFC 3164, local times without zone or year."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import HOUR, MINUTE, SECOND, syslog
from authlogs.simulation.timeline import ACTS, END, ROLLOUTS, START
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import WEB
from authlogs.simulation.writers.text import Line

HOSTS = ("bastion-1", *WEB)
GUESSES = ("admin", "oracle", "test", "ubuntu", "postgres", "git", "deploy")


def _line(moment: int, host: str, program: str, pid: int, text: str) -> Line:
    return moment, f"{syslog(moment)} {host} {program}[{pid}]: {text}"


def _visit(moment: int, host: str, user: str, command: str, dice: Dice) -> list[Line]:
    """Somebody of the team logs in with a key and runs one command."""
    pid = dice.whole(1000, 30000)
    address = f"10.9.0.{dice.whole(10, 60)} port {dice.whole(32768, 60999)}"
    key = dice.word(43, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    later = moment + int(dice.between(8, 40) * SECOND)
    left = later + int(dice.between(60, 900) * SECOND)
    session = "pam_unix(sshd:session): session"
    sudo = f"    {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND={command}"
    return [
        _line(moment, host, "sshd", pid,
              f"Accepted publickey for {user} from {address} ssh2: ED25519 SHA256:{key}"),
        _line(moment, host, "sshd", pid, f"{session} opened for user {user}(uid=1004) by (uid=0)"),
        (later, f"{syslog(later)} {host} sudo: {sudo}"),
        _line(left, host, "sshd", pid, f"{session} closed for user {user}"),
    ]  # fmt: skip


def _bot(moment: int, dice: Dice) -> list[Line]:
    """A machine on the internet guesses at the bastion, as all day long."""
    pid = dice.whole(1000, 30000)
    source = f"192.0.2.{dice.whole(1, 255)} port {dice.whole(32768, 60999)}"
    draw = dice.unit()
    if draw < 0.35:
        root = f"Failed password for root from {source} ssh2"
        times = dice.whole(2, 6)
        return [
            _line(moment, "bastion-1", "sshd", pid, root),
            _line(moment + 5 * SECOND, "bastion-1", "sshd", pid,
                  f"message repeated {times} times: [ {root}]"),
        ]  # fmt: skip
    name = dice.pick(GUESSES)
    found = [_line(moment, "bastion-1", "sshd", pid, f"Invalid user {name} from {source}")]
    if draw < 0.8:
        words = f"Failed password for invalid user {name} from {source} ssh2"
        found.append(_line(moment + 2 * SECOND, "bastion-1", "sshd", pid, words))
    words = f"Connection closed by invalid user {name} {source} [preauth]"
    found.append(_line(moment + 3 * SECOND, "bastion-1", "sshd", pid, words))
    return found


def _team(dice: Dice) -> list[Line]:
    found = []
    for rollout in ROLLOUTS:
        for host, moment in rollout.switches:
            if host in HOSTS:
                command = f"/usr/local/bin/release web {rollout.version}"
                found.extend(_visit(moment - 40 * SECOND, host, "deploy", command, dice))
    for act in ACTS:
        if act.change_type in ("failover", "session_flush"):
            command = f"/usr/local/bin/{act.change_type.replace('_', '-')}"
            found.extend(_visit(act.start - 90 * SECOND, "bastion-1", act.actor, command, dice))
    for clock, host in ((9.91, "bastion-1"), (10.4, "web-3"), (12.3, "web-1")):
        command = "/usr/bin/journalctl -u web"
        found.extend(_visit(int(clock * HOUR), host, "sduque", command, dice))
    return found


def lines(_traffic: Traffic, dice: Dice) -> list[Line]:
    """Return cron, the team's visits and the guesses of strangers."""
    found = _team(dice)
    for minute in range(START, END, MINUTE):
        if dice.chance(0.6):
            found.extend(_bot(dice.within(minute, 50 * SECOND), dice))
        if minute % (10 * MINUTE) == 0:
            for host in HOSTS:
                moment = minute + SECOND
                words = "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
                found.append(_line(moment, host, "CRON", dice.whole(1000, 30000), words))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return an unknown user whose name is the attacker's text."""
    name = text.replace("\x1b", "#033")
    source = f"192.0.2.{dice.whole(1, 255)} port {dice.whole(32768, 60999)}"
    words = f"Invalid user {name} from {source}"
    return _line(moment, "bastion-1", "sshd", dice.whole(1000, 30000), words)[1]
