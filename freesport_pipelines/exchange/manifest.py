"""manifest.json: written by us into every drop, and optionally dropped by the 1C administrator beside the files.

Belongs here: the format, its version, and refusing what cannot be read. Does not belong here: deciding what the
declared values mean for an import.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from upath import UPath

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange.drop import Drop, DropFile, DropMode
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.paths import PRIVATE_FILE, READ_ONLY_FILE, write_whole

VERSION = 1
_KINDS = {kind.value.lower(): kind for kind in Kind}


@dataclass(frozen=True)
class Declared:
    """What the administrator says about the set: how to read it and how many packets it should have."""

    mode: DropMode | None = None
    dry_run: bool = False
    packets: Mapping[str, int] | None = None


def read_document(path: UPath, shown_as: object = None) -> dict[str, Any]:
    """The JSON object in the file, of a version that we know. Errors name the file as `shown_as`."""
    shown = shown_as or path
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise unreadable(shown, "it does not exist") from None
    except (OSError, ValueError) as error:
        raise unreadable(shown, str(error)) from error
    if not isinstance(document, dict):
        raise unreadable(shown, f"it should hold one JSON object, not {type(document).__name__}")
    version = document.get("version", VERSION)
    if version != VERSION:
        raise unreadable(shown, f"its version is {version!r}, this program reads version {VERSION}")
    return document


def write_document(path: UPath, document: Mapping[str, Any], *, final: bool = False) -> None:
    """Write the manifest in one step; a final one cannot be written to again."""
    text = json.dumps({"version": VERSION, **document}, ensure_ascii=False, indent=1)
    write_whole(path, text.encode(), mode=READ_ONLY_FILE if final else PRIVATE_FILE)


def unreadable(path: object, cause: str) -> ExchangeError:
    """The error for a manifest that cannot be used."""
    return ExchangeError(
        f"{path} cannot be used: {cause}",
        file=path,
        remedy='Write an object such as {"mode": "full", "packets": {"goods": 20}} in UTF-8, or remove the file',
        russian="Файл manifest.json не читается: исправьте его (JSON, UTF-8) или удалите",
    )


def read_declared(path: UPath, shown_as: object = None) -> Declared:
    """The manifest an administrator or a tool has put beside the files; other fields are left alone."""
    document, shown = read_document(path, shown_as), shown_as or path
    return Declared(
        mode=_declared_mode(shown, document.get("mode")),
        dry_run=_declared_dry_run(shown, document.get("dry_run", False)),
        packets=_declared_packets(shown, document.get("packets")),
    )


def _declared_mode(path: object, value: object) -> DropMode | None:
    if value is None:
        return None
    try:
        return DropMode(str(value).lower())
    except ValueError:
        raise unreadable(path, f'"mode" is {value!r}, it can be "delta" or "full"') from None


def _declared_dry_run(path: object, value: object) -> bool:
    if not isinstance(value, bool):
        raise unreadable(path, f'"dry_run" is {value!r}, it can be true or false')
    return value


def _declared_packets(path: object, value: object) -> Mapping[str, int] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise unreadable(path, '"packets" should name kinds and numbers, such as {"goods": 20}')
    counts: dict[str, int] = {}
    for name, count in value.items():
        kind = _KINDS.get(str(name).lower())
        if kind is None:
            raise unreadable(path, f'"packets" names {name!r}, it can name {", ".join(Kind)}')
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise unreadable(path, f'"packets" says {count!r} for {name}, it should be a number')
        counts[kind.value] = count
    return counts


def drop_document(drop: Drop) -> dict[str, Any]:
    """The drop as it is written into the archive."""
    return {
        "drop_id": drop.drop_id,
        "mode": drop.mode.value,
        "dry_run": drop.dry_run,
        "source": drop.source,
        "created_at": drop.created_at.astimezone(UTC).isoformat(),
        "packets": None if drop.declared_packets is None else dict(drop.declared_packets),
        "content_digest": drop.content_digest,
        "files": [_file_document(file) for file in drop.files],
    }


def _file_document(file: DropFile) -> dict[str, Any]:
    values = {
        "path": file.path,
        "kind": file.kind,
        "number": file.number,
        "packet": file.packet,
        "size": file.size,
        "sha256": file.sha256,
        "content_sha256": file.content_sha256,
        "formed_at": file.formed_at.isoformat() if file.formed_at else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def read_drop(path: UPath, root: UPath) -> Drop:
    """The drop that the archive's manifest describes; `root` is the folder of its files."""
    document = read_document(path)
    try:
        return Drop(
            drop_id=document["drop_id"],
            mode=DropMode(document["mode"]),
            dry_run=document["dry_run"],
            source=document["source"],
            created_at=datetime.fromisoformat(document["created_at"]),
            files=tuple(_read_file(file) for file in document["files"]),
            declared_packets=document["packets"],
            root=root,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(path, f"it is not the manifest of a drop ({error!r})") from error


def _read_file(document: Mapping[str, Any]) -> DropFile:
    kind, formed_at = document.get("kind"), document.get("formed_at")
    return DropFile(
        path=document["path"],
        kind=Kind(kind) if kind else None,
        number=document.get("number"),
        packet=document.get("packet"),
        size=document["size"],
        sha256=document.get("sha256"),
        formed_at=datetime.fromisoformat(formed_at) if formed_at else None,
        content_sha256=document.get("content_sha256"),
    )
