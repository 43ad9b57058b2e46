"""Runs the installed `freesport` command in a process of its own, as an operator does."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FREESPORT = Path(sys.executable).with_name("freesport")
OURS = ("FREESPORT_", "DAGSTER_", "ONEC_", "CUSTOMER_SYNC_")


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line of stdout."""
        return json.loads(self.out.rstrip("\n").rpartition("\n")[2])


class Installation:
    """A working directory with a database of its own, and nothing else configured."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        self.environment |= {"FREESPORT_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}"}
        self.environment |= {"FREESPORT_EXCHANGE_URL": str(folder / "exchange"), "COLUMNS": "200"}
        self.environment |= {"FREESPORT_ARCHIVE_URL": str(folder / "archive"), **environment}

    def freesport(self, *arguments: object) -> Said:
        command = [str(FREESPORT), *(str(argument) for argument in arguments)]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, with its content and the time it was last written."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
