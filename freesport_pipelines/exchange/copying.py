"""Copying one file into the archive: hashed on the way, in one pass, under its name only when it is whole.

Belongs here: bytes from a stream into a read-only archive file. Does not belong here: which files are copied.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from upath import UPath

from freesport_pipelines.exchange.paths import (
    READ_ONLY_FILE,
    finish_file,
    local_path,
    private_folder,
    remove_file,
    renames_atomically,
    temporary_name,
)

BLOCK_BYTES = 256 * 1024
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
    """Write the stream to the target; on any failure nothing of it stays. `Archive.flush` makes it last."""
    private_folder(target.parent)
    prepared = temporary_name(target) if renames_atomically(target) else target
    try:
        with prepared.open("wb") as stream:
            copied = _pump(source, stream, is_packet, limit, block)
    except BaseException:
        remove_file(prepared)
        raise
    if prepared is not target:
        finish_file(prepared, target, mode=READ_ONLY_FILE)
    return copied


def link_hashed(source: UPath, target: UPath, *, is_packet: bool) -> Copied | None:
    """Give a file that is ours a second name, in the archive, and hash it; None where that cannot be."""
    local_source, local_target = local_path(source), local_path(target)
    if local_source is None or local_target is None or not _is_ours(local_source):
        return None
    private_folder(target.parent)
    prepared = temporary_name(target)
    try:
        os.link(local_source, str(prepared))
    except OSError:  # another disk, or a file system without hard links
        return None
    try:
        with source.open("rb") as stream:
            copied = _pump(stream, None, is_packet, None, BLOCK_BYTES)
    except BaseException:
        remove_file(prepared)
        raise
    finish_file(prepared, target, mode=READ_ONLY_FILE)
    return copied


def _is_ours(path: Path) -> bool:
    """A file that 1C or a file server wrote under its own account could still be changed by it."""
    status = path.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_uid == os.geteuid()


def _pump(source: BinaryIO, stream: BinaryIO | None, is_packet: bool, limit: int | None, block: int) -> Copied:
    whole, content, size = hashlib.sha256(), hashlib.sha256(), 0
    for data in _blocks(source, block):
        if is_packet and size:
            content.update(data)
        elif is_packet:
            content.update(without_stamp(bytes(data[:HEAD_BYTES])))
            content.update(data[HEAD_BYTES:])
        size += len(data)
        if limit is not None and size > limit:
            raise CopyTooLargeError(size)
        whole.update(data)
        if stream is not None:
            stream.write(data)
    return Copied(size, whole.hexdigest(), content.hexdigest() if is_packet else None)


def _blocks(source: BinaryIO, block: int) -> Iterator[memoryview]:
    """The stream in pieces that are read into the same memory: a piece is gone when the next is asked for."""
    if not hasattr(source, "readinto"):
        while data := source.read(block):
            yield memoryview(data)
        return
    buffer = memoryview(bytearray(block))
    while size := source.readinto(buffer):
        yield buffer[:size]


def without_stamp(head: bytes) -> bytes:
    """The head of a packet with an empty ДатаФормирования: 1C stamps unchanged content anew."""
    for stamp in _STAMPS:
        head, found = stamp.subn(rb'\1""', head, count=1)
        if found:
            break
    return head
