"""Files that somebody writes to while they are archived: refused by name, and nobody's import is half of each.

What a file is does not depend on the database: these tests use SQLite.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from freesport_pipelines.exchange import archive, copying
from freesport_pipelines.exchange.claim import claim, claimed_drops
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.incoming import scan
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.faults.shops import Template, content
from freesport_pipelines_tests.shop import ShopUnderTest

Write = Callable[[Path], None]


@pytest.fixture
def shop(templates: dict[str, Template], tmp_path: Path) -> Iterator[ShopUnderTest]:
    with templates["sqlite"].copied(tmp_path / "shop") as copied:
        yield copied


def grow(file: Path) -> None:
    """1C goes on writing."""
    with file.open("ab") as stream:
        stream.write(b"<!-- more -->")


def cut(file: Path) -> None:
    """1C begins to write it anew."""
    os.truncate(file, 300)


def rewrite(file: Path) -> None:
    """1C writes it anew, and it comes out just as long."""
    data = file.read_bytes()
    file.write_bytes(data.replace("Гиря".encode(), "Мячи".encode()))
    assert file.stat().st_size == len(data)


def end_line(file: Path) -> None:
    """The last byte that 1C writes."""
    with file.open("ab") as stream:
        stream.write(b"\n")


def vanish(file: Path) -> None:
    file.unlink()


def happens_while_read(monkeypatch: pytest.MonkeyPatch, kind: str, write: Write, *, before: bool = False) -> None:
    """Once, when half of a packet of the kind is in the archive, or just before it is opened."""
    real, done = copying._pump, []

    def pump(source: Any, stream: Any, *rest: Any) -> Any:
        file = Path(source.name)
        if not file.name.startswith(kind) or done:
            return real(source, stream, *rest)
        done.append(file)
        if before:
            write(file)
            return real(source, stream, *rest)
        half = source.read(400)
        write(file)
        return real(_Joined(half, source), stream, *rest)

    monkeypatch.setattr(copying, "_pump", pump)


class _Joined:
    """A stream of which some bytes were read before the rest changed."""

    def __init__(self, first: bytes, rest: Any) -> None:
        self.first, self.rest = first, rest

    def read(self, size: int) -> bytes:
        first, self.first = self.first, b""
        return first or bytes(self.rest.read(size))


@pytest.mark.parametrize("write", [grow, cut, rewrite])
def test_a_folder_in_which_a_file_changes_while_it_is_read_is_refused(
    shop: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    folder = write_export(tmp_path / "export", rich(2))
    before, archived = shop.dump(), list(shop.resource.archive.drop_ids())
    happens_while_read(monkeypatch, "goods", write)
    with pytest.raises(ExchangeError, match=r"goods_1_1_.* changed while it was read"):
        shop.import_folder(folder)
    assert shop.dump() == before
    assert list(shop.resource.archive.drop_ids()) == archived
    assert list(shop.resource.archive.leftovers()) == []


def test_a_folder_that_has_come_to_rest_is_imported_after_all(
    shop: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, templates: dict[str, Template]
) -> None:
    folder = write_export(tmp_path / "export", rich(2))
    happens_while_read(monkeypatch, "goods", grow)
    with pytest.raises(ExchangeError):
        shop.import_folder(folder)
    assert shop.import_folder(folder).status == "published"
    assert content(shop) == templates["sqlite"].complete


def claimed(shop: ShopUnderTest) -> str:
    """The second day, claimed from the exchange folder as the sensor does it."""
    exchange = shop.resource.exchange
    write_export(Path(str(exchange.incoming)), rich(2))
    drop_id = claim(exchange, scan(exchange.incoming).files, datetime.now(UTC))
    assert drop_id is not None
    return drop_id


@pytest.mark.parametrize("write", [grow, cut, rewrite, vanish])
def test_a_claimed_file_that_still_changes_leaves_shop_archive_and_claim_alone(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """1C had the file open when it was renamed, and went on writing into it."""
    drop_id, before = claimed(shop), shop.dump()
    happens_while_read(monkeypatch, "goods", write, before=write is vanish)
    if write is vanish:  # its bytes are read to the end: the archive has it whole
        assert shop.run("catalog_import", {"drop": drop_id}).status == "published"
        return
    with pytest.raises(ExchangeError, match=r"goods_1_1_.* changed while it was read"):
        shop.run("catalog_import", {"drop": drop_id})
    assert shop.dump() == before
    assert not shop.resource.archive.holds(drop_id)
    assert [drop.drop_id for drop in claimed_drops(shop.resource.exchange)] == [drop_id]


def test_a_claimed_drop_can_be_imported_once_its_files_have_come_to_rest(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch, templates: dict[str, Template]
) -> None:
    """The message says "start again": that must be able to succeed."""
    drop_id = claimed(shop)
    happens_while_read(monkeypatch, "goods", end_line)
    with pytest.raises(ExchangeError):
        shop.run("catalog_import", {"drop": drop_id})
    monkeypatch.setattr(archive, "QUIET_SECONDS", 0)
    assert shop.run("catalog_import", {"drop": drop_id}).status == "published"
    assert content(shop) == templates["sqlite"].complete
