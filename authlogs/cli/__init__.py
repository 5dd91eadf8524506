"""The command line: one sub-command per public function."""

from authlogs.cli.entry import main

__all__ = ["main"]
