"""Staged rows in the form in which the database loads them fastest, made wherever the rows are made.

Knows neither SQLAlchemy nor a connection: processes that read packets pack what they read. `dialect` loads it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

PACKET_ROWS = 10_000_000
"""A staged row's seq = number of its packet (or slice of one, from 1) × PACKET_ROWS + position: the greater, the later.

Below PACKET_ROWS: rows out of quarantine or derived by a rule. Below zero: a touch, a row that the drop does not name
and of which only visibility (and `Feed.touched`) may change.
"""

Row = Sequence[Any]
Packed = bytes | list[list[Any]]
"""CSV for PostgreSQL's COPY, rows of plain values for SQLite's executemany."""


@dataclass(frozen=True)
class Packing:
    """How rows of one table are packed (`dialect.packing_of`)."""

    is_csv: bool
    numeric: tuple[int, ...] = ()
    """Places of numbers, for SQLite."""
    nullable: tuple[int, ...] = ()
    """Places that may be empty, for SQLite."""

    def pack(self, rows: Iterable[Row]) -> Packed:
        """Rows with values in column order. An empty text becomes NULL where the column allows it: COPY reads so."""
        return _csv(rows) if self.is_csv else [self._plain(row) for row in rows]

    def _plain(self, row: Row) -> list[Any]:
        """Numbers as digits, which the column's affinity turns into numbers; empty texts as COPY would read them."""
        values = list(row)
        for i in self.numeric:
            if values[i] is not None:
                values[i] = str(values[i])
        for i in self.nullable:
            if values[i] == "":
                values[i] = None
        return values


def _csv(rows: Iterable[Row]) -> bytes:
    # CSV is written in C; with \r\n as line end the writer quotes a lone \r or \n inside a text
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
