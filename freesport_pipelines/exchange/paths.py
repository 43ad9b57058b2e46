"""What this room needs of a file system, in one place and for every kind of `UPath`.

Belongs here: walking, moving, writing whole files, private folders, sizes in words. Does not belong here:
anything that knows what a claim, a drop or a packet is.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from upath import UPath

PRIVATE_FOLDER = 0o700
READ_ONLY_FILE = 0o400
PRIVATE_FILE = 0o600

TEMPORARY_ENDINGS = (
    ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock", ".lck", "~",
)  # fmt: skip
ATOMIC_RENAME = frozenset({"", "file", "local", "sftp", "ssh"})
MODIFIED_KEYS = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")


@dataclass(frozen=True, slots=True)
class FileStat:
    """What a directory listing tells about a file. `path` is relative to the folder walked, with slashes."""

    path: str
    size: int
    mtime_ns: int


def as_upath(place: str | os.PathLike[str] | UPath) -> UPath:
    """The place as `UPath`; a local one always in the form that is also a `pathlib.Path`."""
    path = place if isinstance(place, UPath) else UPath(os.fspath(place))
    if path.protocol in {"file", "local"}:
        return UPath(path.path)
    return path


def local_path(path: UPath) -> Path | None:
    """The same path for the standard library, or None when the file is not on this machine."""
    return path if isinstance(path, Path) else None


def renames_atomically(path: UPath) -> bool:
    """Whether a rename is one step here. An object store copies and deletes instead."""
    return path.protocol in ATOMIC_RENAME


def is_temporary(name: str) -> bool:
    """Whether a file or folder name says "not yet": hidden, temporary, half transferred, a lock."""
    return name.startswith((".", "~$")) or name.lower().endswith(TEMPORARY_ENDINGS)


def walk(root: UPath, *, follow_links: bool = False) -> Iterator[FileStat]:
    """Every lasting file below the folder, by name; nothing when there is no such folder."""
    local = local_path(root)
    found = _walk_remote(root) if local is None else _walk_local(local, "", follow_links, frozenset())
    return iter(sorted(found, key=lambda file: file.path))


def _walk_local(folder: Path, prefix: str, follow: bool, above: frozenset[str]) -> Iterator[FileStat]:
    real = os.path.realpath(folder)
    if real in above:
        return
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if is_temporary(entry.name):
            continue
        with contextlib.suppress(FileNotFoundError):  # gone between listing and looking
            if entry.is_dir(follow_symlinks=follow):
                yield from _walk_local(Path(entry.path), f"{prefix}{entry.name}/", follow, above | {real})
            elif entry.is_file(follow_symlinks=follow):
                stat = entry.stat(follow_symlinks=follow)
                yield FileStat(prefix + entry.name, stat.st_size, stat.st_mtime_ns)


def _walk_remote(root: UPath) -> Iterator[FileStat]:
    root.fs.invalidate_cache()  # a listing remembered from the last look would hide growth
    base = root.path.rstrip("/")
    try:
        found: Mapping[str, Mapping[str, Any]] = root.fs.find(root.path, detail=True)
    except FileNotFoundError:
        return
    for name, info in found.items():
        relative = name.removeprefix(base).strip("/")
        is_safe = not any(part == ".." or is_temporary(part) for part in relative.split("/"))
        if relative and is_safe and info.get("type") == "file":
            yield FileStat(relative, int(info.get("size") or 0), modified_ns(info))


def modified_ns(info: Mapping[str, Any]) -> int:
    """The modification time in an fsspec listing, which every file system spells differently."""
    value = next((info[key] for key in MODIFIED_KEYS if info.get(key) is not None), 0)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return 0
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return int(value * 1_000_000_000) if isinstance(value, int | float) else 0


def look(path: UPath) -> FileStat | None:
    """Size and time of one file, or None when it is not there."""
    local = local_path(path)
    try:
        if local is not None:
            stat = local.lstat()
            return FileStat(path.name, stat.st_size, stat.st_mtime_ns)
        path.fs.invalidate_cache()
        info: Mapping[str, Any] = path.fs.info(path.path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return FileStat(path.name, int(info.get("size") or 0), modified_ns(info))


def folder_names(root: UPath) -> tuple[str, ...]:
    """The names of the lasting folders directly below, sorted."""
    local = local_path(root)
    try:
        if local is not None:
            names = [entry.name for entry in os.scandir(local) if entry.is_dir(follow_symlinks=False)]
        else:
            root.fs.invalidate_cache()
            listing: list[Mapping[str, Any]] = root.fs.ls(root.path, detail=True)
            names = [e["name"].rstrip("/").rsplit("/", 1)[-1] for e in listing if e["type"] == "directory"]
    except FileNotFoundError:
        return ()
    return tuple(sorted(name for name in names if not is_temporary(name)))


def private_folder(path: UPath) -> None:
    """Create the folder, and what is missing above it, readable by its owner alone (personal data)."""
    local = local_path(path)
    if local is None:
        path.mkdir(parents=True, exist_ok=True)
    elif not local.is_dir():
        local.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        local.chmod(PRIVATE_FOLDER)


def move(source: UPath, target: UPath) -> None:
    """Rename one file. FileNotFoundError when somebody else has taken it."""
    private_folder(target.parent)
    source.rename(target)


def move_without_overwriting(source: UPath, target: UPath) -> bool:
    """Rename one file unless the target name is taken; says whether it was moved."""
    local_source, local_target = local_path(source), local_path(target)
    if local_source is not None and local_target is not None:
        private_folder(target.parent)
        try:
            os.link(local_source, local_target)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            pass
        else:
            local_source.unlink()
            return True
    if look(target) is not None:
        return False
    move(source, target)
    return True


def temporary_name(path: UPath) -> UPath:
    """A name beside the file under which it can be prepared; `walk` does not see it."""
    return path.parent / f".{uuid.uuid4().hex[:12]}.tmp"


def write_whole(path: UPath, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Write a small file so that a reader sees the old content or the new one, never half of it."""
    private_folder(path.parent)
    if not renames_atomically(path):  # an object store shows an object only when it is complete
        path.write_bytes(data)
        return
    prepared = temporary_name(path)
    with prepared.open("wb") as stream:
        stream.write(data)
        flush_to_disk(stream)
    finish_file(prepared, path, mode=mode)


def flush_to_disk(stream: Any) -> None:
    """Make what was written survive a power cut, where the file is a local one."""
    stream.flush()
    with contextlib.suppress(OSError, AttributeError, ValueError):
        os.fsync(stream.fileno())


def flush_file(path: UPath) -> None:
    """The same for a file that was written before."""
    local = local_path(path)
    if local is not None:
        with local.open("rb") as stream:
            flush_to_disk(stream)


def finish_file(prepared: UPath, path: UPath, *, mode: int) -> None:
    """Give a prepared file its final name and rights."""
    local = local_path(prepared)
    if local is not None:
        local.chmod(mode)
        local.replace(str(path))
    else:
        prepared.rename(path)


def remove_file(path: UPath) -> None:
    """Remove one file; that it is gone already is fine."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def remove_folder(path: UPath) -> None:
    """Remove a folder that this room made, with everything in it."""
    local = local_path(path)
    if local is not None:
        shutil.rmtree(local, ignore_errors=True)
    elif path.exists():
        path.fs.rm(path.path, recursive=True)


def remove_empty_folders(path: UPath) -> None:
    """Remove the folder and the folders in it, as far as they are empty. Never removes a file."""
    local = local_path(path)
    if local is None:
        if path.exists() and not path.fs.find(path.path):
            path.fs.rm(path.path, recursive=True)
        return
    for folder, _, _ in os.walk(local, topdown=False):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def size_words(size: int) -> str:
    """A size for people: 512 bytes, 13 KB, 1.5 MB, 118 MB."""
    if size < 1000:
        return f"{size} bytes"
    for unit, scale in (("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)):
        value = size / scale
        if value < 999.5 or unit == "GB":
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    raise AssertionError(size)  # pragma: no cover


def growth_words(before: int, after: int) -> str:
    """A change of size for people: 118 → 131 MB."""
    old, new = size_words(before), size_words(after)
    if old == new:
        return f"{before} → {after} bytes"
    number, unit = old.split(" ")
    return f"{number} → {new}" if new.endswith(f" {unit}") else f"{old} → {new}"
