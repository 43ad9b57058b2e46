"""The archive: where drops are kept, private, read-only and complete, so that any of them can be replayed.

Belongs here: bringing files into the archive from a claimed drop or from somebody's folder, and finding drops again.
Does not belong here: retention (a policy of its own), reading packets (`commerceml`).

A drop exists from the moment its manifest is written, which is the last step. What a crash leaves behind has no
manifest, is listed nowhere, and is completed when the same claimed drop is stored again.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from upath import UPath

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.claim import claim_folder, read_claim
from freesport_pipelines.exchange.copying import Copied, copy_hashed
from freesport_pipelines.exchange.drop import (
    FILES_FOLDER,
    MANIFEST_NAME,
    Drop,
    DropFile,
    DropMode,
    in_reading_order,
    new_drop_id,
)
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.manifest import (
    Declared,
    drop_document,
    read_declared,
    read_drop,
    write_document,
)
from freesport_pipelines.exchange.paths import FileStat
from freesport_pipelines.exchange.unpack import ZipLimits, opened_zip

Files = list[FileStat]

COPIES_AT_ONCE = 2


@dataclass(frozen=True)
class Wanted:
    """Which files go into the archive: everything, or only the packets of some kinds."""

    kinds: frozenset[Kind] | None = None
    everything: bool = False

    def covers(self, path: str) -> bool:
        if self.everything:
            return True
        name = parse_file_name(path)
        if name is None:
            return path == MANIFEST_NAME
        return self.kinds is None or name.kind in self.kinds


@dataclass(frozen=True)
class Archive:
    """Drops in `<root>/<drop_id>/`: `files/…` and a `manifest.json` that describes them."""

    root: UPath
    limits: ZipLimits = field(default_factory=ZipLimits)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", paths.as_upath(self.root))

    # -- bringing in ---------------------------------------------------------------------------------------

    def store_claimed(self, exchange: ExchangeFolder, drop_id: str) -> Drop:
        """Archive a claimed drop and remove it from `claimed/`. May be called again after a crash."""
        try:
            if not self.holds(drop_id):
                self._archive_claimed(exchange, drop_id)
        except ExchangeError:
            if not self.holds(drop_id):  # else: another worker has archived it meanwhile
                raise
        _remove_claimed(exchange, drop_id)
        return self.load(drop_id)

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
        root, files = _folder_or_zip(source)
        wanted = Wanted(frozenset(only) if only is not None else None)
        drop_id = new_drop_id(now)
        with self._all_or_nothing(drop_id):
            found = self._take_over(drop_id, root, files, wanted)
            if not any(file.kind is not None for file in found):
                raise no_packets(source, wanted.kinds)
            declared = _declared(root, self._files(drop_id), found)
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
        return filter(self.holds, reversed(paths.folder_names(self.root)))

    def list(self) -> Iterator[Drop]:
        """The complete drops, newest first, each loaded when it is asked for."""
        return map(self.load, self.drop_ids())

    def latest(self) -> Drop | None:
        """The newest drop, or None when the archive is empty."""
        return next(self.list(), None)

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
            found = self._take_over(drop_id, root, manifest.files, Wanted(everything=True))
            declared = _declared(root, self._files(drop_id), found)
            self._finish(
                Drop(
                    drop_id=drop_id,
                    mode=declared.mode or DropMode.DELTA,
                    dry_run=declared.dry_run,
                    source="exchange",
                    created_at=manifest.created_at,
                    files=in_reading_order(found),
                    declared_packets=declared.packets,
                    root=self._files(drop_id),
                )
            )

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

    def _take_over(self, drop_id: str, root: UPath, files: Iterable[FileStat], wanted: Wanted) -> Sequence[DropFile]:
        target = self._files(drop_id)
        zips: Files = []
        loose: Files = []
        for file in files:
            (zips if _is_zip(file.path) else loose).append(file)
        unpacked = [taken for file in zips for taken in self._take_zip(root, target, file, wanted)]
        return [*unpacked, *_take_loose(root, target, loose, wanted)]

    def _take_zip(self, root: UPath, target: UPath, file: FileStat, wanted: Wanted) -> Iterator[DropFile]:
        """The members of a zip, in a folder of its name."""
        with opened_zip(root / file.path, self.limits) as opened:
            for member in opened.members:
                path = f"{file.path}/{member.path}"
                if wanted.covers(member.path):
                    copied = opened.unpack(member, target / path, is_packet=_is_packet(path))
                    yield _archived(target, path, copied)
                else:
                    yield _only_seen(path, member.info.file_size)


def no_packets(place: UPath, kinds: frozenset[Kind] | None) -> ExchangeError:
    """The error for a folder in which nothing can be imported."""
    of_kinds = f" of {', '.join(kind for kind in Kind if kind in kinds)}" if kinds is not None else ""
    kind = next((kind for kind in Kind if kinds and kind in kinds), Kind.GOODS)
    return ExchangeError(
        f"no CommerceML packets{of_kinds} in {place}: expected files such as {kind}.xml or {kind}_1_1_<uuid>.xml"
        f" in {place} or in a folder or zip below it",
        file=place,
        remedy="Name the folder into which 1C exports",
        russian="В папке нет файлов выгрузки CommerceML: укажите папку, в которую выгружает 1С",
    )


def _take_loose(root: UPath, target: UPath, files: Iterable[FileStat], wanted: Wanted) -> list[DropFile]:
    def take(file: FileStat) -> DropFile:
        if not wanted.covers(file.path):
            return _only_seen(file.path, file.size)
        return _take_file(root, target, file)

    if paths.local_path(root) is None or paths.local_path(target) is None:
        return [take(file) for file in files]
    pool = ThreadPoolExecutor(COPIES_AT_ONCE, thread_name_prefix="archive")
    try:
        return list(pool.map(take, files))
    finally:
        pool.shutdown(cancel_futures=True)


def _take_file(root: UPath, target: UPath, file: FileStat) -> DropFile:
    source = root / file.path
    try:
        with source.open("rb") as stream:
            copied = copy_hashed(stream, target / file.path, is_packet=_is_packet(file.path))
    except FileNotFoundError:
        raise _changed(source, "it has gone") from None
    if copied.size != file.size:
        raise _changed(source, paths.growth_words(file.size, copied.size))
    return _archived(target, file.path, copied)


def _changed(source: UPath, what: str) -> ExchangeError:
    return ExchangeError(
        f"{source} changed while it was read: {what}",
        file=source,
        remedy="Nothing was imported. Wait until 1C has finished its export and start again",
        russian="Файл изменился во время чтения: дождитесь окончания выгрузки и повторите",
    )


def _is_packet(path: str) -> bool:
    return parse_file_name(path) is not None


def _is_zip(path: str) -> bool:
    return path.lower().endswith(".zip")


def _only_seen(path: str, size: int) -> DropFile:
    """A file that is named in the drop and was left where it is."""
    return DropFile(path, kind=None, number=None, packet=None, size=size, sha256=None)


def _archived(target: UPath, path: str, copied: Copied) -> DropFile:
    name = parse_file_name(path)
    if name is None:
        return DropFile(path, None, None, None, copied.size, copied.sha256)
    return DropFile(
        path=path,
        kind=name.kind,
        number=name.number,
        packet=name.packet,
        size=copied.size,
        sha256=copied.sha256,
        formed_at=_formed_at(target / path, path),
        content_sha256=copied.content_sha256,
    )


def _formed_at(file: UPath, name: str) -> datetime | None:
    """ДатаФормирования; None when the header cannot be read: the parsing step will name the error."""
    from freesport_pipelines.commerceml.errors import PacketError
    from freesport_pipelines.commerceml.packet import read_header

    try:
        with file.open("rb") as stream:
            return read_header(stream, name).formed_at
    except PacketError:
        return None


def _declared(root: UPath, target: UPath, found: Iterable[DropFile]) -> Declared:
    """The manifest that came with the files: beside them, or at the top of a zip."""
    names = sorted(file.path for file in found if file.is_archived and _is_manifest(file.path))
    return read_declared(target / names[0], shown_as=root / names[0]) if names else Declared()


def _is_manifest(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name == MANIFEST_NAME and (not folder or _is_zip(folder))


def _folder_or_zip(source: UPath) -> tuple[UPath, list[FileStat]]:
    if source.is_dir():
        return source, list(paths.walk(source, follow_links=True))
    found = paths.look(source)
    if found is not None and _is_zip(source.name):
        size = source.stat().st_size  # of the file itself, should the name be a link
        return source.parent, [FileStat(source.name, size, found.mtime_ns)]
    raise ExchangeError(
        f"{source} is neither a folder nor a zip file" if found else f"{source} does not exist",
        file=source,
        remedy="Name the folder into which 1C exports, or a zip of it",
        russian="Укажите папку выгрузки 1С или её zip-архив",
    )


def _is_one_name(drop_id: str) -> bool:
    """Whether the id is one safe folder name: it becomes a path."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", drop_id) is not None


def _remove_claimed(exchange: ExchangeFolder, drop_id: str) -> None:
    """Remove exactly the files that were claimed and are archived now; the list itself goes last."""
    folder = claim_folder(exchange, drop_id)
    if paths.look(folder / MANIFEST_NAME) is None:
        return
    for file in read_claim(exchange, drop_id).files:
        paths.remove_file(folder / FILES_FOLDER / file.path)
    paths.remove_file(folder / MANIFEST_NAME)
    paths.remove_empty_folders(folder)
