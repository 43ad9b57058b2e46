"""Speed of each hot reader against bare `lxml.etree.iterparse` on the same generated files.

    python -m benchmarks.readers [GOODS] [ROUNDS]

It prints medians of CPU time, because ratios of one run are all that can be trusted.
"""

import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from benchmarks.files import TABLES, packets
from benchmarks.floor import read_file
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.domain.kinds import Kind

Read = Callable[[Kind, Path], None]


def main(goods: int = 2000, rounds: int = 5) -> None:
    """Print megabytes per second of every kind of file that is large."""
    with tempfile.TemporaryDirectory(prefix="freesport-bench-") as folder:
        write_demo_export(DemoPlan(goods=goods, kinds=frozenset(TABLES)), Path(folder))
        for kind in TABLES:
            files = [path for found, path in packets(Path(folder)) if found is kind]
            pairs = [(_speed(read_file, kind, files), _speed(_read, kind, files)) for _ in range(rounds)]
            bare, reader = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
            ratio = statistics.median(ours / floor for floor, ours in pairs)
            print(f"{kind:<7} bare {bare:6.1f} MB/s  reader {reader:6.1f} MB/s  = {ratio:.0%}")


def _read(kind: Kind, path: Path) -> None:
    with path.open("rb") as stream:
        deque(READERS[kind](stream, path.name), maxlen=0)


def _speed(read: Read, kind: Kind, files: list[Path]) -> float:
    begun = time.process_time()
    for path in files:
        read(kind, path)
    return sum(path.stat().st_size for path in files) / 1e6 / (time.process_time() - begun)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
