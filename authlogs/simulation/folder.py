"""Writing a scenario: the logs into a folder, the truth beside it."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from authlogs.errors import BadCall
from authlogs.simulation.incidents.declarations import declared
from authlogs.simulation.login_lockout import SEED, login_lockout
from authlogs.simulation.truth import Truth

COMPRESSED: Final = (".log", ".jsonl")


class Told(Protocol):
    """A truth: it can be written."""

    def to_json(self) -> str:
        """Return the truth as JSON text."""


class Made(Protocol):
    """Files by name, and the truth about them."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Content by name."""

    @property
    def truth(self) -> Any:
        """What is to be found."""


def _incident(kind: str) -> Callable[..., Made]:
    def make(*, seed: int, **options: Any) -> Made:
        from authlogs.simulation.incidents.scenario import incident  # numpy: only when needed

        return incident(kind, seed=seed, **options)

    return make


def _lockout(*, seed: int, **options: Any) -> Made:
    if options:
        raise BadCall(
            f"login-lockout takes no option {next(iter(options))!r}",
            where="simulate",
            next_step="give a seed alone, or choose another kind",
        )
    return login_lockout(seed=seed)


SCENARIOS: Final[Mapping[str, tuple[Callable[..., Made], int]]] = {
    "login-lockout": (_lockout, SEED),
} | {kind: (_incident(kind), 1) for kind in declared()}


def _write(folder: Path, name: str, content: bytes, *, compress: bool) -> None:
    if compress and name.endswith(COMPRESSED):
        # No time in the header: the same scenario gives the same file.
        name, content = f"{name}.gz", gzip.compress(content, 9, mtime=0)
    (folder / name).write_bytes(content)


def simulate(
    kind: str,
    out: Path | str,
    *,
    seed: int | None = None,
    lines: int | None = None,
    **options: Any,
) -> Truth | Any:
    """Write a simulated incident into the folder `out`, its truth to `out.truth.json` beside it.

    `lines` bounds the lines of the logs (200,000 unless told otherwise; busier sites are thinned).
    Other options fix what the seed would draw: `rate` (logins a minute), `history` (minutes before
    the fault), `changes` (innocent ones), `versions`, `successes`, `going_on`, `way`.
    Raises BadCall for an unknown kind or option, and for a folder that cannot be written.

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
    if lines is not None:
        options["lines"] = lines
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)  # before the work: it may not be allowed
        scenario = make(seed=usual_seed if seed is None else seed, **options)
        for name, content in scenario.files.items():
            _write(folder, name, content, compress=kind == "login-lockout")
        folder.with_name(f"{folder.name}.truth.json").write_text(scenario.truth.to_json())
    except OSError as error:
        raise BadCall(
            f"the folder cannot be written: {error.strerror}",
            where=str(folder),
            next_step="give a folder that you may write to",
        ) from error
    return scenario.truth
