"""A zip is not trusted: names, links, sizes, damage."""

import stat
import zipfile
from pathlib import Path

import pytest

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.claim import claim, claimed_drops
from freesport_pipelines.exchange.drop import Drop
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.unpack import ZipLimits

from .building import T0, make_zip, packet, put, seen, tree


def stored(archive: Archive, path: Path) -> Drop:
    return archive.store_folder(path, None, dry_run=False, now=T0)


def refused(archive: Archive, path: Path) -> str:
    with pytest.raises(ExchangeError) as caught:
        stored(archive, path)
    assert str(path) in str(caught.value)
    assert list(archive.root.iterdir()) == []
    return str(caught.value)


def test_a_zip_is_a_folder_to_import(archive: Archive, tmp_path: Path) -> None:
    source = make_zip(tmp_path / "export.zip", {"goods/goods_1_1.xml": packet("1"), "import_files/a.jpg": b"1"})
    before = source.read_bytes()
    drop = stored(archive, source)
    assert tree(drop.root) == {"export.zip/goods/goods_1_1.xml": packet("1")}
    assert [file.path for file in drop.not_archived] == ["export.zip/import_files/a.jpg"]
    assert source.read_bytes() == before


def test_zips_of_a_claimed_drop_are_unpacked_whole(exchange: ExchangeFolder, archive: Archive, tmp_path: Path) -> None:
    members = {"goods\\goods.xml": packet("1"), "import_files/ab/a.jpg": b"1"}
    put(exchange.incoming, "v8_1.zip", make_zip(tmp_path / "a.zip", members).read_bytes())
    put(exchange.incoming, "v8_2.zip", make_zip(tmp_path / "b.zip", {"rests.xml": packet("2")}).read_bytes())
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    drop = archive.store_claimed(exchange, drop_id)
    assert tree(drop.root) == {
        "v8_1.zip/goods/goods.xml": packet("1"),
        "v8_1.zip/import_files/ab/a.jpg": b"1",
        "v8_2.zip/rests.xml": packet("2"),
    }
    assert drop.kinds == {Kind.GOODS, Kind.RESTS}
    assert claimed_drops(exchange) == []


@pytest.mark.parametrize(
    ("member", "cause"),
    [
        ("../goods.xml", "leads out of the folder"),
        ("goods/../../goods.xml", "leads out of the folder"),
        ("..\\goods.xml", "leads out of the folder"),
        ("/etc/goods.xml", "absolute"),
        ("C:\\goods.xml", "names a drive"),
        ("goods/shell.PHP", "a program or a script"),
        ("goods/\ngoods.xml", "control characters"),
    ],
)
def test_a_zip_with_an_unsafe_name_is_refused_whole(archive: Archive, tmp_path: Path, member: str, cause: str) -> None:
    source = make_zip(tmp_path / "export.zip", {"goods.xml": packet(), member: packet()})
    assert cause in refused(archive, source)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "export.zip"]


def test_a_link_in_a_zip_is_refused(archive: Archive, tmp_path: Path) -> None:
    source = tmp_path / "export.zip"
    with zipfile.ZipFile(source, "w") as zipped:
        info = zipfile.ZipInfo("goods.xml")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(info, "/etc/passwd")
    assert "symbolic link" in refused(archive, source)


def test_a_name_that_occurs_twice_is_refused(archive: Archive, tmp_path: Path) -> None:
    source = make_zip(tmp_path / "export.zip", {"a/goods.xml": packet("1"), "a//goods.xml": packet("2")})
    assert "occurs twice" in refused(archive, source)


def test_a_bomb_is_refused_by_its_ratio_before_it_is_unpacked(archive: Archive, tmp_path: Path) -> None:
    source = make_zip(tmp_path / "export.zip", {"goods.xml": b"0" * 40_000_000})
    assert "looks like a zip bomb: it would unpack from 39 KB to 40 MB" in refused(archive, source)


def test_a_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", limits=ZipLimits(total_bytes=1000))
    source = make_zip(tmp_path / "export.zip", {"goods.xml": packet("x" * 2000)})
    assert "looks like a zip bomb" in refused(archive, source)


def test_a_bomb_that_lies_about_its_size_is_cut_off(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", limits=ZipLimits(total_bytes=3000))
    source = make_zip(tmp_path / "export.zip", {"goods.xml": b"0" * 100_000})
    data = source.read_bytes()
    assert data.count((100_000).to_bytes(4, "little")) == 2
    source.write_bytes(data.replace((100_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    refused(archive, source)


def test_a_corrupted_zip_is_named_and_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    source = make_zip(tmp_path / "export.zip", {"goods.xml": packet("1" * 500), "rests.xml": packet("2")})
    data = bytearray(source.read_bytes())
    start = data.index(b"goods.xml") + 20
    data[start : start + 20] = bytes(20)
    source.write_bytes(data)
    assert "cannot be unpacked at goods.xml" in refused(archive, source)


def test_a_file_that_is_no_zip_is_named(archive: Archive, tmp_path: Path) -> None:
    source = tmp_path / "export.zip"
    source.write_bytes(b"Internal Server Error")
    assert "cannot be unpacked: File is not a zip file" in refused(archive, source)


def test_a_corrupted_zip_stays_claimed_so_that_nothing_is_lost(exchange: ExchangeFolder, archive: Archive) -> None:
    put(exchange.incoming, "export.zip", b"broken")
    put(exchange.incoming, "goods.xml", packet())
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    with pytest.raises(ExchangeError, match=r"export\.zip cannot be unpacked"):
        archive.store_claimed(exchange, drop_id)
    assert list(archive.root.iterdir()) == []
    assert sorted(tree(exchange.claimed / drop_id / "files")) == ["export.zip", "goods.xml"]
