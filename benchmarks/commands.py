"""The commands that are measured, in an environment that knows nothing of the user's own shop."""

import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import Export
from benchmarks.measure import Measured, run
from benchmarks.results import Floor, Scenario, Step
from benchmarks.servers import Server

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


class Failed(RuntimeError):
    """A measured command did something else than what was to be measured."""


@dataclass(frozen=True)
class Shop:
    """One empty shop and where its commands run."""

    work: Path
    server: Server
    database: str
    url: str

    def environment(self) -> dict[str, str]:
        """What its commands know of it."""
        return command_environment(self.work) | {
            "FREESPORT_DATABASE_URL": self.url,
            "FREESPORT_EXCHANGE_URL": str(self.work / "exchange"),
            "FREESPORT_ARCHIVE_URL": str(self._archive),
            "FREESPORT_BACKUP_URL": str(self.work / "backups"),
            "FREESPORT_SENSOR_ENABLED": "false",
        }

    def prepare(self) -> None:
        """Make the tables, so that their migrations are no part of the first import."""
        self._run(str(SCRIPTS / "freesport"), "sessions")

    def step(self, scenario: Scenario, export: Export, *words: str, goods: int | None, ends: Collection[str]) -> Step:
        """Measure `freesport WORDS EXPORT --json`.

        :param ends: how the session must end for the step to be what it is called
        """
        self.server.settle()
        before = self.server.cpu_seconds()
        command = (str(SCRIPTS / "freesport"), *words, str(export.folder), "--json")
        measured = self._run(*command)
        server_cpu = self.server.cpu_seconds() - before
        # a drop stays in the archive with all its files: at full size six gigabytes per step
        shutil.rmtree(self._archive, ignore_errors=True)
        report = _last_line(measured)
        if report["status"] not in ends:
            raise Failed(f"{scenario} on {self.database} ended {report['status']}: {report['errors']}")
        return Step(
            scenario=scenario,
            database=self.database,
            goods=goods,
            rows=export.row_count,
            size_bytes=export.size_bytes,
            began_at=measured.began_at,
            ended_at=measured.ended_at,
            wall_seconds=measured.wall_seconds,
            cpu_seconds=measured.cpu_seconds,
            server_cpu_seconds=server_cpu,
            peak_rss_bytes=measured.peak_rss_bytes,
            peak_rss_with_workers_bytes=measured.peak_rss_with_workers_bytes,
            status=report["status"],
            session_seconds=report["seconds"],
            tables=report["tables"],
        )

    def floor(self, export: Export) -> Floor:
        """Measure the floor of an export in a process of its own."""
        self.server.settle()
        url = self.server.new_database("bare")
        kinds = ",".join(sorted(export.kinds))
        folders = (str(export.folder), str(export.rows_folder))
        measured = self._run(sys.executable, "-m", "benchmarks.floor", *folders, url, kinds)
        self.server.drop_database("bare")
        seconds = _last_line(measured)
        return Floor(**seconds, cpu_seconds=measured.cpu_seconds, peak_rss_bytes=measured.peak_rss_bytes)

    @property
    def _archive(self) -> Path:
        return self.work / "archive"

    def _run(self, *command: str) -> Measured:
        home = dagster_home(self.work)
        measured = run(command, environment=self.environment(), cwd=home, output=self.work)
        if measured.exit_code:
            raise Failed(f"{' '.join(command)} ended with {measured.exit_code}:\n{measured.tail()}")
        return measured


def command_environment(work: Path) -> dict[str, str]:
    """Only what any command needs; HOME is ours too, because it may hold passwords and services of a user."""
    home = str(dagster_home(work))
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "HOME": home,
        "DAGSTER_HOME": home,
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "PYTHONPATH": str(ROOT),
    }


def dagster_home(work: Path) -> Path:
    """A DAGSTER_HOME with the project's own dagster.yaml, whose relative folders then lie beside it."""
    home = work / "dagster-home"
    if not home.is_dir():
        home.mkdir(parents=True)
        shutil.copy(ROOT / "dagster.yaml", home)
    return home


def _last_line(measured: Measured) -> dict[str, Any]:
    lines = measured.stdout.splitlines()
    if not lines:
        raise Failed(f"nothing was printed but:\n{measured.tail()}")
    report: dict[str, Any] = json.loads(lines[-1])
    return report
