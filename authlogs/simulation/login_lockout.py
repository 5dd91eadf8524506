"""The scenario `login-lockout`: a web release issues session tokens that the gateway refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from authlogs.simulation.alert_rule import REJECTED_SHARE, firings
from authlogs.simulation.changes import alerts_json, changes_csv, deployments_json
from authlogs.simulation.dice import Dice
from authlogs.simulation.malformed import with_malformed
from authlogs.simulation.prose import POSTMORTEM, README
from authlogs.simulation.timeline import ACTS, END, START
from authlogs.simulation.traffic import Traffic, play
from authlogs.simulation.truth import FileTruth, Truth, tell
from authlogs.simulation.writers import LOGS, Log

SEED = 203
"""The seed of `sample_logs/login-lockout`."""


@dataclass(frozen=True)
class Scenario:
    """A folder of files not yet written (content uncompressed, by name), and the truth."""

    files: Mapping[str, bytes]
    truth: Truth


def _log_file(log: Log, traffic: Traffic, seed: int) -> tuple[bytes, FileTruth]:
    written = log.lines(traffic, Dice(seed, log.name))
    # The logs were collected at 16:00; the sort is stable, so equal moments keep their order.
    timed = sorted((line for line in written if line[0] < END), key=lambda line: line[0])
    records, malformed = with_malformed(log, timed, Dice(seed, f"malformed {log.name}"))
    content = b"\n".join(records) + (b"\n" if log.final_newline else b"")
    lines = content.count(b"\n") + (not log.final_newline)
    return content, FileTruth(lines, dict(malformed))


def login_lockout(*, seed: int = SEED) -> Scenario:
    """Return the incident of 3 May 2024 as files in memory, with the truth.

    >>> login_lockout(seed=1).truth.guilty_change_id
    '1529004417'
    """
    traffic = play(seed)
    files: dict[str, bytes] = {}
    told: dict[str, FileTruth] = {}
    for log in LOGS:
        files[log.name], told[log.name] = _log_file(log, traffic, seed)
    shown = traffic.presentations
    failed = [each.at for each in shown if each.reason]
    fired = firings(REJECTED_SHARE, failed, every=[each.at for each in shown], start=START, end=END)
    files |= {
        "deployments.json": deployments_json(),
        "changes.csv": changes_csv(),
        "alerts.json": alerts_json(REJECTED_SHARE, fired),
        "postmortem.md": POSTMORTEM.encode(),
        "README.md": README.encode(),
    }
    truth = tell(traffic, kind="login-lockout", seed=seed, acts=ACTS, firings=fired, files=told)
    return Scenario(files, truth)
