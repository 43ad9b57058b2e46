"""Zip files: which members are safe to unpack, and unpacking them with limits.

Belongs here: distrust of zip files. Does not belong here: what the members mean.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn, cast

from upath import UPath

from freesport_pipelines.exchange.copying import Copied, CopyTooLargeError, copy_hashed
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.paths import is_temporary, size_words

SCRIPT_ENDINGS = (
    ".php", ".php3", ".php4", ".php5", ".php7", ".phtml", ".phar", ".asp", ".aspx", ".ashx", ".jsp", ".jspx", ".cgi",
    ".pl", ".py", ".rb", ".sh", ".bash", ".bat", ".cmd", ".com", ".exe", ".dll", ".so", ".msi", ".ps1", ".vbs", ".js",
    ".mjs", ".jar", ".hta", ".scr", ".htaccess", ".user.ini", ".shtml",
)  # fmt: skip
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class ZipLimits:
    """What a zip may grow to. XML of 1C shrinks 10 to 60 times; a bomb shrinks a thousand times."""

    total_bytes: int = 16 * 1024**3
    ratio: int = 250
    ratio_applies_above_bytes: int = 32 * 1024**2
    members: int = 200_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip; `path` is its name with slashes, checked."""

    path: str
    info: zipfile.ZipInfo


@contextmanager
def opened_zip(path: UPath, limits: ZipLimits) -> Iterator["SafeZip"]:
    """Open a zip whose every member has a safe name and which stays within the limits by its own account."""
    with path.open("rb") as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            _refuse_damaged(path, error)
        with archive:
            yield SafeZip(path, archive, limits)


class SafeZip:
    """An opened zip: what is in it, and one member after the other."""

    def __init__(self, path: UPath, archive: zipfile.ZipFile, limits: ZipLimits) -> None:
        self._path, self._archive, self._limits = path, archive, limits
        self.members = tuple(_checked_members(path, archive))
        self._left = self._allowance()

    def unpack(self, member: Member, target: UPath, *, is_packet: bool) -> Copied:
        """Unpack one member. The bytes that really come out are counted, not those that the zip announces."""
        try:
            with self._archive.open(member.info) as stream:
                copied = copy_hashed(cast("BinaryIO", stream), target, is_packet=is_packet, limit=self._left)
        except CopyTooLargeError:
            self._refuse_bomb(f"{member.path} does not end within the allowed size")
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            _refuse_damaged(self._path, error, member.path)
        except (NotImplementedError, RuntimeError) as error:  # encrypted, or an unknown compression
            _refuse_damaged(self._path, error, member.path)
        self._left -= copied.size
        return copied

    def _allowance(self) -> int:
        limits, packed = self._limits, sum(member.info.compress_size for member in self.members)
        announced = sum(member.info.file_size for member in self.members)
        allowed = min(limits.total_bytes, max(limits.ratio_applies_above_bytes, packed * limits.ratio))
        if len(self.members) > limits.members:
            self._refuse_bomb(f"it holds {len(self.members)} files, {limits.members} are allowed")
        if announced > allowed:
            self._refuse_bomb(
                f"it would unpack from {size_words(packed)} to {size_words(announced)},"
                f" {size_words(allowed)} are allowed"
            )
        return allowed

    def _refuse_bomb(self, cause: str) -> NoReturn:
        raise ExchangeError(
            f"{self._path} is not unpacked, it looks like a zip bomb: {cause}",
            file=self._path,
            remedy="Nothing of it was taken over. Send the files unpacked, or in several zips",
            russian="Архив слишком велик после распаковки: выгрузите файлы без сжатия или частями",
        ) from None


def _checked_members(path: UPath, archive: zipfile.ZipFile) -> Iterator[Member]:
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        if cause := _danger(name, info):
            _refuse_member(path, info.filename, cause)
        if info.is_dir() or name.endswith("/") or any(map(is_temporary, name.split("/"))):
            continue
        checked = "/".join(part for part in name.split("/") if part not in {"", "."})
        if checked in seen:
            _refuse_member(path, info.filename, "the name occurs twice")
        seen.add(checked)
        yield Member(checked, info)


def _danger(name: str, info: zipfile.ZipInfo) -> str | None:
    parts = name.split("/")
    rules: tuple[tuple[bool, str], ...] = (
        (name.startswith("/"), "the path is absolute"),
        (_DRIVE.match(name) is not None, "the path names a drive"),
        (".." in parts, "the path leads out of the folder"),
        (stat.S_ISLNK(info.external_attr >> 16), "it is a symbolic link"),
        (any(ord(letter) < 32 for letter in name), "the name holds control characters"),
        (parts[-1].lower().endswith(SCRIPT_ENDINGS), "it is a program or a script"),
    )
    return next((cause for applies, cause in rules if applies), None)


def _refuse_member(path: UPath, name: str, cause: str) -> NoReturn:
    raise ExchangeError(
        f"{path} is not unpacked: {name!r} in it is not allowed ({cause})",
        file=path,
        remedy="Nothing of it was taken over. Build the zip from plain exchange files with relative paths",
        russian="В архиве недопустимое имя файла: соберите архив заново только из файлов выгрузки",
    )


def _refuse_damaged(path: UPath, error: Exception, member: str | None = None) -> NoReturn:
    where = f" at {member}" if member else ""
    raise ExchangeError(
        f"{path} cannot be unpacked{where}: {error or type(error).__name__}",
        file=path,
        remedy="Nothing of it was taken over. Write or upload the zip again",
        russian="Архив повреждён или зашифрован: выгрузите его ещё раз",
    ) from error
