"""Claiming: moving a complete set of files out of 1C's reach, so that each file belongs to exactly one drop.

Belongs here: the claim, its manifest, finishing a claim that a crash has interrupted. Does not belong here:
deciding when to claim (`incoming`), hashing and keeping (`archive`).

Written first: the list of files (state "claiming"); then each file is renamed; then the state is "claimed". At every
moment a file is either in `incoming/` or in one drop, and the list tells where the rest of an interrupted claim lies.
"""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from upath import UPath

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.drop import FILES_FOLDER, MANIFEST_NAME, new_drop_id
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import SeenFile
from freesport_pipelines.exchange.manifest import read_document, unreadable, write_document
from freesport_pipelines.exchange.paths import FileStat

State = Literal["claiming", "claimed"]


@dataclass(frozen=True)
class ClaimManifest:
    """`claimed/<drop_id>/manifest.json`: which files this drop has taken, or is about to take."""

    drop_id: str
    state: State
    created_at: datetime
    files: tuple[FileStat, ...]
    kinds: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class ClaimedDrop:
    """A drop that waits in `claimed/` for its import."""

    drop_id: str
    kinds: frozenset[Kind]
    manifest: ClaimManifest


def claim(exchange: ExchangeFolder, files: Sequence[SeenFile], now: datetime) -> str | None:
    """Take these files, as they were seen. The id of the new drop, or None when none of them was ours to take."""
    with exchange.lock():
        announced = _announced_by_others(exchange)
        wanted = tuple(FileStat(f.path, f.size, f.mtime_ns) for f in files if f.path not in announced)
        if not wanted:
            return None
        manifest = ClaimManifest(new_drop_id(now), "claiming", now, wanted)
        _write(exchange, manifest)
        if not paths.renames_atomically(exchange.root):
            others = _announced_by_others(exchange, but=manifest.drop_id)
            manifest = replace(manifest, files=tuple(f for f in wanted if f.path not in others))
            _write(exchange, manifest)
        return manifest.drop_id if _carry_out(exchange, manifest) else None


def finish_interrupted_claims(exchange: ExchangeFolder) -> tuple[str, ...]:
    """Complete the claims that a crash has left half-way. The ids of the drops that came out of it."""
    with exchange.lock():
        left = [manifest for manifest in _manifests(exchange) if manifest.state == "claiming"]
        return tuple(manifest.drop_id for manifest in left if _carry_out(exchange, manifest))


def claimed_drops(exchange: ExchangeFolder) -> list[ClaimedDrop]:
    """The drops that wait for their import, oldest first: for asking again."""
    return [
        ClaimedDrop(manifest.drop_id, manifest.kinds, manifest)
        for manifest in _manifests(exchange)
        if manifest.state == "claimed"
    ]


def claim_folder(exchange: ExchangeFolder, drop_id: str) -> UPath:
    return exchange.claimed / drop_id


def read_claim(exchange: ExchangeFolder, drop_id: str) -> ClaimManifest:
    """The manifest of one claimed drop."""
    path = claim_folder(exchange, drop_id) / MANIFEST_NAME
    document = read_document(path)
    try:
        return ClaimManifest(
            drop_id=drop_id,
            state=document["state"],
            created_at=datetime.fromisoformat(document["created_at"]),
            files=tuple(FileStat(f["path"], f["size"], f["mtime_ns"]) for f in document["files"]),
            kinds=frozenset(Kind(kind) for kind in document["kinds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(path, f"it is not the manifest of a claim ({error!r})") from error


def _manifests(exchange: ExchangeFolder) -> Iterable[ClaimManifest]:
    for drop_id in paths.folder_names(exchange.claimed):
        manifest = claim_folder(exchange, drop_id) / MANIFEST_NAME
        if paths.look(manifest) is None:
            continue
        try:
            yield read_claim(exchange, drop_id)
        except ExchangeError:
            if paths.look(manifest) is not None:  # else: archived in this very moment
                raise


def _announced_by_others(exchange: ExchangeFolder, but: str | None = None) -> frozenset[str]:
    """Files that an unfinished claim has announced. Two who announce the same at once both keep away from it."""
    unfinished = (m for m in _manifests(exchange) if m.state == "claiming" and m.drop_id != but)
    return frozenset(file.path for manifest in unfinished for file in manifest.files)


def _write(exchange: ExchangeFolder, manifest: ClaimManifest) -> None:
    document: dict[str, Any] = {
        "drop_id": manifest.drop_id,
        "state": manifest.state,
        "created_at": manifest.created_at.astimezone(UTC).isoformat(),
        "kinds": sorted(manifest.kinds),
        "files": [{"path": f.path, "size": f.size, "mtime_ns": f.mtime_ns} for f in manifest.files],
    }
    write_document(claim_folder(exchange, manifest.drop_id) / MANIFEST_NAME, document)


def _carry_out(exchange: ExchangeFolder, manifest: ClaimManifest) -> bool:
    """Move what is listed and is not moved yet; says whether the drop holds any file at the end."""
    folder = claim_folder(exchange, manifest.drop_id)
    ours = tuple(file for file in manifest.files if _take(exchange, manifest.drop_id, file))
    if not ours:
        paths.remove_file(folder / MANIFEST_NAME)
        paths.remove_empty_folders(folder)
        return False
    kinds = kinds_of(folder / FILES_FOLDER, [file.path for file in ours])
    _write(exchange, replace(manifest, state="claimed", files=ours, kinds=kinds))
    return True


def _take(exchange: ExchangeFolder, drop_id: str, file: FileStat) -> bool:
    """Move one file into the drop, unless it is gone or no longer the file that was seen."""
    source = exchange.incoming / file.path
    target = claim_folder(exchange, drop_id) / FILES_FOLDER / file.path
    is_unchanged = _has_shape(paths.look(source), file)
    if paths.look(target) is not None and not _was_cut(source, target, file, is_unchanged):
        return _verify_taken(source, target, file, drop_id)
    if not is_unchanged:
        return False
    try:
        paths.move(source, target)
    except FileNotFoundError:  # the other claimer was faster
        return False
    return _verify_taken(source, target, file, drop_id)


def _was_cut(source: UPath, target: UPath, file: FileStat, is_unchanged: bool) -> bool:
    """Where renaming is copying and deleting: the crash came between the two, so it has to be done again."""
    return is_unchanged and not paths.renames_atomically(target)


def _verify_taken(source: UPath, target: UPath, file: FileStat, drop_id: str) -> bool:
    """A file that was written to while it moved goes back, under another name if its own is taken again."""
    taken = paths.look(target)
    if taken is None:
        return False
    if taken.size == file.size:
        return True
    if not paths.move_without_overwriting(target, source):
        paths.move_without_overwriting(target, source.with_name(f"{source.name}.{drop_id}.superseded"))
    return False


def _has_shape(found: FileStat | None, wanted: FileStat) -> bool:
    return found is not None and (found.size, found.mtime_ns) == (wanted.size, wanted.mtime_ns)


def kinds_of(folder: UPath, paths: Iterable[str]) -> frozenset[Kind]:
    """Kinds of the packets among some files of a folder, those in zips included."""
    names = [name for path in paths for name in (path, *_names_in_zip(folder / path))]
    return frozenset(parsed.kind for name in names if (parsed := parse_file_name(name)) is not None)


def _names_in_zip(path: UPath) -> list[str]:
    if path.suffix.lower() != ".zip":
        return []
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return []  # storing it will name the cause
