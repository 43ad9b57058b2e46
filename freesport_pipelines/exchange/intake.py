"""Taking files into the archive: which ones, from folders and zips, copied or linked, and hashed in one pass.

Belongs here: reading somebody else's folder without changing it. Does not belong here: what a drop in the archive is
(`archive`), how bytes are copied (`copying`) or unpacked (`unpack`).
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from upath import UPath

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.copying import Copied, copy_hashed, link_hashed
from freesport_pipelines.exchange.drop import MANIFEST_NAME, DropFile
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.manifest import Declared, read_declared
from freesport_pipelines.exchange.paths import FileStat
from freesport_pipelines.exchange.unpack import ZipLimits, opened_zip
from freesport_pipelines.progress import Progress

Files = list[FileStat]

COPIES_AT_ONCE = 2


@dataclass(frozen=True)
class Wanted:
    """Which files go into the archive: everything, or only the packets of some kinds."""

    kinds: frozenset[Kind] | None = None
    everything: bool = False
    are_ours: bool = False
    """The files were claimed: they are moved by giving them a second name, where the archive is on the same disk."""

    def covers(self, path: str) -> bool:
        if self.everything:
            return True
        name = parse_file_name(path)
        if name is None:
            return path == MANIFEST_NAME
        return self.kinds is None or name.kind in self.kinds


def take_over(
    root: UPath, target: UPath, files: Iterable[FileStat], wanted: Wanted, limits: ZipLimits
) -> Sequence[DropFile]:
    """Copy the wanted files of a folder, and the members of its zips, into the archive's folder."""
    zips: Files = []
    loose: Files = []
    for file in files:
        (zips if _is_zip(file.path) else loose).append(file)
    unpacked = [taken for file in zips for taken in _take_zip(root, target, file, wanted, limits)]
    return [*unpacked, *_take_loose(root, target, loose, wanted)]


def _take_zip(root: UPath, target: UPath, file: FileStat, wanted: Wanted, limits: ZipLimits) -> Iterator[DropFile]:
    """The members of a zip, in a folder of its name."""
    with opened_zip(root / file.path, limits) as opened:
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
        return _take_file(root, target, file, are_ours=wanted.are_ours)

    listed = list(files)
    progress = Progress("archiving", sum(file.size for file in listed) / 1e6, "MB")
    if paths.local_path(root) is None or paths.local_path(target) is None:
        return list(_counted(map(take, listed), progress))
    pool = ThreadPoolExecutor(COPIES_AT_ONCE, thread_name_prefix="archive")
    try:
        return list(_counted(pool.map(take, listed), progress))
    finally:
        pool.shutdown(cancel_futures=True)


def _counted(taken: Iterator[DropFile], progress: Progress) -> Iterator[DropFile]:
    for file in taken:
        progress.move(file.size / 1e6)
        yield file


def _take_file(root: UPath, target: UPath, file: FileStat, *, are_ours: bool) -> DropFile:
    source, is_packet = root / file.path, _is_packet(file.path)
    before = paths.look(source)
    try:
        copied = link_hashed(source, target / file.path, is_packet=is_packet) if are_ours else None
        if copied is None:
            with source.open("rb") as stream:
                copied = copy_hashed(stream, target / file.path, is_packet=is_packet)
    except FileNotFoundError:
        raise _changed(source, "it has gone") from None
    if copied.size != file.size:
        raise _changed(source, paths.growth_words(file.size, copied.size))
    after = paths.look(source)
    if after is not None and after != before:  # a file that has gone was read to its end
        raise _changed(source, "it was written to meanwhile")
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


def declared_with(root: UPath, target: UPath, found: Iterable[DropFile]) -> Declared:
    """The manifest that came with the files: beside them, or at the top of a zip."""
    names = sorted(file.path for file in found if file.is_archived and _is_manifest(file.path))
    return read_declared(target / names[0], shown_as=root / names[0]) if names else Declared()


def _is_manifest(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name == MANIFEST_NAME and (not folder or _is_zip(folder))


def folder_or_zip(source: UPath) -> tuple[UPath, list[FileStat]]:
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
