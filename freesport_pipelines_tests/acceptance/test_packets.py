"""Whole files: dialects, damage, the order of packets, the age of an export. Checks 1, 3, 4, 5 of the facts."""

from pathlib import Path

import pytest

from freesport_pipelines_tests.acceptance.exports import RRP, export, prices_of, stock_of
from freesport_pipelines_tests.commerceml_xml import (
    COMMERCEML_2,
    COMMERCEML_210,
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    price,
    prices_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

GOODS_1, GOODS_2 = "goods/goods_1_1_<uuid>.xml", "goods/goods_1_2_<uuid>.xml"
WHOLE = goods_xml([good("g2", description="Тест " * 100)])
DOCTYPE = '<!DOCTYPE КоммерческаяИнформация [<!ENTITY тест "подмена">]>\n'


def test_every_namespace_encoding_and_bom_gives_the_same_rows(shop: ShopUnderTest) -> None:
    """Check 1."""
    shop.import_files(export(bom=True))
    before = shop.dump()
    for dialect in (
        {"bom": False},
        {"namespace": None},
        {"namespace": COMMERCEML_2, "declaration": False},
        {"namespace": COMMERCEML_210, "encoding": "windows-1251"},
    ):
        again = shop.import_files(export(**dialect), force=True)
        assert (again.status, again.written) == ("unchanged", 0), dialect
    assert shop.dump() == before
    assert shop.product("g1#a")["name"] == "Предложение g1#a"


def test_windows_1251_behind_a_bom_never_becomes_broken_letters(shop: ShopUnderTest) -> None:
    """Check 1: read as it is or refused by name, but no wrong texts in the shop."""
    files = export()
    files[GOODS_1] = b"\xef\xbb\xbf" + goods_xml([good("g1", name="Мяч")], encoding="windows-1251")
    imported = shop.import_files(files)
    if imported.status == "failed":
        assert "goods_1_1" in imported.error
        assert shop.count("goods") == 0
    else:
        assert shop.row("SELECT name FROM goods") == {"name": "Мяч"}


DAMAGED = {
    "doctype": goods_xml([good("g2", name="&тест;")], prolog=DOCTYPE).replace(b"&amp;", b"&"),
    "web page": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "cut in the middle": WHOLE[: len(WHOLE) // 2],
    "cut before the end tag": WHOLE[: WHOLE.rindex("</Коммерч".encode())],
    "empty": b"",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_packet_fails_the_session_and_is_named(shop: ShopUnderTest, damage: str) -> None:
    """Checks 3 and 4: nothing of the session reaches the shop, everything is archived for a replay."""
    imported = shop.import_files({**export(), GOODS_2: DAMAGED[damage]})
    assert imported.status == "failed"
    assert not imported.success
    assert "goods_1_2" in imported.error
    assert {name: rows for name, rows in shop.dump().items() if rows} == {}
    assert _archived(shop, imported.session.drop_id) == {"goods": 2, "offers": 1, "prices": 1, "rests": 1}


def test_a_damaged_packet_leaves_what_the_shop_has(shop: ShopUnderTest) -> None:
    """Check 4: the good packets of the session are not published either; sent again, they are."""
    shop.import_files(export())
    before = shop.dump()
    changed = export(goods=[good("g1", name="Новое имя")], prices=[price("g1#a", {RRP: "1"})])
    failed = shop.import_files({**changed, GOODS_2: DAMAGED["cut in the middle"]})
    assert failed.status == "failed"
    assert shop.dump() == before
    assert shop.import_files({**changed, GOODS_2: WHOLE}).status == "published"
    assert prices_of(shop) == {"retail_price": 1}


def _archived(shop: ShopUnderTest, drop_id: str) -> dict[str, int]:
    files = Path(shop.folder / "archive" / drop_id / "files")
    kinds = ("goods", "offers", "prices", "rests")
    return {kind: len(list(files.rglob(f"{kind}_1_*.xml"))) for kind in kinds}


def test_the_last_packet_wins_in_natural_order(shop: ShopUnderTest) -> None:
    """Check 5: packet 10 comes after packet 2, for goods, offers, prices and rests alike."""
    files = export(groups=[group("A"), group("B"), group("C")])
    order = {1: "A", 10: "B", 2: "C"}
    for packet, name in order.items():
        number = str(packet * 10)
        files |= {
            f"goods/goods_1_{packet}_<uuid>.xml": goods_xml([good("g1", groups=[name])]),
            f"offers/offers_1_{packet}_<uuid>.xml": offers_xml([offer("g1#a", name=f"Имя {packet}")]),
            f"prices/prices_1_{packet}_<uuid>.xml": prices_xml([price("g1#a", {RRP: number})]),
            f"rests/rests_1_{packet}_<uuid>.xml": rests_xml([rest("g1#a", {"w1": number})]),
        }
    imported = shop.import_files(files)
    assert shop.product("g1#a")["category_onec_id"] == "B"
    assert shop.product("g1#a")["name"] == "Имя 10"
    assert prices_of(shop) == {"retail_price": 100}
    assert stock_of(shop) == 100
    assert imported.check("keys_are_unique")["passed"]
    assert not imported.check("packets_are_complete")["passed"]


def test_a_row_twice_in_one_packet_is_reported_and_the_last_is_used(shop: ShopUnderTest) -> None:
    """Check 5: here 1C contradicts itself, which is worth a warning and blocks nothing."""
    imported = shop.import_files(export(goods=[good("g1", name="Раз"), good("g1", name="Два")]))
    assert imported.status == "published"
    assert imported.failed_checks == {"keys_are_unique"}
    assert shop.row("SELECT name FROM goods") == {"name": "Два"}


def test_an_older_export_is_rejected_unless_it_is_wanted(shop: ShopUnderTest) -> None:
    shop.import_files(export(formed_at="2025-02-02T10:00:00"))
    before = shop.dump()
    old = export(goods=[good("g1", name="Старое имя")], formed_at="2025-02-01T10:00:00")
    rejected = shop.import_files(old)
    assert (rejected.status, rejected.failed_checks) == ("rejected", {"not_older_than_published"})
    assert shop.dump() == before
    assert shop.import_files(old, allow_older=True).status == "published"
    assert shop.row("SELECT name FROM goods") == {"name": "Старое имя"}


def test_age_is_judged_for_each_kind_of_file_by_itself(shop: ShopUnderTest) -> None:
    shop.import_files(export(formed_at="2025-02-01T10:00:00"))
    shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w1": "9"})], formed_at="2025-02-03T10:00:00")})
    goods = goods_xml([good("g1", name="Новое имя")], formed_at="2025-02-02T10:00:00")
    assert shop.import_files({"goods.xml": goods}).status == "published"


def test_a_dry_run_shows_changes_and_writes_none(shop: ShopUnderTest) -> None:
    dry = shop.import_files(export(), dry_run=True)
    assert dry.table("goods")["inserted"] == 1
    assert dry.table("products")["inserted"] == 2
    assert {name: rows for name, rows in shop.dump().items() if rows} == {}
    assert shop.import_files(export()).status == "published"


def test_a_drop_without_rows_says_so_and_changes_nothing(shop: ShopUnderTest) -> None:
    shop.import_files(export())
    before = shop.dump()
    imported = shop.import_files({"groups.xml": groups_xml([]), "goods.xml": goods_xml(None)})
    assert (imported.status, imported.written) == ("unchanged", 0)
    assert shop.dump() == before
