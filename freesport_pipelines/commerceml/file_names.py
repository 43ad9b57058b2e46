"""What the name of an exchange file says: its kind and its numbers; and the order in which packets are applied.

Belongs here: names only. What is inside a file is `packet` and `stream`; which files exist is the exchange's concern.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from freesport_pipelines.domain.kinds import Kind

_KINDS = {kind.value.casefold(): kind for kind in Kind}

_PACKET = re.compile(
    r"(?P<type>[a-z]+)"
    r"(?:_(?P<first>\d{1,9}))?(?:_(?P<second>\d{1,9}))?"
    r"(?:_+(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?"
    r"\.xml",
    re.IGNORECASE | re.ASCII,
)


class PacketName(NamedTuple):
    """What `<type>_<number>_<packet>_<uuid>.xml` says."""

    kind: Kind
    number: int | None
    """Always 1 in real exports; None where the name has one index (`contragents_7_…`) or none (`goods.xml`)."""
    packet: int | None
    """The part of the unload, counted from 1; None where the unload was not cut into parts."""
    stem: str
    """The file name without folders and `.xml`, as written."""


class PacketFile(Protocol):
    """What `packet_order` needs to know of a file."""

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> PacketName: ...
    @property
    def formed_at(self) -> datetime | None: ...


_UNDATED = datetime.min  # noqa: DTZ901 - naive as every ДатаФормирования
_File = TypeVar("_File", bound=PacketFile)


def parse_file_name(path: str) -> PacketName | None:
    """The kind and numbers in the name of the file at `path`, or None when it is no packet of ours.

    Folders are ignored (real exports have `goods/import_files/goods.xml`), case is too, and the 2.0x form
    `rests___<uuid>.xml` is understood. Source: facts, section 1.0.
    """
    file_name = path.replace("\\", "/").rpartition("/")[2]
    match = _PACKET.fullmatch(file_name)
    kind = _KINDS.get(match["type"].casefold()) if match else None
    if match is None or kind is None:
        return None
    first, second = (None if digits is None else int(digits) for digits in match.group("first", "second"))
    number, packet = (first, second) if second is not None else (None, first)
    return PacketName(kind, number, packet, file_name[: -len(".xml")])


def packet_order(files: Iterable[_File]) -> list[_File]:
    """Packets of one kind in the order in which they must be applied, so that the last one read wins.

    Natural order (1, 2, … 10, 11), one unload after the other where several lie in one folder: a new unload begins
    when a packet number that was seen is formed again. Source: facts, section 1.0, and incident 5 of section 6.
    """
    listed = list(files)
    boundaries = _generation_starts(listed)

    def key(file: _File) -> tuple[int, int, int, datetime, str, str]:
        formed_at = file.formed_at or _UNDATED
        generation = bisect_right(boundaries, formed_at)
        number, packet = (-1 if part is None else part for part in (file.name.number, file.name.packet))
        return generation, number, packet, formed_at, file.name.stem, file.path

    return sorted(listed, key=key)


def _generation_starts(files: Iterable[PacketFile]) -> list[datetime]:
    """Every time at which some packet number was formed again, in order; a copy with the same time is no new unload."""
    times: dict[tuple[int | None, int | None], set[datetime]] = defaultdict(set)
    for file in files:
        if file.formed_at is not None:
            times[file.name.number, file.name.packet].add(file.formed_at)
    return sorted(again for formed in times.values() for again in sorted(formed)[1:])
