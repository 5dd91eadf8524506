"""Writing a scenario: the logs into a folder, the truth beside it."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from authlogs.errors import BadCall
from authlogs.simulation.login_lockout import SEED, Scenario, login_lockout
from authlogs.simulation.truth import Truth

SCENARIOS: Final[Mapping[str, tuple[Callable[..., Scenario], int]]] = {
    "login-lockout": (login_lockout, SEED),
}
COMPRESSED: Final = (".log", ".jsonl")


def _write(folder: Path, name: str, content: bytes) -> None:
    if name.endswith(COMPRESSED):
        # No time in the header: the same scenario gives the same file.
        name, content = f"{name}.gz", gzip.compress(content, 9, mtime=0)
    (folder / name).write_bytes(content)


def simulate(kind: str, out: Path | str, *, seed: int | None = None) -> Truth:
    """Write a simulated incident into the folder `out`, its truth to `out.truth.json` beside it.

    Raises BadCall for an unknown kind, and for a folder that cannot be written.

    >>> simulate("login-lockout", "out/lockout").zone  # doctest: +SKIP
    'America/Bogota'
    """
    if kind not in SCENARIOS:
        raise BadCall(
            f"no incident of the kind {kind!r} can be simulated",
            where="simulate",
            next_step=f"choose one of: {', '.join(SCENARIOS)}",
        )
    make, usual_seed = SCENARIOS[kind]
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)  # before the work: it may not be allowed
        scenario = make(seed=usual_seed if seed is None else seed)
        for name, content in scenario.files.items():
            _write(folder, name, content)
        folder.with_name(f"{folder.name}.truth.json").write_text(scenario.truth.to_json())
    except OSError as error:
        raise BadCall(
            f"the folder cannot be written: {error.strerror}",
            where=str(folder),
            next_step="give a folder that you may write to",
        ) from error
    return scenario.truth
