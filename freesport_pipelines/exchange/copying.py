"""Copying one file into the archive: hashed on the way, in one pass, under its name only when it is whole.

Belongs here: bytes from a stream into a read-only archive file. Does not belong here: which files are copied.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

from upath import UPath

from freesport_pipelines.exchange.paths import (
    READ_ONLY_FILE,
    finish_file,
    flush_to_disk,
    private_folder,
    remove_file,
    renames_atomically,
    temporary_name,
)

BLOCK_BYTES = 2 * 1024 * 1024
HEAD_BYTES = 4096

_STAMPS = [
    re.compile(rb"(\s%b\s*=\s*)(\"[^\"]*\"|'[^']*')" % "ДатаФормирования".encode(encoding))
    for encoding in ("utf-8", "windows-1251")
]


@dataclass(frozen=True, slots=True)
class Copied:
    """What went over. `content_sha256` leaves out ДатаФормирования; it is there for packets only."""

    size: int
    sha256: str
    content_sha256: str | None


class CopyTooLargeError(Exception):
    """More bytes came out of the stream than were allowed."""


def copy_hashed(
    source: BinaryIO, target: UPath, *, is_packet: bool, limit: int | None = None, block: int = BLOCK_BYTES
) -> Copied:
    """Write the stream to the target; on any failure nothing of it stays."""
    private_folder(target.parent)
    prepared = temporary_name(target) if renames_atomically(target) else target
    try:
        with prepared.open("wb") as stream:
            copied = _pump(source, stream, is_packet, limit, block)
            if is_packet:
                flush_to_disk(stream)
    except BaseException:
        remove_file(prepared)
        raise
    if prepared is not target:
        finish_file(prepared, target, mode=READ_ONLY_FILE)
    return copied


def _pump(source: BinaryIO, stream: BinaryIO, is_packet: bool, limit: int | None, block: int) -> Copied:
    whole, content, size = hashlib.sha256(), hashlib.sha256(), 0
    while data := source.read(block):
        if is_packet:
            content.update(data if size else without_stamp(data))
        size += len(data)
        if limit is not None and size > limit:
            raise CopyTooLargeError(size)
        whole.update(data)
        stream.write(data)
    return Copied(size, whole.hexdigest(), content.hexdigest() if is_packet else None)


def without_stamp(data: bytes) -> bytes:
    """The beginning of a packet with an empty ДатаФормирования: 1C stamps unchanged content anew."""
    head, rest = data[:HEAD_BYTES], data[HEAD_BYTES:]
    for stamp in _STAMPS:
        head, found = stamp.subn(rb'\1""', head, count=1)
        if found:
            break
    return head + rest
