"""Runs `freesport` in this process, which is ten times faster than in one of its own."""

import json
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from freesport_pipelines.cli.app import app


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


class Commands:
    """`freesport("backup", "--json")`."""

    def __call__(self, *arguments: object) -> Said:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)
