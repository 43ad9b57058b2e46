"""From a packet to rows that only need loading: read, shape, pack. No database here, so that any process can do it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from upath import UPath

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.database.packing import PACKET_ROWS, Packed, Packing
from freesport_pipelines.domain.kinds import CUSTOMER_KINDS, Kind
from freesport_pipelines.domain.masking import masked
from freesport_pipelines.domain.notes import Notes, Reject

CHUNK = 5_000
"""Records shaped at a time: what a step holds in memory."""

_NAMELESS = {Kind.UNITS, Kind.OFFERS, Kind.PRICES, Kind.RESTS}

Row = tuple[Any, ...]


class Packet(NamedTuple):
    """One file of a drop."""

    number: int
    """Place in reading order, from 1."""
    name: str
    place: UPath
    size: int


class Portion(NamedTuple):
    """A part of a packet that can be read alone: all of it, or a slice (`commerceml/slices.py`)."""

    packet: Packet
    order: int
    """Of all portions of the kind, in reading order, from 1: rows of a later portion are later rows."""
    span: tuple[int, int] | None = None
    head: bytes = b""
    tail: bytes = b""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.packet.size if self.span is None else self.span[1] - self.span[0]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The packet, or a packet of this slice alone."""
        with self.packet.place.open("rb") as stream:
            if self.span is None:
                yield stream
                return
            begin, end = self.span
            stream.seek(begin)
            yield BytesIO(self.head + stream.read(end - begin) + self.tail)


@dataclass(frozen=True)
class Recipe:
    """How records of a kind become staged rows; it travels to other processes, so its functions have names."""

    kind: Kind
    shape: Callable[..., Any]
    """`shape(record, notes=…)` gives a row, or None when there is none."""
    packing: Packing
    is_open: Callable[[Any], bool] | None = None
    """Rows that the process with the database must complete; they come unpacked."""


class Piece(NamedTuple):
    """What some records of a packet gave."""

    size: int
    """Bytes of the packet."""
    records: int
    rows: int
    packed: Packed
    open: list[tuple[int, Any]]
    """(seq, row) of rows that are to be completed."""
    notes: Notes


def read_portion(portion: Portion, recipe: Recipe) -> Iterator[Piece]:
    """Read a portion piece by piece."""
    packet, first_seq = portion.packet, portion.order * PACKET_ROWS
    with portion.open() as stream:
        records = iter(READERS[recipe.kind](stream, packet.name))
        position = 0
        while chunk := list(islice(records, CHUNK)):
            begun, position = position, stream.tell()
            yield _piece(chunk, position - begun, packet.number, first_seq, recipe)
            first_seq += len(chunk)


def _piece(chunk: list[Any], size: int, packet: int, first_seq: int, recipe: Recipe) -> Piece:
    notes, shape = Notes(), recipe.shape
    usable = (record for record in chunk if is_usable(record, recipe.kind, notes))
    rows = [row for record in usable if (row := shape(record, notes=notes)) is not None]
    ready: list[Row] = []
    waiting: list[tuple[int, Any]] = []
    for seq, row in enumerate(rows, first_seq):
        if recipe.is_open is not None and recipe.is_open(row):
            waiting.append((seq, row))
        else:
            ready.append((seq, packet, *row))
    return Piece(size, len(chunk), len(rows), recipe.packing.pack(ready), waiting, notes)


def is_usable(record: Any, kind: Kind, notes: Notes) -> bool:
    """Has the row an identity and, where the shop shows one, a name?"""
    if not record.onec_id and kind is not Kind.UNITS:
        reason = "id_missing"
    elif kind not in _NAMELESS and not record.name:
        reason = "name_missing"
    else:
        return True
    detail = f"<Ид>{record.onec_id}</Ид>" if record.onec_id else "the row has no <Ид>"
    payload = record._asdict()
    if kind in CUSTOMER_KINDS:  # the archived packet has it whole
        payload = {name: masked(value) if value else value for name, value in payload.items() if name != "onec_id"}
    notes.reject(Reject(str(kind), record.onec_id, reason, detail, payload))
    return False
