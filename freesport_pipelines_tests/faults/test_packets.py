"""What can happen to packets on their way: cut off, missing, swapped, sent twice, changed while they are read."""

import hashlib
import json
from pathlib import Path

import pytest

from freesport_pipelines_tests.acceptance.exports import Files
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    offer,
    offers_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
    write_export,
)
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.faults.shops import Content, content
from freesport_pipelines_tests.shop import ShopUnderTest

SELDOM = pytest.mark.slow
LATER = "2025-02-03T10:00:00"


def every_kind() -> Files:
    """The second day, with a packet of each of the ten kinds that are read."""
    sizes = properties_xml("propertiesOffers", [prop("p9", "Размер", values={"s1": "45"})], formed_at=LATER)
    return rich(2) | {"propertiesOffers/propertiesOffers_1_1_<uuid>.xml": sizes}


def kind_of(path: str) -> str:
    return path.partition("/")[0]


def packet_of(kind: str) -> str:
    (path,) = [path for path in every_kind() if kind_of(path) == kind]
    return path


def in_folder(folder: Path, kind: str) -> Path:
    (path,) = folder.glob(f"{kind}/*.xml")
    return path


# --- cut off ---


@pytest.mark.parametrize(
    "left", [*(pytest.param(left, marks=SELDOM) for left in (0.0, 0.1, 0.95)), 0.6], ids="{:.0%}".format
)
def test_a_packet_that_is_cut_off_is_named_and_nothing_is_published(shop: ShopUnderTest, left: float) -> None:
    """Of any kind, in its head, its middle or its last tag; the other packets stay in the archive for a replay."""
    before = shop.dump()
    files = every_kind()
    assert len({kind_of(path) for path in files}) == 10
    paths = list(files) if left == 0.6 else [path for path in files if kind_of(path) in ("groups", "goods", "rests")]
    for path in paths:
        cut = files[path][: int(len(files[path]) * left)]
        imported = shop.import_files(files | {path: cut})
        assert imported.status == "failed", path
        assert f"{kind_of(path)}_1_1_" in imported.error
        assert shop.dump() == before
        assert imported.session is not None
        assert len(shop.resource.archive.load(imported.session.drop_id).kinds) == 10


def test_the_same_drop_is_imported_when_the_packet_is_sent_again_whole(shop: ShopUnderTest, complete: Content) -> None:
    path = packet_of("offers")
    assert shop.import_files(rich(2) | {path: rich(2)[path][:-100]}).status == "failed"
    assert shop.import_files(rich(2)).status == "published"
    assert content(shop) == complete


# --- missing ---


def in_packets(*numbers: int) -> Files:
    """A full set whose goods come in three packets, of which these arrived."""
    goods = {
        f"goods/goods_1_{number}_<uuid>.xml": goods_xml([good(f"g{number}")], formed_at=LATER) for number in numbers
    }
    return {path: content for path, content in rich(2).items() if kind_of(path) != "goods"} | goods


@pytest.mark.parametrize("arrived", [pytest.param((2, 3), marks=SELDOM), (1, 3), (1, 2), ()], ids=str)
def test_a_full_set_that_lacks_a_packet_hides_nothing_and_publishes_nothing(
    shop: ShopUnderTest, arrived: tuple[int, ...]
) -> None:
    """The first, one between, the last, all of them: the manifest says how many there are."""
    before = shop.dump()
    manifest = json.dumps({"mode": "full", "packets": {"goods": 3}}).encode()
    imported = shop.import_files(in_packets(*arrived) | {"manifest.json": manifest})
    assert (imported.status, imported.failed_checks >= {"full_set_is_complete"}) == ("rejected", True)
    assert shop.dump() == before
    whole = shop.import_files(in_packets(1, 2, 3) | {"manifest.json": manifest})
    assert whole.status == "published"


def test_a_promised_packet_of_which_nothing_came_is_no_success(shop: ShopUnderTest) -> None:
    """Check 50: the manifest promises rests, none arrived; also in a delta, where absence means nothing."""
    before = shop.dump()
    manifest = json.dumps({"mode": "delta", "packets": {"goods": 1, "rests": 1}}).encode()
    goods = {"goods/goods_1_1_<uuid>.xml": goods_xml([good("g7")], formed_at=LATER)}
    imported = shop.import_files(goods | {"manifest.json": manifest})
    assert imported.status in ("failed", "rejected")
    assert shop.dump() == before


def test_an_archived_packet_that_is_gone_when_it_is_read_fails_the_session(shop: ShopUnderTest) -> None:
    """Check 50: what the drop promises is read, or the session fails; never a success with 0 rows."""
    before = shop.dump()
    taken = ByHand(shop, rich(2))
    (packet,) = (file for file in taken.context.drop.files if file.kind == "rests")
    (taken.context.drop.root / packet.path).unlink()
    with pytest.raises(FileNotFoundError, match="rests_1_1_"):
        taken.stage()
    assert shop.dump() == before


# --- swapped, twice ---


def test_kinds_that_come_one_by_one_in_the_wrong_order_end_the_same(shop: ShopUnderTest, complete: Content) -> None:
    """After the dictionaries: rests and prices before their offers, offers before their goods; nothing is lost."""
    last = ("rests", "prices", "offers", "goods")
    drops = [{path: xml for path, xml in rich(2).items() if kind_of(path) not in last}]
    drops += [{path: xml for path, xml in rich(2).items() if kind_of(path) == kind} for kind in last]
    for drop in drops:
        imported = shop.import_files(drop)
        assert imported.status in ("published", "unchanged"), imported.error
    assert content(shop) == complete


def test_packets_of_one_kind_are_read_in_their_order_however_they_are_delivered(shop: ShopUnderTest) -> None:
    names = {1: "Первое", 2: "Второе", 10: "Десятое"}
    packets = {
        f"goods/goods_1_{number}_<uuid>.xml": goods_xml([good("g1", name=name)], formed_at=LATER)
        for number, name in names.items()
    }
    for order in (sorted(packets), sorted(packets, reverse=True)):
        shop.import_files({path: packets[path] for path in order}, force=True)
        assert shop.row("SELECT name FROM goods WHERE onec_id = 'g1'") == {"name": "Десятое"}


def test_the_same_file_twice_in_one_drop_is_read_once(shop: ShopUnderTest, complete: Content) -> None:
    twice = rich(2) | {f"copy/{path}": xml for path, xml in rich(2).items()}
    imported = shop.import_files(twice)
    assert imported.status == "published"
    assert "keys_are_unique" not in imported.failed_checks
    assert content(shop) == complete


def test_the_same_files_in_two_drops_are_published_once(shop: ShopUnderTest, complete: Content) -> None:
    assert shop.import_files(rich(2)).status == "published"
    after = shop.dump()
    for options in ({}, {"force": True}):
        again = shop.import_files(rich(2), **options)
        assert (again.status, again.written) == ("unchanged", 0)
        assert shop.dump() == after
    assert content(shop) == complete


def test_a_packet_sent_again_with_other_content_is_a_later_word(shop: ShopUnderTest) -> None:
    for quantity in ("8", "9"):
        shop.import_files({"rests_1_1_<uuid>.xml": rests_xml([rest("g1#a", {"w1": quantity})], formed_at=LATER)})
    assert float(shop.product("g1#a")["stock_quantity"]) == 9


def test_an_offer_sent_before_and_after_its_goods_is_one_sku(shop: ShopUnderTest) -> None:
    offers = {"offers.xml": offers_xml([offer("g7#a")], formed_at=LATER)}
    shop.import_files(offers)
    shop.import_files({"goods.xml": goods_xml([good("g7")], formed_at=LATER)})
    once = content(shop)
    assert shop.import_files(offers).status == "unchanged"
    assert content(shop) == once


def test_the_archive_holds_what_was_sent_byte_for_byte(shop: ShopUnderTest, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "sent", rich(2))
    imported = shop.import_folder(folder)
    assert imported.session is not None
    drop = shop.resource.archive.load(imported.session.drop_id)
    sent = {hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*.xml")}
    assert {file.sha256 for file in drop.files} == sent
