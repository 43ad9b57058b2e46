"""Looking at `incoming/`: what lies there, and whether it is complete enough to be claimed.

Belongs here: two cheap looks and the judgement between them. Does not belong here: moving anything (`claim`).
A look costs one listing; only an xml or zip that has been quiet since the last look is opened, at its end.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from upath import UPath

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.exchange.paths import FileStat, as_upath, growth_words, size_words, walk

TAIL_BYTES = 4096
DEFAULT_STALLED_AFTER_SECONDS = 900
NAMES_IN_A_MESSAGE = 3


@dataclass(frozen=True, slots=True)
class SeenFile:
    """One file at one look. `since`: when we first saw it in this shape, by our clock, not by the server's.

    `complete` is None while nobody has looked at its end; `problem` says why one could not look.
    """

    path: str
    size: int
    mtime_ns: int
    since: datetime
    complete: bool | None = None
    problem: str | None = None

    def has_shape_of(self, other: "SeenFile | FileStat | None") -> bool:
        return other is not None and (self.size, self.mtime_ns) == (other.size, other.mtime_ns)


@dataclass(frozen=True)
class Snapshot:
    """One look at the incoming folder. Fits into the cursor of a sensor."""

    files: tuple[SeenFile, ...] = ()

    def by_path(self) -> dict[str, SeenFile]:
        return {file.path: file for file in self.files}

    def without(self, paths: Collection[str]) -> "Snapshot":
        """The look as it would be without these files: what to remember after they were claimed."""
        return Snapshot(tuple(file for file in self.files if file.path not in paths))

    def to_json(self) -> str:
        rows = [
            [file.path, file.size, file.mtime_ns, file.since.isoformat(), file.complete, file.problem]
            for file in self.files
        ]
        return json.dumps({"version": 1, "files": rows}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> "Snapshot | None":
        """The remembered look, or None when there is none that can be read (then it simply starts again)."""
        try:
            rows: list[Any] = json.loads(text or "")["files"]
            return cls(tuple(SeenFile(p, s, m, datetime.fromisoformat(t), *end) for p, s, m, t, *end in rows))
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True)
class Verdict:
    """What to do with the folder now: claim `ready`, or skip for the `reason`. The reason is always said."""

    ready: tuple[SeenFile, ...]
    reason: str
    stalled: tuple[str, ...] = ()


def scan(incoming: UPath, previous: Snapshot | None = None, now: datetime | None = None) -> Snapshot:
    """Look at the folder. What is as it was at the previous look keeps its age, and is looked at at its end."""
    folder, moment = as_upath(incoming), now or datetime.now(UTC)
    remembered = previous.by_path() if previous else {}
    return Snapshot(tuple(_see(folder, file, remembered.get(file.path), moment) for file in walk(folder)))


def _see(folder: UPath, file: FileStat, before: SeenFile | None, now: datetime) -> SeenFile:
    if before is None or not before.has_shape_of(file):
        return SeenFile(file.path, file.size, file.mtime_ns, since=now)
    if before.complete:
        return before
    try:
        return replace(before, complete=is_complete(folder / file.path), problem=None)
    except OSError as error:
        return replace(before, complete=False, problem=error.strerror or str(error))


def is_complete(path: UPath) -> bool:
    """An xml is complete when its last tag is closed, a zip when its directory can be read, others always."""
    try:
        match path.suffix.lower():
            case ".xml":
                return _xml_is_complete(path)
            case ".zip":
                with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
                    return archive.start_dir >= 0
            case _:
                return True
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _xml_is_complete(path: UPath) -> bool:
    from freesport_pipelines.commerceml.packet import ends_complete

    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - TAIL_BYTES))
        tail: bytes = stream.read(TAIL_BYTES)
    if parse_file_name(path.name) is None:  # somebody's readme.xml has a root of its own
        return tail.rstrip().endswith(b">")
    return ends_complete(tail)


def judge(
    previous: Snapshot | None,
    current: Snapshot,
    now: datetime,
    settle_seconds: float,
    stalled_after_seconds: float = DEFAULT_STALLED_AFTER_SECONDS,
) -> Verdict:
    """Whether the set can be claimed: unchanged between two looks, quiet for a while, every file complete.

    A file that has been incomplete for too long no longer holds up the others: it stays and is named each time.
    """
    if not current.files:
        return Verdict((), "the folder is empty")
    stalled = [file for file in current.files if _is_stalled(file, now, stalled_after_seconds)]
    names = tuple(file.path for file in stalled)
    waiting = current.without(names)
    note = _stalled_words(stalled, now)
    reason = _reason_to_wait(previous, waiting, now, settle_seconds) if waiting.files else None
    if not waiting.files or reason:
        return Verdict((), "; ".join(filter(None, [reason, note])), names)
    ready = f"{_count(len(waiting.files))} ready, {size_words(sum(file.size for file in waiting.files))}"
    return Verdict(waiting.files, "; ".join(filter(None, [ready, note])), names)


def _is_stalled(file: SeenFile, now: datetime, after_seconds: float) -> bool:
    return file.complete is False and now - file.since > timedelta(seconds=after_seconds)


def _stalled_words(stalled: Iterable[SeenFile], now: datetime) -> str:
    words = [
        f"{file.path} ({size_words(file.size)}) has been incomplete for {_minutes(now - file.since)} and stays"
        for file in stalled
    ]
    return "; ".join(words) + ": let 1C write it again or remove it" if words else ""


def _reason_to_wait(previous: Snapshot | None, current: Snapshot, now: datetime, settle_seconds: float) -> str | None:
    return (
        _reason_changing(previous, current)
        or _reason_quiet(current, now, settle_seconds)
        or _reason_incomplete(current)
    )


def _reason_changing(previous: Snapshot | None, current: Snapshot) -> str | None:
    if previous is None:
        return f"{_count(len(current.files))} seen for the first time, looking again before claiming"
    remembered = previous.by_path()
    changes = [_change_words(remembered[f.path], f) for f in current.files if f.path in remembered]
    if changing := [words for words in changes if words]:
        return _some(changing)
    if new := [file.path for file in current.files if file.path not in remembered]:
        return f"{_count(len(new), 'new ')} arrived: {_kinds_in_words(new)}"
    if gone := sorted(remembered.keys() - {file.path for file in current.files}):
        still_there = [path for path in gone if remembered[path].complete is not False]
        return f"{_some(still_there, ', ')} has gone since the last look" if still_there else None
    return None


def _kinds_in_words(files: list[str]) -> str:
    """What arrived by kind: names with their 36-character uuids would hide it."""
    names = [parse_file_name(path) for path in files]
    kinds = Counter("other" if name is None else str(name.kind) for name in names)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def _change_words(before: SeenFile, after: SeenFile) -> str | None:
    if after.has_shape_of(before):
        return None
    if after.size > before.size:
        return f"{after.path} is still growing: {growth_words(before.size, after.size)}"
    if after.size < before.size:
        return f"{after.path} is being written again: {growth_words(before.size, after.size)}"
    return f"{after.path} was written again since the last look"


def _reason_quiet(current: Snapshot, now: datetime, settle_seconds: float) -> str | None:
    quiet = (now - max(file.since for file in current.files)).total_seconds()
    if quiet >= settle_seconds:
        return None
    return f"waiting for {settle_seconds:.0f} s of quiet, {max(quiet, 0):.0f} s passed"


def _reason_incomplete(current: Snapshot) -> str | None:
    incomplete = [_incomplete_words(file) for file in current.files if not file.complete]
    return _some(incomplete) if incomplete else None


def _incomplete_words(file: SeenFile) -> str:
    if file.problem:
        return f"{file.path} cannot be read: {file.problem}"
    if file.path.lower().endswith(".zip"):
        return f"{file.path} cannot be opened as a zip yet"
    return f"{file.path} does not end with its closing tag yet"


def _some(parts: list[str], separator: str = "; ") -> str:
    rest = len(parts) - NAMES_IN_A_MESSAGE
    return separator.join(parts[:NAMES_IN_A_MESSAGE]) + (f" and {rest} more" if rest > 0 else "")


def _count(number: int, adjective: str = "") -> str:
    return f"{number} {adjective}file{'' if number == 1 else 's'}"


def _minutes(duration: timedelta) -> str:
    return f"{duration.total_seconds() // 60:.0f} min"
