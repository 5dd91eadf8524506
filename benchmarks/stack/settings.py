"""What one process is told at its start: who it is, whom it calls, and how its build behaves."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Settings:
    service: str
    instance: str
    version: str
    port: int
    folder: str
    links: dict[str, str]
    log_file: str
    log_style: str
    log_version: bool
    build: dict[str, Any] = field(default_factory=dict)

    def place(self, name: str) -> Path:
        """A file that the processes of one stack share."""
        return Path(self.folder) / name

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))


def told() -> Settings:
    """Read the file that the command line names."""
    return Settings(**json.loads(Path(sys.argv[1]).read_text()))
