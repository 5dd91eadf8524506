"""The command line: one sub-command per public function."""

from authlogs.cli.entry import main, run

__all__ = ["main", "run"]
