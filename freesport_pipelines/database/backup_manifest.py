"""What a backup says about itself: the manifest beside the dump, by which a restore is verified.

Belongs here: the format and refusing what does not fit it. Does not belong here: making dumps, loading them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VERSION = 1
POSTGRESQL, SQLITE = "postgresql", "sqlite"


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

    def holds(self, session_id: int) -> bool:
        """Whether what this session published is in the backup."""
        return session_id <= self.newest_session and session_id not in {s.id for s in self.open_sessions}


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
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupError(f"its manifest cannot be read ({error!r}): use another backup") from error


def _content(document: Mapping[str, Any]) -> TableContent:
    return TableContent(**{**document, "columns": tuple(document["columns"])})


def _history(document: Mapping[str, Any]) -> History:
    until = document["published_until"]
    return History(
        newest_session=document["newest_session"],
        newest_run=document["newest_run"],
        published_until=datetime.fromisoformat(until).astimezone(UTC) if until else None,
        open_sessions=tuple(OpenSession(**session) for session in document["open_sessions"]),
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
