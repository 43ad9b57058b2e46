"""The folder of backups: taking one, finding the right one, putting one back, keeping so many.

A backup is a folder `<root>/<id>/` with a dump and a manifest. It exists from the moment its manifest is written, which
is the last step, until its manifest is removed, which is the first. The folder may be on another machine (any UPath).
"""

import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from upath import UPath

from freesport_pipelines.database import backup as dumps
from freesport_pipelines.database import restore as restores
from freesport_pipelines.database.backup_manifest import POSTGRESQL, SQLITE, BackupError, Manifest, from_document
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.restore import Restored
from freesport_pipelines.database.undone import Mark
from freesport_pipelines.exchange import paths
from freesport_pipelines.settings import Settings

log = logging.getLogger(__name__)

DUMP_NAMES = {POSTGRESQL: "shop.dump", SQLITE: "shop.db"}
MANIFEST_NAME = "manifest.json"
BLOCK_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Backup:
    """One complete backup."""

    id: str
    folder: UPath
    manifest: Manifest

    @property
    def dump(self) -> UPath:
        """The file that the database's tool wrote."""
        return self.folder / DUMP_NAMES[self.manifest.database]


@dataclass(frozen=True)
class Backups:
    """The backups in one folder."""

    root: UPath
    postgres_bin: Path | None = None

    # -- making --------------------------------------------------------------------------------------------

    def take(self, database: ShopDatabase, reason: str = "") -> Backup:
        """Back the database up, while imports go on. What is not complete is not listed.

        :param reason: for a safety backup: what is about to be done
        """
        backup_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        paths.private_folder(self.root)
        with self._workplace() as workplace:
            file = workplace / "dump"
            manifest = replace(dumps.back_up(database, file, postgres_bin=self.postgres_bin), reason=reason)
            backup = Backup(backup_id, self.root / backup_id, manifest)
            try:
                _bring(file, backup.dump)
                document = json.dumps(manifest.as_document(), ensure_ascii=False, indent=1).encode()
                paths.write_whole(backup.folder / MANIFEST_NAME, document, mode=paths.READ_ONLY_FILE)
            except BaseException:
                paths.remove_folder(backup.folder)
                raise
        log.info("backup %s: %s in %s", backup_id, paths.size_words(manifest.size), backup.dump)
        return backup

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """A private folder on this machine; beside the backups if they are here, so that moving is renaming."""
        with tempfile.TemporaryDirectory(prefix=".backup-", suffix=".tmp", dir=paths.local_path(self.root)) as folder:
            yield Path(folder)

    # -- finding -------------------------------------------------------------------------------------------

    def newest_first(self) -> list[Backup]:
        """The complete backups. One whose manifest cannot be read is left out, and said so in the log."""
        found = []
        for name in reversed(paths.folder_names(self.root)):
            try:
                found.append(self.load(name))
            except BackupError as error:
                if paths.look(self.root / name / MANIFEST_NAME) is not None:
                    log.warning("backup %s is left out: %s", name, error)
        return found

    def load(self, backup_id: str) -> Backup:
        """The backup of this id."""
        folder = self.root / backup_id
        is_one_name = backup_id in paths.folder_names(self.root)
        if not is_one_name or paths.look(folder / MANIFEST_NAME) is None:
            raise BackupError(f"{self.root} holds no backup {backup_id!r}: `freesport backups` lists what it holds")
        try:
            document = json.loads((folder / MANIFEST_NAME).read_bytes())
        except (OSError, ValueError) as error:
            raise BackupError(f"the manifest of backup {backup_id} cannot be read: {error}") from error
        backup = Backup(backup_id, folder, from_document(document if isinstance(document, dict) else {}))
        if paths.look(backup.dump) is None:
            raise BackupError(f"backup {backup_id} has lost its dump {backup.dump}: use another backup")
        return backup

    # -- using ---------------------------------------------------------------------------------------------

    def restore(self, backup: Backup, database: ShopDatabase, seen: Mark | None = None) -> Restored:
        """Put a backup back; see `database.restore`."""
        with self.fetched(backup) as file:
            return restores.restore(database, file, backup.manifest, postgres_bin=self.postgres_bin, seen=seen)

    @contextmanager
    def fetched(self, backup: Backup) -> Iterator[Path]:
        """The dump as a file of this machine."""
        local = paths.local_path(backup.dump)
        if local is not None:
            yield local
            return
        with tempfile.TemporaryDirectory(prefix="freesport-backup-") as folder:
            file = Path(folder) / backup.dump.name
            with backup.dump.open("rb") as source, file.open("wb") as target:
                shutil.copyfileobj(source, target, BLOCK_BYTES)
            yield file

    # -- keeping -------------------------------------------------------------------------------------------

    def remove(self, backups: Iterable[Backup]) -> None:
        """Remove them; one that is half removed does not exist."""
        for backup in backups:
            paths.remove_file(backup.folder / MANIFEST_NAME)
            paths.remove_folder(backup.folder)
            log.info("backup %s removed", backup.id)


def backups_of(settings: Settings) -> Backups:
    """The backups of this installation."""
    return Backups(paths.as_upath(settings.backup_url), settings.postgres_bin)


def _bring(file: Path, target: UPath) -> None:
    """Move a finished local file to its place, under its name only when it is whole there."""
    paths.private_folder(target.parent)
    local = paths.local_path(target)
    if local is not None:
        with file.open("rb+") as stream:
            paths.flush_to_disk(stream)
        paths.finish_file(UPath(file), target, mode=paths.READ_ONLY_FILE)
        return
    prepared = paths.temporary_name(target) if paths.renames_atomically(target) else target
    with file.open("rb") as source, prepared.open("wb") as stream:
        shutil.copyfileobj(source, stream, BLOCK_BYTES)
    if prepared is not target:
        paths.finish_file(prepared, target, mode=paths.READ_ONLY_FILE)
