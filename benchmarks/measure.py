"""Run a command in a fresh process and take its measure: wall, CPU, memory. Knows nothing of what the command does."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
_LOOK_FOR_WORKERS_EVERY = 5
"""Samples between two searches for worker processes: a search reads the whole process table."""


@dataclass(frozen=True)
class Measured:
    """One command, done."""

    began_at: float
    """Seconds since the epoch, as Dagster records its runs."""
    ended_at: float
    wall_seconds: float
    cpu_seconds: float
    """User and system time of the process and its workers."""
    peak_rss_bytes: int
    """Most memory that the process itself ever held."""
    peak_rss_with_workers_bytes: int
    """Greatest sum over the process and its workers at one moment; pages they share count for each."""
    exit_code: int
    stdout: str
    stderr: str

    def tail(self) -> str:
        """The end of what it printed."""
        return f"{self.stdout[-3000:]}\n{self.stderr[-3000:]}"


def run(command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, output: Path) -> Measured:
    """Run a command to its end.

    :param output: folder for what the command prints
    """
    os.sync()  # what an earlier step left to be written is not this step's work
    stdout, stderr = output / "stdout.txt", output / "stderr.txt"
    with stdout.open("wb") as out, stderr.open("wb") as err:
        began_at, begun = time.time(), time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), cwd=cwd, stdout=out, stderr=err)
        with _Watch(process.pid) as seen:
            _, status, usage = os.wait4(process.pid, 0)
        wall, ended_at = time.perf_counter() - begun, time.time()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        began_at=began_at,
        ended_at=ended_at,
        wall_seconds=wall,
        cpu_seconds=max(usage.ru_utime + usage.ru_stime, seen.cpu_seconds),
        peak_rss_bytes=seen.peak_rss or usage.ru_maxrss * 1024,
        peak_rss_with_workers_bytes=max(seen.peak_rss_with_workers, seen.peak_rss),
        exit_code=process.returncode,
        stdout=stdout.read_text(encoding="utf-8", errors="replace"),
        stderr=stderr.read_text(encoding="utf-8", errors="replace"),
    )


class _Watch:
    """Samples a process and its workers in a thread.

    What the kernel tells when a process ends would be simpler. But its `ru_maxrss` is inherited from the process that
    started it, so that it may be ours, and its times leave out workers whose end nobody has waited for.
    """

    def __init__(self, pid: int) -> None:
        self.peak_rss = self.peak_rss_with_workers = 0
        self.cpu_seconds = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        samples, workers = 0, []
        with contextlib.suppress(psutil.Error, OSError):
            process = psutil.Process(self._pid)
            while not self._done.wait(SAMPLE_SECONDS):
                if samples % _LOOK_FOR_WORKERS_EVERY == 0:
                    workers = process.children(recursive=True)
                samples += 1
                self._sample(process, workers)

    def _sample(self, process: psutil.Process, workers: list[psutil.Process]) -> None:
        everyone = [process, *workers]
        self.peak_rss = max(self.peak_rss, _high_water(self._pid))
        self.peak_rss_with_workers = max(self.peak_rss_with_workers, sum(map(_rss, everyone)))
        self.cpu_seconds = max(self.cpu_seconds, sum(map(_cpu, everyone)))


def _rss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _high_water(pid: int) -> int:
    """`VmHWM`, or 0 where there is no /proc."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process, of its children alive, and of those that have ended."""
    root = psutil.Process(pid)
    return sum(map(_cpu, [root, *root.children(recursive=True)]))


def _cpu(process: psutil.Process) -> float:
    """A process and the children it has waited for; those alive have times of their own."""
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0
