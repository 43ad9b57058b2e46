"""Importing again what the shop has. Check 6 of the facts."""

import random

import pytest

from freesport_pipelines_tests.acceptance.exports import MRP, OPT1, RRP, Files, export
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, offer, price, prop, properties_xml, rest
from freesport_pipelines_tests.shop import ShopUnderTest


def _rich(shuffled: int | None = None) -> Files:
    """An export with something of everything; shuffled, it says the same in another order."""
    dice = random.Random(shuffled)
    values = [("p1", "v1"), ("p2", "21.6"), ("p3", "Резина"), ("Бренд", "e1")]
    prices = [(RRP, "1299,5"), (MRP, "1 000"), (OPT1, "0")]
    rests = [("w1", "2.5"), ("w2", "-1"), ("w9", "4")]
    if shuffled is not None:
        for pairs in (values, prices, rests):
            dice.shuffle(pairs)
    attributes = [
        prop("p1", values={"v1": "Неопрен "}),
        prop("p2", value_type="Число"),
        prop("p3", value_type="Строка"),
        prop("Бренд", values={"e1": "Ingame", "e2": "INGAME"}),
    ]
    texts = {"description": "Текст", "images": ["import_files/a.jpg"], "dimensions": ("1,5", "", "0")}
    goods = good("g1", properties=values, **texts)
    files = export(
        goods=[goods, good("g2"), good("g3", marked=True)],
        offers=[offer("g1#a", name="Товар g1 (45)"), offer("g1#b", marked=True), offer("x#y")],
        prices=[price("g1#a", dict(prices)), price("g2", {RRP: "10"}), price("x#y", {RRP: "1"})],
        rests=[rest("g1#a", dict(rests)), rest("g2", {"w1": "3"}), rest("g3", {"w1": "3"})],
    )
    return files | {"propertiesGoods/propertiesGoods_1_1_<uuid>.xml": properties_xml("propertiesGoods", attributes)}


@pytest.fixture
def filled(shop: ShopUnderTest) -> ShopUnderTest:
    assert shop.import_files(_rich()).status == "published"
    return shop


def test_the_same_export_again_writes_nothing(filled: ShopUnderTest) -> None:
    """Check 6: not a row, not a timestamp, not an SKU code; recognised at once, and also when compared."""
    before, codes = filled.dump(), filled.rows("SELECT onec_id, sku FROM products ORDER BY onec_id")
    for options in ({}, {"force": True}):
        again = filled.import_files(_rich(), **options)
        assert (again.status, again.written) == ("unchanged", 0)
        assert filled.dump() == before
    assert filled.rows("SELECT onec_id, sku FROM products ORDER BY onec_id") == codes


def test_other_packet_names_and_a_later_export_time_change_nothing(filled: ShopUnderTest) -> None:
    """Check 6: 1C gives each unload new uuids and a new ДатаФормирования."""
    before = filled.dump()
    renamed = {
        path.replace("<uuid>", "11111111-2222-4333-8444-555555555555"): content.replace(
            b"2025-01-31T10:00:00", b"2025-02-01T11:11:11"
        )
        for path, content in _rich().items()
    }
    for options in ({}, {"force": True}):
        again = filled.import_files(renamed, **options)
        assert (again.status, again.written) == ("unchanged", 0)
    assert filled.dump() == before


def test_another_order_of_values_changes_nothing(filled: ShopUnderTest) -> None:
    """Check 6: 1C writes property values, prices and rests in random order."""
    before = filled.dump()
    again = filled.import_files(_rich(shuffled=3))
    assert (again.status, again.written) == ("unchanged", 0)
    assert filled.dump() == before


def test_a_part_of_the_export_again_changes_nothing(filled: ShopUnderTest) -> None:
    """Check 6: each kind of file alone."""
    before = filled.dump()
    for kind in ("goods", "offers", "prices", "rests"):
        part = {path: content for path, content in _rich().items() if path.startswith(kind + "/")}
        again = filled.import_files(part)
        assert (again.status, again.written) == ("unchanged", 0), kind
    assert filled.dump() == before


def test_one_changed_row_is_the_only_one_written(filled: ShopUnderTest) -> None:
    """Check 6: the unchanged neighbours keep their timestamps."""
    before = {row["onec_id"]: row["updated_at"] for row in filled.rows("SELECT onec_id, updated_at FROM goods")}
    imported = filled.import_files({"goods.xml": goods_xml([good("g1", name="Новое"), good("g2")])})
    after = {row["onec_id"]: row["updated_at"] for row in filled.rows("SELECT onec_id, updated_at FROM goods")}
    assert imported.table("goods") == {"inserted": 0, "updated": 1, "unchanged": 1, "hidden": 0, "quarantined": 0}
    assert after["g1"] > before["g1"]
    assert after["g2"] == before["g2"]
