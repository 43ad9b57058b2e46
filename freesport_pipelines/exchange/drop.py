"""The drop: the unit of import, a set of files that belong together and never change again.

Belongs here: what a drop is, which files it holds, in which order its packets are read, when two drops have the
same content. Does not belong here: how it came to be (`claim`, `archive`) or what is in the packets.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO, Literal

from upath import UPath

from freesport_pipelines.commerceml.file_names import PacketName, packet_order, parse_file_name
from freesport_pipelines.domain.kinds import Kind

Source = Literal["exchange", "folder"]
MANIFEST_NAME = "manifest.json"
FILES_FOLDER = "files"


class DropMode(StrEnum):
    """What the absence of a row means. CommerceML itself does not say (its flag is always true)."""

    DELTA = "delta"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class DropFile:
    """One file of a drop. `path` is relative to the drop's root. Not a packet when `kind` is None.

    `sha256` is None for a file that was seen but not archived (images of an imported folder).
    `content_sha256` leaves out ДатаФормирования, which 1C stamps anew on unchanged content.
    """

    path: str
    kind: Kind | None
    number: int | None
    packet: int | None
    size: int
    sha256: str | None
    formed_at: datetime | None = None
    content_sha256: str | None = None

    @property
    def name(self) -> PacketName:
        """What the file name says; only for packets."""
        name = parse_file_name(self.path)
        if name is None:
            raise ValueError(f"{self.path} is not a packet")
        return name

    @property
    def is_archived(self) -> bool:
        return self.sha256 is not None


@dataclass(frozen=True)
class Drop:
    """An archived drop: immutable, replayable, self-describing."""

    drop_id: str
    mode: DropMode
    dry_run: bool
    source: Source
    created_at: datetime
    files: tuple[DropFile, ...]
    declared_packets: Mapping[str, int] | None
    root: UPath

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(file.kind for file in self.files if file.kind is not None)

    def packets(self, kind: Kind) -> tuple[DropFile, ...]:
        """The packets of one kind in natural order: 1, 2, 10."""
        return tuple(file for file in self.files if file.kind is kind)

    def only(self, kinds: Collection[Kind]) -> "Drop":
        """The same drop, of which only packets of these kinds are read; all of them when none is named."""
        if not kinds:
            return self
        declared = {kind: count for kind, count in (self.declared_packets or {}).items() if Kind(kind) in kinds}
        files = tuple(file for file in self.files if file.kind in kinds)
        return replace(self, files=files, declared_packets=declared if self.declared_packets is not None else None)

    @property
    def others(self) -> tuple[DropFile, ...]:
        """What is not a packet: images, manifests, files with names nobody knows."""
        return tuple(file for file in self.files if file.kind is None)

    @property
    def not_archived(self) -> tuple[DropFile, ...]:
        return tuple(file for file in self.files if not file.is_archived)

    def open(self, file: DropFile) -> BinaryIO:
        return (self.root / file.path).open("rb")

    @property
    def content_digest(self) -> str:
        """Equal for equal content, whatever names, folders, uuids and export times 1C gave it this time."""
        packets = sorted(
            [str(file.kind), file.number or 0, file.packet or 0, file.content_sha256 or file.sha256 or ""]
            for file in self.files
            if file.kind is not None
        )
        return hashlib.sha256(json.dumps(packets).encode()).hexdigest()


def new_drop_id(now: datetime) -> str:
    """Sortable by time, readable, unique: 20260115T101500.250000Z-3f2a9c."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"


def in_reading_order(files: Iterable[DropFile]) -> tuple[DropFile, ...]:
    """Packets first, in the order in which they must be read; then the other files by path."""
    by_kind: dict[Kind, list[DropFile]] = {kind: [] for kind in Kind}
    others: list[DropFile] = []
    for file in files:
        (others if file.kind is None else by_kind[file.kind]).append(file)
    packets = [file for found in by_kind.values() for file in packet_order(found)]
    return _without_twins([*packets, *sorted(others, key=lambda file: file.path)])


def _without_twins(files: Iterable[DropFile]) -> tuple[DropFile, ...]:
    """A packet that is there twice (a zip beside its unpacked content) counts once, as the first of the two."""
    seen: set[tuple[object, ...]] = set()
    result = []
    for file in files:
        identity = (file.kind, file.number, file.packet, file.sha256)
        is_twin = file.kind is not None and identity in seen
        seen.add(identity)
        result.append(replace(file, kind=None, number=None, packet=None) if is_twin else file)
    return tuple(result)
