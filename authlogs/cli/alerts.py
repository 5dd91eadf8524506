"""`alerts`: when rules would have fired, what that gains, and what it costs in false alarms."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from authlogs.cli.asking import read_history, shown
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import Reading, read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.cli.writing import write_text
from authlogs.errors import BadCall

if TYPE_CHECKING:
    import pyarrow as pa

    from authlogs.analysis.alerts.proposals import Proposals

WRITTEN: Final = ("rules.yml", "prometheus.yml", "sigma.yml")


@click.command("alerts")
@reads_logs
@click.option(
    "--rules",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Our own rules or Sigma's (docs/alerts.md); without them rules come from the incident.",
)
@click.option(
    "--history",
    type=click.Path(),
    metavar="PATH",
    help="Normal time of the same service: logs, a store, or a roll-up as .parquet.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"Write proposed rules into DIR: {', '.join(WRITTEN)}.",
)
@click.option("--metric", default="authlogs_events_total", show_default=True,
              help="The counter that exported Prometheus rules ask.")  # fmt: skip
def alerts_command(asked: Asked, *, rules: Path | None, out: Path | None, metric: str) -> int:
    """Replay alert rules over the incident and the normal time around it, or propose rules."""
    from authlogs.analysis.alerts.replay import replay_alerts
    from authlogs.analysis.alerts.sigma_alerts import read_any
    from authlogs.analysis.alerts.words import proposal_lines, replay_lines

    if rules is not None and out is not None:
        raise BadCall("--out writes proposed rules", next_step="leave out --rules or --out")
    told = read_any(rules) if rules is not None else None
    progress("reading …")
    reading = read_asked(asked)
    reading.say_what_was_read()
    further = _history(asked)
    zone = asked.display_zone or "UTC"
    # Rules speak of true names, so events keep theirs; what an alert said is shown.
    logs = replace(reading.logs, changes=_shown_changes(reading, asked))
    if told is not None:
        for line in replay_lines(replay_alerts(logs, told, history=further), zone):
            show(line)
        return reading.exit_code
    from authlogs.analysis.alerts.proposals import propose_alerts
    from authlogs.analysis.investigation import investigate

    progress("investigating …")
    found = investigate(logs)
    if not found.incidents:
        show("no incident was found: there is nothing to learn a rule from")
        return reading.exit_code
    proposals = propose_alerts(found, history=logs if further is None else further)
    for line in proposal_lines(proposals):
        show(line)
    if not proposals.rules:
        return reading.exit_code
    show("\nReplayed over the incident and the normal time")
    replay = replay_alerts(logs, proposals.rules, incidents=found.incidents, history=further)
    for line in replay_lines(replay, zone):
        show(line)
    if out is not None:
        _write(proposals, out, metric)
    return reading.exit_code


def _history(asked: Asked) -> Any:
    """Return the normal time, if any: a roll-up in one Parquet file, a store, or logs."""
    path = Path(asked.history or "")
    if path.suffix == ".parquet" and path.is_file():
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            raise BadCall(
                f"the roll-up cannot be read: {error}",
                where=str(path),
                next_step="write it with pyarrow.parquet.write_table(al.rollup(…), path)",
            ) from error
    return read_history(asked)


def _shown_changes(reading: Reading, asked: Asked) -> "pa.Table":
    import pyarrow.dataset as ds

    from authlogs.schema import EVENTS

    alone = replace(reading.logs, dataset=ds.dataset(EVENTS.empty_table()))
    return shown(replace(reading, logs=alone), asked).changes


def _write(proposals: "Proposals", out: Path, metric: str) -> None:
    texts = (proposals.to_yaml(), proposals.to_prometheus(metric=metric), proposals.to_sigma())
    for name, text in zip(WRITTEN, texts, strict=True):
        write_text(out / name, text, what="rules", folder=True)
    say(f"rules: {out}")
