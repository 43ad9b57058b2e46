"""Read the packets of one kind into one staged table, counting on the way."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.database import dialect, quarantine
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.exchange.drop import DropFile
from freesport_pipelines.progress import Progress
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.processes import available_processes, read_packets
from freesport_pipelines.steps.reading import CHUNK, Packet, Piece, Recipe, is_usable

Complete = Callable[[list[Any], Notes], list[Any]]
"""Rows that their shape left open → the same rows, complete."""


class Tally:
    """What a staging step counted; stored with the session and shown in Dagster."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.packets = 0
        self.records = 0
        self.rows = 0
        self.bytes = 0
        self.files: list[str] = []
        self.missing: list[str] = []
        self.empty: list[str] = []
        self.declared: int | None = None
        self.started = time.monotonic()

    def count(self, piece: Piece) -> None:
        """Take over what a piece of a packet gave."""
        self.records += piece.records
        self.rows += piece.rows
        self.notes.merge(piece.notes)

    def end_packet(self, packet: Packet, *, is_empty: bool) -> None:
        """A packet was read to its end."""
        self.packets += 1
        self.bytes += packet.size
        if is_empty:
            self.empty.append(packet.name)

    def as_figures(self, **more: Any) -> dict[str, Any]:
        """For storing as JSON."""
        return {
            "packets": self.packets,
            "files": self.files,
            "records": self.records,
            "rows": self.rows,
            "megabytes": round(self.bytes / 1e6, 3),
            "seconds": round(time.monotonic() - self.started, 3),
            "missing_packets": self.missing,
            "empty_packets": self.empty,
            "declared_packets": self.declared,
            "warnings": dict(self.notes.warnings),
            "examples": {what: list(examples) for what, examples in self.notes.examples.items()},
            "rejected": dict(self.notes.rejected),
            **more,
        }


class Chunk(NamedTuple):
    """Some records of one packet."""

    packet: int
    """Number of the packet in reading order, from 1."""
    records: list[Any]


def records(context: ImportContext, kind: Kind, tally: Tally) -> Iterator[Chunk]:
    """Every usable record of a kind, chunk by chunk: for small kinds that are looked at as a whole."""
    packets = _packets(context, kind, tally)
    progress = _progress(kind, packets)
    for packet in packets:
        before = tally.records
        with packet.place.open("rb") as stream:
            read = iter(READERS[kind](stream, packet.name))
            while chunk := list(islice(read, CHUNK)):
                tally.records += len(chunk)
                yield Chunk(packet.number, [record for record in chunk if is_usable(record, kind, tally.notes)])
        tally.end_packet(packet, is_empty=tally.records == before)
        progress.move(packet.size / 1e6)
    _end(progress, tally)


def stage_records(
    context: ImportContext,
    connection: sa.Connection,
    kind: Kind,
    table: sa.Table,
    shape: Callable[..., Any],
    tally: Tally,
    *,
    is_open: Callable[[Any], bool] | None = None,
    complete: Complete | None = None,
) -> None:
    """Read, shape and load a kind; rejected rows go to the staging area's rejects.

    :param shape: see `Recipe.shape`
    :param is_open: which rows need what only the database knows, and get it from `complete`
    """
    quarantine.forget_rejects(connection, str(kind))
    recipe = Recipe(kind, shape, dialect.packing_of(connection, table), is_open)
    packets = _packets(context, kind, tally)
    progress = _progress(kind, packets)
    for packet, pieces in read_packets(packets, recipe, available_processes(context.settings.processes)):
        before = tally.records
        for piece in pieces:
            tally.count(piece)
            dialect.load_packed(connection, table, piece.packed)
            if piece.open and complete is not None:
                rows = complete([row for _, row in piece.open], tally.notes)
                numbered = zip((seq for seq, _ in piece.open), rows, strict=True)
                dialect.bulk_load(connection, table, [(seq, packet.number, *row) for seq, row in numbered])
            quarantine.stage_rejects(connection, packet.number, tally.notes.take_rejects())
            progress.move(piece.size / 1e6)
        tally.end_packet(packet, is_empty=tally.records == before)
    _end(progress, tally)


def _progress(kind: Kind, packets: Sequence[Packet]) -> Progress:
    return Progress(str(kind), sum(packet.size for packet in packets) / 1e6, "MB")


def _end(progress: Progress, tally: Tally) -> None:
    if tally.packets:
        progress.end(f"{tally.records:,} records read")


def _packets(context: ImportContext, kind: Kind, tally: Tally) -> list[Packet]:
    files = context.drop.packets(kind)
    tally.files = [file.path for file in files]
    tally.missing += missing_packets(files)
    tally.declared = (context.drop.declared_packets or {}).get(str(kind))
    return [Packet(number, file.path, context.drop.root / file.path, file.size) for number, file in enumerate(files, 1)]


def missing_packets(files: Sequence[DropFile]) -> list[str]:
    """Numbers that lack between 1 and the last packet, by unload number: ["1_3"]."""
    present: dict[int, set[int]] = {}
    for file in files:
        if file.packet is not None:
            present.setdefault(file.number or 0, set()).add(file.packet)
    return [
        f"{number}_{packet}"
        for number, packets in sorted(present.items())
        for packet in range(1, max(packets))
        if packet not in packets
    ]
