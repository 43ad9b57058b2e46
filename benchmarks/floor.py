"""The floor, in one process: the same files read by bare lxml with nothing extracted, the same rows loaded bare.

    python -m benchmarks.floor EXPORT ROWS URL KIND,KIND…     prints one line of JSON with the seconds of both

What is read: every file of the kinds, element by element, cleared at once. What is loaded: the CSV files that
`files.write_rows` wrote, all columns as texts, into tables without any index, in one transaction: COPY into UNLOGGED
tables in PostgreSQL, `executemany` on the driver in SQLite. Making the rows and the tables is not timed.
"""

import csv
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lxml import etree

from benchmarks.files import ITEMS, TABLES, packets
from freesport_pipelines.domain.kinds import Kind

_CHUNK_ROWS = 10_000


def read(folder: Path, kinds: frozenset[Kind]) -> float:
    """Seconds for reading all files of an export."""
    files = [(kind, path) for kind, path in packets(folder) if kind in kinds]
    begun = time.perf_counter()
    for kind, path in files:
        read_file(kind, path)
    return time.perf_counter() - begun


def read_file(kind: Kind, path: Path) -> None:
    """Read one file and keep nothing of it."""
    for _, element in etree.iterparse(str(path), tag="{*}" + ITEMS[kind]):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def load(rows_folder: Path, url: str) -> float:
    """Seconds for loading all rows."""
    return _load_sqlite(rows_folder, url) if url.startswith("sqlite:///") else _load_postgresql(rows_folder, url)


def _load_postgresql(rows_folder: Path, url: str) -> float:
    import psycopg2

    connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://", 1))
    with connection.cursor() as cursor:
        for table in TABLES.values():
            cursor.execute(f"DROP TABLE IF EXISTS {table.name}")
            cursor.execute(f"CREATE UNLOGGED TABLE {table.name} ({_columns(table.columns)})")
        connection.commit()
        begun = time.perf_counter()
        for table in TABLES.values():
            with (rows_folder / f"{table.name}.csv").open("rb") as rows:
                cursor.copy_expert(f"COPY {table.name} FROM STDIN WITH (FORMAT csv)", rows)
        connection.commit()
        seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def _load_sqlite(rows_folder: Path, url: str) -> float:
    """Rows come from the file in chunks between the timed parts: all of them at once would not fit into memory."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    # as the project opens its own database
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    for table in TABLES.values():
        connection.execute(f"DROP TABLE IF EXISTS {table.name}")
        connection.execute(f"CREATE TABLE {table.name} ({_columns(table.columns)})")
    connection.execute("BEGIN IMMEDIATE")
    seconds = 0.0
    for table in TABLES.values():
        insert = f"INSERT INTO {table.name} VALUES ({','.join('?' * table.columns)})"
        for chunk in _chunks(rows_folder / f"{table.name}.csv"):
            begun = time.perf_counter()
            connection.executemany(insert, chunk)
            seconds += time.perf_counter() - begun
    begun = time.perf_counter()
    connection.execute("COMMIT")
    seconds += time.perf_counter() - begun
    connection.close()
    return seconds


def _chunks(path: Path) -> Iterator[list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        while chunk := list(islice(reader, _CHUNK_ROWS)):
            yield chunk


def _columns(count: int) -> str:
    return ", ".join(f"c{number} TEXT" for number in range(count))


def main(export: str, rows: str, url: str, kinds: str) -> None:
    """Print what reading and loading took."""
    csv.field_size_limit(sys.maxsize)
    wanted = frozenset(map(Kind, kinds.split(",")))
    read_seconds = read(Path(export), wanted)
    print(json.dumps({"read_seconds": read_seconds, "load_seconds": load(Path(rows), url)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
