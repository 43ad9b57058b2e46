"""Read the packets of one kind into one staged table, chunk by chunk, counting on the way."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.database import dialect, quarantine
from freesport_pipelines.database.staging import PACKET_ROWS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes, Reject
from freesport_pipelines.exchange.drop import DropFile
from freesport_pipelines.steps.context import ImportContext

log = logging.getLogger(__name__)

CHUNK = 5_000
"""Records shaped at a time: what a step holds in memory."""

ShapeChunk = Callable[[list[Any], Notes], Sequence[tuple[Any, ...]]]
"""Records of one chunk → staged rows."""

_NAMELESS = {Kind.UNITS, Kind.OFFERS, Kind.PRICES, Kind.RESTS}


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
    first_seq: int
    """Sequence number of the first record; a greater one is a later row."""
    records: list[Any]


def records(context: ImportContext, kind: Kind, tally: Tally) -> Iterator[Chunk]:
    """Every usable record of a kind, chunk by chunk."""
    files = context.drop.packets(kind)
    tally.files = [file.path for file in files]
    tally.missing += missing_packets(files)
    tally.declared = (context.drop.declared_packets or {}).get(str(kind))
    progress = Progress(kind, sum(file.size for file in files))
    for number, file in enumerate(files, 1):
        before = tally.records
        with context.drop.open(file) as stream:
            read = iter(READERS[kind](stream, file.path))
            while chunk := list(islice(read, CHUNK)):
                first_seq = number * PACKET_ROWS + tally.records - before
                tally.records += len(chunk)
                yield Chunk(number, first_seq, [record for record in chunk if _is_usable(record, kind, tally.notes)])
        if tally.records == before:
            tally.empty.append(file.path)
        tally.packets += 1
        tally.bytes += file.size
        progress.show(tally, is_last=number == len(files))


class Progress:
    """Says now and then how far a kind has been read: a line per packet would crowd the event log."""

    EVERY_SECONDS = 5

    def __init__(self, kind: Kind, total_bytes: int) -> None:
        self.kind = kind
        self.total_bytes = total_bytes
        self.started = self.said = time.monotonic()

    def show(self, tally: Tally, *, is_last: bool) -> None:
        """Log rate and remaining time after a packet, if the last line is old enough."""
        now = time.monotonic()
        if not is_last and now - self.said < self.EVERY_SECONDS:
            return
        self.said = now
        if is_last:
            log.info("%s: %d records read in %.1f s", self.kind, tally.records, now - self.started)
            return
        rate = tally.bytes / max(now - self.started, 0.001)
        read, total = tally.bytes / 1e6, self.total_bytes / 1e6
        left = (total - read) * 1e6 / max(rate, 1)
        log.info("%s: %.0f of %.0f MB, %.0f MB/s, %.0f s left", self.kind, read, total, rate / 1e6, left)


def stage_records(
    context: ImportContext, connection: sa.Connection, kind: Kind, table: sa.Table, shape: ShapeChunk, tally: Tally
) -> None:
    """Read, shape and load a kind; rejected rows go to the staging area's rejects."""
    quarantine.forget_rejects(connection, str(kind))
    for chunk in records(context, kind, tally):
        shaped = shape(chunk.records, tally.notes)
        rows = [(seq, chunk.packet, *row) for seq, row in enumerate(shaped, chunk.first_seq)]
        tally.rows += dialect.bulk_load(connection, table, rows)
        quarantine.stage_rejects(connection, chunk.packet, tally.notes.take_rejects())


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


def _is_usable(record: Any, kind: Kind, notes: Notes) -> bool:
    """Has the row an identity and, where the shop shows one, a name?"""
    if not record.onec_id and kind is not Kind.UNITS:
        reason = "id_missing"
    elif kind not in _NAMELESS and not record.name:
        reason = "name_missing"
    else:
        return True
    detail = f"<Ид>{record.onec_id}</Ид>" if record.onec_id else "the row has no <Ид>"
    notes.reject(Reject(str(kind), record.onec_id, reason, detail, record._asdict()))
    return False
