"""A claimed file is moved into the archive without being copied where that is safe; everything else is copied."""

import errno
import os
import threading
from pathlib import Path

import pytest

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import copying, paths
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.claim import claim
from freesport_pipelines.exchange.drop import Drop, DropMode
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.steps import opening
from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.shop import ShopUnderTest

from .building import T0, packet, put, seen


def archived(drop: Drop) -> Path:
    (file,) = drop.packets(Kind.GOODS)
    return Path(drop.root / file.path)


def store(exchange: ExchangeFolder, archive: Archive) -> Drop:
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    return archive.store_claimed(exchange, drop_id)


def test_a_claimed_file_is_not_copied_on_the_same_disk(exchange: ExchangeFolder, archive: Archive) -> None:
    incoming = Path(put(exchange.incoming, "goods.xml", packet("1")))
    number = incoming.stat().st_ino
    kept = archived(store(exchange, archive)).stat()
    assert (kept.st_ino, kept.st_nlink, kept.st_mode & 0o777) == (number, 1, 0o400)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_account_is_copied_because_its_owner_could_change_it(
    exchange: ExchangeFolder, archive: Archive
) -> None:
    incoming = Path(put(exchange.incoming, "goods.xml", packet("1")))
    os.chown(incoming, 12345, 12345)
    number = incoming.stat().st_ino
    kept = archived(store(exchange, archive)).stat()
    assert kept.st_ino != number
    assert kept.st_uid == os.geteuid()


def test_a_file_with_a_second_name_is_copied(exchange: ExchangeFolder, archive: Archive, tmp_path: Path) -> None:
    incoming = Path(put(exchange.incoming, "goods.xml", packet("1")))
    (tmp_path / "also.xml").hardlink_to(incoming)
    kept = archived(store(exchange, archive))
    (tmp_path / "also.xml").write_bytes(b"changed")
    assert kept.read_bytes() == packet("1")


def test_from_another_disk_a_claimed_file_is_copied(
    exchange: ExchangeFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange.incoming, "goods.xml", packet("1"))
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(copying.os, "link", refuse)
    assert archived(archive.store_claimed(exchange, drop_id)).read_bytes() == packet("1")


def test_a_folder_that_is_imported_is_copied_and_may_be_written_again(archive: Archive, tmp_path: Path) -> None:
    source = Path(put(tmp_path / "export", "goods.xml", packet("1")))
    drop = archive.store_folder(tmp_path / "export", DropMode.DELTA, dry_run=False, now=T0)
    with source.open("r+b") as stream:
        stream.write(b"overwritten in place")
    assert archived(drop).read_bytes() == packet("1")


def test_nothing_is_judged_before_its_drop_would_survive_a_power_cut(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []

    def flush(path: Path) -> None:
        flushed.append(path.name)
        assert shop.rows("SELECT status FROM import_sessions")[-1]["status"] not in ("judged", "published")

    monkeypatch.setattr(paths, "flush_file", flush)
    assert shop.import_files(export()).status == "published"
    assert {name.split("_")[0] for name in flushed} == {name.split("/")[0] for name in export()}


def test_a_large_folder_begins_to_reach_the_disk_while_it_is_read(
    shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    by: set[str] = set()
    monkeypatch.setattr(paths, "flush_file", lambda _: by.add(threading.current_thread().name))
    monkeypatch.setattr(opening, "FLUSHED_EARLY_BYTES", 0)
    assert shop.import_files(export()).status == "published"
    assert "flush" in by
