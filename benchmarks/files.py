"""The files of an export and the rows in them as plain texts: what the floor reads and loads. Takes no times."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind

ITEMS = {
    Kind.PRICE_LISTS: "ТипЦены",
    Kind.STORAGES: "Склад",
    Kind.PROPERTIES_GOODS: "Свойство",
    Kind.PROPERTIES_OFFERS: "Свойство",
    Kind.UNITS: "ЕдиницаИзмерения",
    Kind.GROUPS: "Группа",
    Kind.GOODS: "Товар",
    Kind.OFFERS: "Предложение",
    Kind.PRICES: "Предложение",
    Kind.RESTS: "Предложение",
}
"""The element of each kind that holds one row."""

Row = tuple[Any, ...]


class RowTable(NamedTuple):
    """An index-free table of the floor and how a record of its kind becomes rows of it."""

    name: str
    columns: int
    rows_of: Callable[[Any], Iterator[Row]]


def _fields(record: Any) -> Iterator[Row]:
    """All fields of a record; lists become JSON, as they would be stored."""
    yield tuple(orjson.dumps(field).decode() if isinstance(field, tuple) else field for field in record)


def _prices(record: Any) -> Iterator[Row]:
    for type_id, amount, _ in record.prices:
        yield record.onec_id, type_id, amount


def _stocks(record: Any) -> Iterator[Row]:
    for warehouse_id, quantity in record.quantities:
        yield record.onec_id, warehouse_id, quantity


TABLES = {
    Kind.GOODS: RowTable("goods", 15, _fields),
    Kind.OFFERS: RowTable("offers", 8, _fields),
    Kind.PRICES: RowTable("prices", 3, _prices),
    Kind.RESTS: RowTable("stocks", 3, _stocks),
}
"""What is counted as rows: goods, offers, prices of a type, stocks in a warehouse."""


def packets(folder: Path) -> list[tuple[Kind, Path]]:
    """The files of an export that have a reader, packet by packet."""
    named = ((parse_file_name(path.name), path) for path in folder.rglob("*.xml"))
    found = [(name.kind, path) for name, path in named if name is not None and name.kind in READERS]
    return sorted(found, key=lambda packet: (list(Kind).index(packet[0]), _natural(packet[1].name)))


def write_rows(folder: Path, out: Path, kinds: frozenset[Kind] = frozenset(Kind)) -> dict[str, int]:
    """Write the rows of an export as one CSV file per table below `out`; return how many rows each has."""
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    for kind, table in TABLES.items():
        files = [path for found, path in packets(folder) if found is kind and kind in kinds]
        with (out / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\r\n")
            counts[table.name] = sum(_append(writer, kind, table, path) for path in files)
    return counts


def _append(writer: Any, kind: Kind, table: RowTable, path: Path) -> int:
    count = 0
    with path.open("rb") as stream:
        for record in READERS[kind](stream, path.name):
            for row in table.rows_of(record):
                writer.writerow(row)
                count += 1
    return count


def _natural(name: str) -> list[int | str]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
