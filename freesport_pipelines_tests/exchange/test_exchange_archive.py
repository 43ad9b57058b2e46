"""What the archive keeps, that it never changes, and that a crash half-way is made good."""

from datetime import datetime
from pathlib import Path

import pytest
from upath import UPath

from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.exchange import archive as archiving
from freesport_pipelines.exchange import paths
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.claim import claim, claimed_drops
from freesport_pipelines.exchange.drop import Drop, DropMode
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.exchange.folder import ExchangeFolder

from .building import T0, at, make_zip, name, packet, put, seen, tree


def claimed(exchange: ExchangeFolder, files: dict[str, bytes]) -> str:
    for path, data in files.items():
        put(exchange.incoming, path, data)
    drop_id = claim(exchange, seen(exchange), T0)
    assert drop_id is not None
    return drop_id


def folder(tmp_path: Path, files: dict[str, bytes], named: str = "export") -> Path:
    for path, data in files.items():
        put(tmp_path / named, path, data)
    return tmp_path / named


def stored(archive: Archive, path: Path, mode: DropMode | None = DropMode.DELTA) -> Drop:
    return archive.store_folder(path, mode, dry_run=False, now=T0)


def left_over(archive: Archive) -> list[str]:
    return [path.name for path in archive.root.iterdir()] if archive.root.exists() else []


# -- a claimed drop ----------------------------------------------------------------------------------------


def test_a_claimed_drop_moves_into_the_archive_whole(exchange: ExchangeFolder, archive: Archive) -> None:
    files = {"goods/goods.xml": packet("1"), "import_files/ab/photo.jpg": b"jpeg", "readme.xml": b"<a></a>"}
    drop = archive.store_claimed(exchange, claimed(exchange, files))
    assert tree(drop.root) == files
    assert claimed_drops(exchange) == []
    assert tree(exchange.claimed) == {}
    assert (drop.source, drop.mode, drop.dry_run, drop.created_at) == ("exchange", DropMode.DELTA, False, T0)


def test_a_drop_knows_its_packets_and_opens_them(exchange: ExchangeFolder, archive: Archive) -> None:
    drop = archive.store_claimed(exchange, claimed(exchange, {"goods/goods_1_3.xml": packet("x")}))
    (file,) = drop.packets(Kind.GOODS)
    assert (file.number, file.packet, file.formed_at) == (1, 3, datetime(2026, 1, 15, 12, 0))  # noqa: DTZ001
    with drop.open(file) as stream:
        assert stream.read() == packet("x")


def test_unknown_names_are_archived_without_a_kind(exchange: ExchangeFolder, archive: Archive) -> None:
    drop = archive.store_claimed(exchange, claimed(exchange, {"readme.xml": b"<a></a>", "x.bin": b"1"}))
    assert drop.kinds == frozenset()
    assert [file.path for file in drop.others] == ["readme.xml", "x.bin"]


def test_a_header_that_cannot_be_read_leaves_the_error_to_the_parser(
    exchange: ExchangeFolder, archive: Archive
) -> None:
    drop = archive.store_claimed(exchange, claimed(exchange, {"goods.xml": b"not xml at all"}))
    assert [file.formed_at for file in drop.packets(Kind.GOODS)] == [None]


def test_archived_files_are_read_only_in_a_private_folder(exchange: ExchangeFolder, archive: Archive) -> None:
    drop = archive.store_claimed(exchange, claimed(exchange, {"goods.xml": packet(), "photo.jpg": b"1"}))
    kept = [path for path in Path(archive.root).rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o400}
    assert Path(archive.root).stat().st_mode & 0o777 == 0o700
    assert Path(archive.root / drop.drop_id).stat().st_mode & 0o777 == 0o700


def test_storing_again_changes_nothing(exchange: ExchangeFolder, archive: Archive) -> None:
    drop_id = claimed(exchange, {"goods.xml": packet()})
    first = archive.store_claimed(exchange, drop_id)
    before = tree(archive.root)
    assert archive.store_claimed(exchange, drop_id) == first == archive.load(drop_id)
    assert tree(archive.root) == before


def test_a_crash_while_copying_leaves_the_claim_and_is_made_good(
    exchange: ExchangeFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"goods.xml": packet("1"), "rests.xml": packet("2")}
    drop_id = claimed(exchange, files)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(archiving, "write_document", crash)
        patch.setattr(paths, "remove_folder", lambda _: None)  # a killed process cleans up nothing
        with pytest.raises(RuntimeError):
            archive.store_claimed(exchange, drop_id)
    assert tree(exchange.claimed / drop_id / "files") == files
    assert list(archive.drop_ids()) == []
    assert tree(archive.store_claimed(exchange, drop_id).root) == files


def test_a_crash_while_removing_the_claim_is_made_good(
    exchange: ExchangeFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_id = claimed(exchange, {"goods.xml": packet("1"), "rests.xml": packet("2")})

    def crash(path: UPath) -> None:
        raise RuntimeError(path)

    with monkeypatch.context() as patch:
        patch.setattr(paths, "remove_file", crash)
        with pytest.raises(RuntimeError):
            archive.store_claimed(exchange, drop_id)
    assert [drop.drop_id for drop in claimed_drops(exchange)] == [drop_id]
    assert archive.store_claimed(exchange, drop_id).kinds == {Kind.GOODS, Kind.RESTS}
    assert tree(exchange.claimed) == {}


def test_a_claimed_file_that_lost_bytes_is_refused_by_name(exchange: ExchangeFolder, archive: Archive) -> None:
    drop_id = claimed(exchange, {"goods.xml": packet("1")})
    (exchange.claimed / drop_id / "files/goods.xml").write_bytes(b"short")
    with pytest.raises(ExchangeError, match=r"goods\.xml changed while it was read"):
        archive.store_claimed(exchange, drop_id)
    assert left_over(archive) == []


def test_an_unknown_drop_is_an_error_that_names_both_places(exchange: ExchangeFolder, archive: Archive) -> None:
    with pytest.raises(ExchangeError, match="holds no drop 'nothing'"):
        archive.store_claimed(exchange, "nothing")
    with pytest.raises(ExchangeError, match="holds no drop"):
        archive.load("../../etc")


def test_drops_are_listed_newest_first(exchange: ExchangeFolder, archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"goods.xml": packet()})
    ids = [archive.store_folder(source, None, False, at(n)).drop_id for n in (0, 60, 30)]
    assert [drop.drop_id for drop in archive.list()] == [ids[1], ids[2], ids[0]]
    latest = archive.latest()
    assert latest is not None
    assert latest.drop_id == ids[1]
    assert Archive(UPath(tmp_path / "none")).latest() is None


def test_a_remote_exchange_and_a_remote_archive_work_alike(far: UPath) -> None:
    exchange, archive = ExchangeFolder(far / "exchange"), Archive(far / "archive")
    exchange.ensure()
    drop_id = claimed(exchange, {"goods/goods.xml": packet("1"), "photo.jpg": b"1"})
    drop = archive.store_claimed(exchange, drop_id)
    with drop.open(drop.packets(Kind.GOODS)[0]) as stream:
        assert stream.read() == packet("1")
    assert claimed_drops(exchange) == []
    assert [found.drop_id for found in archive.list()] == [drop_id]


# -- order and identity ------------------------------------------------------------------------------------


def test_packets_are_read_in_natural_order(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {name("goods", n): packet(str(n)) for n in (10, 2, 1, 11)})
    assert [file.packet for file in stored(archive, source).packets(Kind.GOODS)] == [1, 2, 10, 11]


def test_kinds_are_read_in_the_order_of_an_export(archive: Archive, tmp_path: Path) -> None:
    kinds = ["rests", "goods", "priceLists", "contragents", "prices", "groups"]
    drop = stored(archive, folder(tmp_path, {f"{kind}.xml": packet() for kind in kinds}))
    assert [file.kind for file in drop.files] == [
        Kind.PRICE_LISTS, Kind.GROUPS, Kind.GOODS, Kind.PRICES, Kind.RESTS, Kind.CONTRAGENTS,
    ]  # fmt: skip


def test_the_same_content_is_recognised_under_new_names_and_export_times(archive: Archive, tmp_path: Path) -> None:
    def export(named: str, formed_at: str, text: str = "same") -> str:
        files = {name("goods", n): packet(f"{text} {n}", formed_at) for n in (1, 2)}
        return stored(archive, folder(tmp_path, files, named)).content_digest

    first = export("first", "2026-01-15T12:00:00")
    assert export("again", "2026-01-15T12:05:00") == first
    assert export("changed", "2026-01-15T12:05:00", text="other") != first


def test_a_packet_beside_its_own_zip_counts_once(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"goods_1_1.xml": packet()})
    make_zip(source / "export.zip", {"goods_1_1.xml": packet()})
    assert len(stored(archive, source).packets(Kind.GOODS)) == 1


# -- somebody's folder -------------------------------------------------------------------------------------


def test_the_folder_stays_byte_identical(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"goods/goods.xml": packet(), "x/import_files/a.jpg": b"1", "notes.txt": b"n"})
    make_zip(source / "more.zip", {"rests.xml": packet()})

    def state() -> list[tuple[str, int, int, int]]:
        stats = ((path, path.stat()) for path in sorted(source.rglob("*")))
        return [(str(path), stat.st_size, stat.st_mtime_ns, stat.st_mode) for path, stat in stats]

    before = state(), tree(source)
    stored(archive, source)
    assert (state(), tree(source)) == before


def test_images_are_listed_and_not_copied(archive: Archive, tmp_path: Path) -> None:
    drop = stored(archive, folder(tmp_path, {"goods.xml": packet(), "import_files/ab/a.jpg": b"123"}))
    assert list(tree(drop.root)) == ["goods.xml"]
    assert [(file.path, file.size, file.sha256) for file in drop.not_archived] == [("import_files/ab/a.jpg", 3, None)]


def test_a_goods_packet_among_the_images_is_found(archive: Archive, tmp_path: Path) -> None:
    drop = stored(archive, folder(tmp_path, {"goods/import_files/goods.xml": packet()}))
    assert drop.kinds == {Kind.GOODS}


def test_only_some_kinds_can_be_taken(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"goods.xml": packet(), "rests.xml": packet()})
    drop = archive.store_folder(source, DropMode.DELTA, False, T0, only=[Kind.RESTS])
    assert drop.kinds == {Kind.RESTS}
    assert list(tree(drop.root)) == ["rests.xml"]


def test_a_folder_without_packets_is_an_error_with_an_example(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"readme.xml": b"<a/>"})
    with pytest.raises(ExchangeError) as caught:
        stored(archive, source)
    assert str(caught.value).startswith(
        f"no CommerceML packets in {source}: expected files such as goods.xml or goods_1_1_<uuid>.xml in {source}"
    )
    assert left_over(archive) == []


def test_a_place_that_does_not_exist_is_named(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="nowhere does not exist"):
        stored(archive, tmp_path / "nowhere")


# -- manifests ---------------------------------------------------------------------------------------------


def test_a_manifest_declares_mode_dry_run_and_packets(exchange: ExchangeFolder, archive: Archive) -> None:
    manifest = b'\xef\xbb\xbf{"mode": "full", "dry_run": true, "packets": {"pricelists": 1, "goods": 20}}'
    drop_id = claimed(exchange, {"manifest.json": manifest, "goods.xml": packet()})
    drop = archive.store_claimed(exchange, drop_id)
    assert (drop.mode, drop.dry_run) == (DropMode.FULL, True)
    assert drop.declared_packets == {"priceLists": 1, "goods": 20}


def test_without_a_manifest_a_drop_is_a_delta(archive: Archive, tmp_path: Path) -> None:
    drop = stored(archive, folder(tmp_path, {"goods.xml": packet()}), mode=None)
    assert (drop.mode, drop.dry_run, drop.declared_packets) == (DropMode.DELTA, False, None)


def test_the_mode_of_the_caller_wins_over_the_manifest(archive: Archive, tmp_path: Path) -> None:
    source = folder(tmp_path, {"goods.xml": packet(), "manifest.json": b'{"mode": "full"}'})
    assert stored(archive, source, DropMode.DELTA).mode is DropMode.DELTA
    assert stored(archive, source, None).mode is DropMode.FULL


def test_a_manifest_in_a_zip_counts_too(archive: Archive, tmp_path: Path) -> None:
    members = {"manifest.json": b'{"mode": "full"}', "goods.xml": packet()}
    assert stored(archive, make_zip(tmp_path / "export.zip", members), None).mode is DropMode.FULL


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{", "Expecting property name"),
        ("[]", "it should hold one JSON object, not list"),
        ('{"mode": "partial"}', '"mode" is \'partial\', it can be "delta" or "full"'),
        ('{"dry_run": "yes"}', "\"dry_run\" is 'yes'"),
        ('{"packets": {"good": 1}}', "\"packets\" names 'good', it can name priceLists"),
        ('{"packets": {"goods": "20"}}', "\"packets\" says '20' for goods"),
        ('{"version": 7}', "its version is 7"),
    ],
)
def test_an_unreadable_manifest_is_named_with_its_cause(
    archive: Archive, tmp_path: Path, text: str, cause: str
) -> None:
    source = folder(tmp_path, {"goods.xml": packet(), "manifest.json": text.encode()})
    with pytest.raises(ExchangeError) as caught:
        stored(archive, source)
    assert f"{source}/manifest.json cannot be used" in str(caught.value)
    assert cause in str(caught.value)
    assert left_over(archive) == []
