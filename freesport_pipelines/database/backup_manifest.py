"""What a backup says about itself: the manifest beside the dump, by which a restore is verified.

Belongs here: the format and refusing what does not fit it. Does not belong here: making dumps, loading them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VERSION = 1
POSTGRESQL, SQLITE = "postgresql", "sqlite"
BEFORE_RESTORE, BEFORE_REBUILD = "before restore", "before rebuild"


class BackupError(RuntimeError):
    """A backup cannot be made or used; the message says why, what was (not) changed and what to do."""


@dataclass(frozen=True)
class TableContent:
    """What one table holds. Equal digests mean equal rows, in whatever order they lie."""

    columns: tuple[str, ...]
    rows: int
    digest: str
    last_id: int = 0
    """The highest id that was ever given out: ids are never used twice, the shop may have noted them down."""


@dataclass(frozen=True)
class OpenSession:
    """A session that had not been published when the backup was made, and may be later."""

    id: int
    drop_id: str
    status: str


@dataclass(frozen=True)
class History:
    """How far the imports had come in the moment of the backup."""

    newest_session: int = 0
    newest_run: str = ""
    published_until: datetime | None = None
    """When the last session in it was published."""
    open_sessions: tuple[OpenSession, ...] = ()
    lived_through: tuple[tuple[int, int], ...] | None = ()
    """Sessions whose doing led to this state, as ranges: published, also if a rollback followed, which is one of them
    too; not what a restore or a rebuild had undone. None: a backup that does not say it."""

    @property
    def effects(self) -> frozenset[int]:
        """The sessions whose doing is in the backup."""
        return frozenset(n for first, last in self.lived_through or () for n in range(first, last + 1))


def as_ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers, narrow: a shop has tens of thousands of sessions a year."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


@dataclass(frozen=True)
class Manifest:
    """One backup."""

    created_at: datetime
    database: str
    revision: str
    """The schema that the dump fits."""
    tables: Mapping[str, TableContent]
    history: History
    size: int
    sha256: str
    reason: str = ""
    """What it was made before, so that this can be undone; empty for a backup made for its own sake."""

    @property
    def is_safety(self) -> bool:
        """Whether it holds a state that an operator wanted to leave."""
        return bool(self.reason)

    def as_document(self) -> dict[str, Any]:
        """The manifest as JSON."""
        until = self.history.published_until
        return {
            "version": VERSION,
            **asdict(self),
            "created_at": self.created_at.isoformat(),
            "tables": {name: asdict(content) for name, content in self.tables.items()},
            "history": {**asdict(self.history), "published_until": until.isoformat() if until else None},
        }


def from_document(document: Mapping[str, Any]) -> Manifest:
    """The manifest out of its JSON."""
    if document.get("version") != VERSION:
        raise BackupError(
            f"its manifest has version {document.get('version')!r}, this program reads version {VERSION}: restore it "
            "with the version of freesport that made it"
        )
    try:
        return Manifest(
            created_at=datetime.fromisoformat(document["created_at"]),
            database=document["database"],
            revision=document["revision"],
            tables={name: _content(table) for name, table in document["tables"].items()},
            history=_history(document["history"]),
            size=document["size"],
            sha256=document["sha256"],
            reason=document.get("reason", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupError(f"its manifest cannot be read ({error!r}): use another backup") from error


def _content(document: Mapping[str, Any]) -> TableContent:
    return TableContent(**{**document, "columns": tuple(document["columns"])})


def _history(document: Mapping[str, Any]) -> History:
    until, ranges = document["published_until"], document.get("lived_through")
    return History(
        newest_session=document["newest_session"],
        newest_run=document["newest_run"],
        published_until=datetime.fromisoformat(until).astimezone(UTC) if until else None,
        open_sessions=tuple(OpenSession(**session) for session in document["open_sessions"]),
        lived_through=None if ranges is None else tuple((int(first), int(last)) for first, last in ranges),
    )


def sha256_of(file: Path) -> str:
    """Fingerprint of a whole file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify_file(dump: Path, manifest: Manifest) -> None:
    """Refuse a dump that is not, byte for byte, the one that was written."""
    if dump.stat().st_size != manifest.size or sha256_of(dump) != manifest.sha256:
        raise BackupError(
            "the dump is not the one that was written (damaged, or changed since): nothing was restored; use another "
            "backup (`freesport backups` lists them) / файл резервной копии повреждён, данные магазина не изменены"
        )
