"""The archive: where drops are kept, private, read-only and complete, so that any of them can be replayed.

Belongs here: what a complete drop in the archive is, storing and finding it. Does not belong here: taking files in
(`intake`), what may be removed when (a policy of its own, `steps.pruning`), reading packets (`commerceml`).

A drop exists from the moment its manifest is written, which is the last step. What a crash leaves behind has no
manifest, is listed nowhere, and is completed when the same claimed drop is stored again. Removing a drop begins with
its manifest.
"""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import filterfalse

from upath import UPath

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.claim import claim_folder, read_claim
from freesport_pipelines.exchange.drop import (
    FILES_FOLDER,
    MANIFEST_NAME,
    Drop,
    DropMode,
    in_reading_order,
    new_drop_id,
)
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import is_complete
from freesport_pipelines.exchange.intake import Wanted, declared_with, folder_or_zip, no_packets, take_over
from freesport_pipelines.exchange.manifest import (
    drop_document,
    read_drop,
    write_document,
)
from freesport_pipelines.exchange.paths import FileStat
from freesport_pipelines.exchange.unpack import ZipLimits

QUIET_SECONDS = 5


@dataclass(frozen=True)
class Archive:
    """Drops in `<root>/<drop_id>/`: `files/…` and a `manifest.json` that describes them."""

    root: UPath
    limits: ZipLimits = field(default_factory=ZipLimits)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", paths.as_upath(self.root))

    # -- bringing in ---------------------------------------------------------------------------------------

    def store_claimed(self, exchange: ExchangeFolder, drop_id: str) -> Drop:
        """Archive a claimed drop and remove it from `claimed/`. May be called again after a crash.

        Two runs that archive the same drop do so one after the other: the second finds it there.
        """
        with exchange.lock("archive"):
            if not self.holds(drop_id):
                self._archive_claimed(exchange, drop_id)
            drop = self.load(drop_id)
            _refuse_incomplete(drop)
            _remove_claimed(exchange, drop_id)
        return drop

    def store_folder(
        self,
        path: str | os.PathLike[str] | UPath,
        mode: DropMode | None,
        dry_run: bool,
        now: datetime,
        only: Collection[Kind] | None = None,
    ) -> Drop:
        """Archive the packets of a folder or a zip that belongs to somebody else: it is read, never changed.

        Without `mode` the manifest in the folder decides, and without one it is a delta.
        """
        source = paths.as_upath(path)
        root, files = folder_or_zip(source)
        wanted = Wanted(frozenset(only) if only is not None else None)
        drop_id = new_drop_id(now)
        with self._all_or_nothing(drop_id):
            found = take_over(root, self._files(drop_id), files, wanted, self.limits)
            if not any(file.kind is not None for file in found):
                raise no_packets(source, wanted.kinds)
            declared = declared_with(root, self._files(drop_id), found)
            drop = Drop(
                drop_id=drop_id,
                mode=mode or declared.mode or DropMode.DELTA,
                dry_run=dry_run or declared.dry_run,
                source="folder",
                created_at=now.astimezone(UTC),
                files=in_reading_order(found),
                declared_packets=declared.packets,
                root=self._files(drop_id),
            )
            self._finish(drop)
        return drop

    def flush(self, drop: Drop) -> None:
        """Make the archived files survive a power cut.

        Of a claimed drop before it exists, of somebody's folder, which stays where it is, before anything is published:
        by then most files are on the disk, and nobody has waited for it.
        """
        for file in drop.files:
            if file.is_archived:
                paths.flush_file(drop.root / file.path)

    # -- finding again -------------------------------------------------------------------------------------

    def load(self, drop_id: str) -> Drop:
        """The drop of this id, as it was archived."""
        if not self.holds(drop_id):
            known = ", ".join(list(self.drop_ids())[:3]) or "none"
            raise ExchangeError(
                f"{self.root} holds no drop {drop_id!r}",
                file=self.root,
                remedy=f"The newest drops in it: {known}",
                russian="Такой выгрузки нет в архиве",
            )
        return read_drop(self._manifest(drop_id), self._files(drop_id))

    def holds(self, drop_id: str) -> bool:
        """Whether the drop is in the archive, completely."""
        return _is_one_name(drop_id) and paths.look(self._manifest(drop_id)) is not None

    def drop_ids(self) -> Iterator[str]:
        """Ids of the complete drops, newest first; reads no manifest."""
        return filter(self.holds, self.folders())

    def folders(self) -> Iterator[str]:
        """Ids of all drops, newest first, without a look at whether they are complete."""
        return reversed(paths.folder_names(self.root))

    def list(self) -> Iterator[Drop]:
        """The complete drops, newest first, each loaded when it is asked for."""
        return map(self.load, self.drop_ids())

    def latest(self) -> Drop | None:
        """The newest drop, or None when the archive is empty."""
        return next(self.list(), None)

    # -- removing ------------------------------------------------------------------------------------------

    def remove(self, drop_id: str) -> None:
        """Remove a drop for good; one that is half removed does not exist."""
        if _is_one_name(drop_id):
            paths.remove_file(self._manifest(drop_id))
            paths.remove_folder(self.root / drop_id)

    def leftovers(self) -> Iterator[str]:
        """Names of folders that are no drops: being stored in this moment, or left behind by a crash."""
        return filterfalse(self.holds, paths.folder_names(self.root))

    # -- inside --------------------------------------------------------------------------------------------

    def _files(self, drop_id: str) -> UPath:
        return self.root / drop_id / FILES_FOLDER

    def _manifest(self, drop_id: str) -> UPath:
        return self.root / drop_id / MANIFEST_NAME

    def _archive_claimed(self, exchange: ExchangeFolder, drop_id: str) -> None:
        if not _is_one_name(drop_id) or drop_id not in paths.folder_names(exchange.claimed):
            raise ExchangeError(
                f"{exchange.claimed} holds no drop {drop_id!r}, and {self.root} neither",
                file=exchange.claimed,
                remedy="Look at the drop ids in these two folders",
                russian="Такой выгрузки нет ни среди принятых, ни в архиве",
            )
        manifest = read_claim(exchange, drop_id)
        if manifest.state != "claimed":
            raise ExchangeError(
                f"{claim_folder(exchange, drop_id)} is still being claimed",
                file=claim_folder(exchange, drop_id),
                remedy="The exchange sensor finishes it at its next look; then import it",
                russian="Файлы ещё принимаются: повторите позже",
            )
        root = claim_folder(exchange, drop_id) / FILES_FOLDER
        with self._all_or_nothing(drop_id):
            files = [_as_it_lies(root, file) for file in manifest.files]
            found = take_over(root, self._files(drop_id), files, Wanted(everything=True, are_ours=True), self.limits)
            declared = declared_with(root, self._files(drop_id), found)
            drop = Drop(
                drop_id=drop_id,
                mode=declared.mode or DropMode.DELTA,
                dry_run=declared.dry_run,
                source="exchange",
                created_at=manifest.created_at,
                files=in_reading_order(found),
                declared_packets=declared.packets,
                root=self._files(drop_id),
            )
            self.flush(drop)  # a manifest that survives a power cut says that the files have survived it, too
            self._finish(drop)

    @contextmanager
    def _all_or_nothing(self, drop_id: str) -> Iterator[None]:
        try:
            paths.private_folder(self.root)
            paths.private_folder(self.root / drop_id)
            yield
        except BaseException:
            if not self.holds(drop_id):
                paths.remove_folder(self.root / drop_id)
            raise

    def _finish(self, drop: Drop) -> None:
        write_document(self._manifest(drop.drop_id), drop_document(drop), final=True)


def _is_one_name(drop_id: str) -> bool:
    """Whether the id is one safe folder name: it becomes a path."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", drop_id) is not None


def _refuse_incomplete(drop: Drop) -> None:
    """The originals go only when every archived file is there as it was hashed."""
    for file in drop.files:
        found = paths.look(drop.root / file.path) if file.is_archived else None
        if file.is_archived and (found is None or found.size != file.size):
            raise ExchangeError(
                f"{drop.root / file.path} is not as it was archived; the claimed files are left where they are",
                file=drop.root / file.path,
                remedy="Remove the drop's folder from the archive and import it again",
                russian="Архив выгрузки повреждён: удалите её папку из архива и повторите",
            )


def _as_it_lies(root: UPath, file: FileStat) -> FileStat:
    """A file that was still open when it was claimed may have grown since; when it is whole and quiet, so be it."""
    found = paths.look(root / file.path)
    if found is None or found.size == file.size:
        return file
    quiet = datetime.now(UTC).timestamp() - found.mtime_ns / 1e9
    return replace(file, size=found.size) if quiet > QUIET_SECONDS and is_complete(root / file.path) else file


def _remove_claimed(exchange: ExchangeFolder, drop_id: str) -> None:
    """Remove exactly the files that were claimed and are archived now; the list itself goes last."""
    folder = claim_folder(exchange, drop_id)
    if paths.look(folder / MANIFEST_NAME) is None:
        return
    for file in read_claim(exchange, drop_id).files:
        paths.remove_file(folder / FILES_FOLDER / file.path)
    paths.remove_file(folder / MANIFEST_NAME)
    paths.remove_empty_folders(folder)
