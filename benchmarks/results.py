"""What one run of the benchmark has found, as JSON: numbers and the kind of machine, never its name or its folders."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil


class Scenario(StrEnum):
    """What is measured, in the order in which it is measured."""

    full = "full_import"
    recognised = "same_again_recognised"
    compared = "same_again_compared"
    delta = "delta"
    stocks = "stock_update"
    few = "few_stocks"
    same_stocks = "same_stocks"


TITLES = {
    Scenario.full: "full import",
    Scenario.recognised: "same again, recognised",
    Scenario.compared: "same again, compared",
    Scenario.delta: "delta, 2 % changed",
    Scenario.stocks: "stocks, 2 % changed",
    Scenario.few: "stocks, 1,000 rows",
    Scenario.same_stocks: "stocks, none changed",
}


@dataclass(frozen=True)
class Floor:
    """The same files and rows without the software."""

    read_seconds: float
    load_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int

    @property
    def seconds(self) -> float:
        """Reading and loading, one after the other."""
        return self.read_seconds + self.load_seconds


@dataclass
class Step:
    """One command measured."""

    scenario: Scenario
    database: str
    goods: int | None
    """Size of the shop; None: somebody's own data."""
    rows: int
    """Goods, offers, prices and stocks in the files."""
    size_bytes: int
    began_at: float
    ended_at: float
    wall_seconds: float
    cpu_seconds: float
    server_cpu_seconds: float
    peak_rss_bytes: int
    peak_rss_with_workers_bytes: int
    status: str
    session_seconds: float | None
    """From the opening of the import session to its end, as the report of the import says."""
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows inserted, updated, unchanged … per live table."""
    floor: Floor | None = None
    start_seconds: float | None = None
    """From the start of the process to the start of the Dagster run: interpreter, imports, instance, plan."""
    run_seconds: float | None = None
    """The Dagster run."""
    parts: dict[str, float] = field(default_factory=dict)
    """Seconds of each of its steps."""

    @property
    def working_seconds(self) -> float:
        """The run without start-up; the whole command where Dagster has no record of it."""
        return self.wall_seconds if self.run_seconds is None else self.run_seconds

    @property
    def rows_per_second(self) -> float:
        """Rows in the files per second of the whole command."""
        return self.rows / self.wall_seconds

    @property
    def ratio(self) -> float | None:
        """How many times the floor the run took."""
        return None if self.floor is None else self.working_seconds / self.floor.seconds


@dataclass
class Results:
    """One run of the benchmark."""

    goods: int | None
    skus: int
    """What the full import has made."""
    data: dict[str, Any]
    """Rows, bytes and totals of the full export."""
    machine: dict[str, Any]
    databases: dict[str, dict[str, Any]]
    steps: list[Step]
    daemon: dict[str, float] | None = None

    @property
    def name(self) -> str:
        """What the file of these results is called."""
        return "own-data" if self.goods is None else str(self.goods)

    def step(self, scenario: Scenario, database: str, goods: int | None = None) -> Step | None:
        """A step on the whole data, or on one of the smaller sizes."""
        wanted = self.goods if goods is None else goods
        found = (s for s in self.steps if (s.scenario, s.database, s.goods) == (scenario, database, wanted))
        return next(found, None)

    def sizes(self) -> list[int]:
        """The sizes that were measured, in goods."""
        return sorted({step.goods for step in self.steps if step.goods is not None})

    def save(self, folder: Path) -> Path:
        """Write `<name>.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Read what `save` has written."""
        document = json.loads(path.read_text(encoding="utf-8"))
        document["steps"] = [_step(step) for step in document["steps"]]
        return cls(**document)


def _step(document: dict[str, Any]) -> Step:
    floor = document.pop("floor")
    scenario = Scenario(document.pop("scenario"))
    return Step(scenario=scenario, floor=Floor(**floor) if floor else None, **document)


def this_machine() -> dict[str, Any]:
    """What decides about speed, without a name."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        "lxml": version("lxml"),
        "dagster": version("dagster"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
