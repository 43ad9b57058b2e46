"""Small invented exports and the clock of these tests."""

import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upath import UPath

from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import SeenFile, Snapshot, Verdict, judge, scan

T0 = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
SETTLE = 20


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def packet(text: str = "", formed_at: str = "2026-01-15T12:00:00", closed: bool = True) -> bytes:
    end = "</КоммерческаяИнформация>" if closed else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3"'
        f' ВерсияСхемы="3.1" ДатаФормирования="{formed_at}" Ид="Пробный обмен"><Каталог>{text}</Каталог>{end}'
    ).encode()


def name(kind: str, number: int = 1) -> str:
    return f"{kind}/{kind}_1_{number}_{uuid.uuid4()}.xml"


def put(folder: UPath | Path, path: str, data: bytes) -> UPath:
    target = UPath(folder) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def seen(exchange: ExchangeFolder) -> tuple[SeenFile, ...]:
    return scan(exchange.incoming, now=T0).files


class Looks:
    """The sensor of these tests: each look remembers the one before."""

    def __init__(self, incoming: UPath) -> None:
        self.incoming = incoming
        self.previous: Snapshot | None = None

    def at(self, seconds: float, stalled_after: float = 900) -> Verdict:
        current = scan(self.incoming, self.previous, at(seconds))
        verdict = judge(self.previous, current, at(seconds), SETTLE, stalled_after)
        self.previous = Snapshot.from_json(current.to_json())
        return verdict


def names(files: tuple[SeenFile, ...]) -> list[str]:
    return [file.path for file in files]


def tree(folder: UPath | Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(str(folder)).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
