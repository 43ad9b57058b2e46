"""A stock update changes stocks and warehouses: every column of every other table stays as it was."""

from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import customer_schema, purchase_schema
from freesport_pipelines.database.bookkeeping import metadata
from freesport_pipelines_tests.acceptance.exports import RRP, Files, export, stock_of
from freesport_pipelines_tests.commerceml_xml import (
    good,
    group,
    offer,
    price,
    price_lists_xml,
    price_type,
    prop,
    properties_xml,
    rest,
    rests_xml,
    storage,
    storages_xml,
    unit,
    units_xml,
)
from freesport_pipelines_tests.shop import Import, ShopUnderTest

STOCKS = {"sku_stocks", "warehouses"}
ABOUT_IMPORTS = {"import_sessions", "session_figures", "change_sets", "quarantine", "named_meanwhile"}
OTHERS = sorted(set(metadata.tables) - STOCKS - ABOUT_IMPORTS)
OF_OTHER_JOBS = {
    table.name
    for room in (customer_schema, purchase_schema)
    for table in vars(room).values()
    if isinstance(table, sa.Table)
}
"""Customers and purchases: nothing of theirs comes with a catalogue."""

LATER = "2025-02-02T10:00:00"
Row = dict[str, Any]


def rows_of(shop: ShopUnderTest) -> dict[str, list[Row]]:
    """Every row of every table that a stock update must not touch, `updated_at` and `session_id` included."""
    with shop.database.read() as connection:
        queries = {name: metadata.tables[name].select().order_by(sa.literal_column("1")) for name in OTHERS}
        return {name: [dict(row) for row in connection.execute(query).mappings()] for name, query in queries.items()}


def whole_export(*, name: str = "Мяч", amount: str = "100", brand: str = "Ingame", **more: Any) -> Files:
    """An export that fills every table: brands, values of attributes, goods that are not for sale."""
    values = properties_xml("propertiesGoods", [prop("Бренд", values={"e1": brand}), prop("p1", values={"v1": name})])
    return export(
        goods=[
            good("g1", name=name, properties={"Бренд": "e1", "p1": "v1"}),
            good("g2"),
            good("g-excluded", groups=["no-such-group"]),
        ],
        offers=[offer("g1#a", name=name), offer("g1#b"), offer("g1#marked", marked=more.pop("marked", False))],
        prices=[price(f"g1#{sku}", {RRP: amount}) for sku in ("a", "b", "marked")],
        rests=more.pop("rests", [rest(f"g1#{sku}", {"w1": "5"}) for sku in ("a", "b", "marked")]),
        groups=[group("c1", name)],
        **more,
    ) | {"propertiesGoods/propertiesGoods_1_1_<uuid>.xml": values}


def rests(*rows: str) -> Files:
    return {"rests/rests_1_1_<uuid>.xml": rests_xml(rows, formed_at=LATER)}


SKU_A = rest("g1#a", {"w1": "77"})
BESIDE_OTHER_KINDS = whole_export(
    name="Другое имя",
    amount="1",
    brand="Другой бренд",
    marked=True,
    rests=[SKU_A],
    formed_at=LATER,
) | {
    "units/units_1_1_<uuid>.xml": units_xml([unit(short_name="пара")], formed_at=LATER),
    "priceLists/priceLists_1_1_<uuid>.xml": price_lists_xml([price_type(RRP, "Опт 1")], formed_at=LATER),
}


@pytest.fixture
def filled(shop: ShopUnderTest) -> ShopUnderTest:
    """A shop with rows in every table, one SKU hidden by 1C and one by the shop itself."""
    return fill(shop)


def fill(shop: ShopUnderTest) -> ShopUnderTest:
    for marked, formed_at in ((False, "2025-01-31T10:00:00"), (True, "2025-02-01T10:00:00")):
        imported = shop.import_files(whole_export(marked=marked, formed_at=formed_at))
        assert imported.status == "published", imported.error
    shop.execute("UPDATE products SET is_active = false WHERE onec_id = 'g1#b'")
    shop.execute("INSERT INTO customers (login, role) VALUES ('somebody', 'retail')")
    return shop


def changed_by(shop: ShopUnderTest, files: Files, **config: Any) -> tuple[Import, list[str]]:
    """Run stock_update; which of the other tables it has changed."""
    before = rows_of(shop)
    assert [name for name, rows in before.items() if not rows and name not in OF_OTHER_JOBS] == []
    imported = shop.import_files(files, job="stock_update", **config)
    after = rows_of(shop)
    return imported, [name for name in OTHERS if after[name] != before[name]]


@pytest.mark.parametrize(
    "files",
    [
        rests(SKU_A),
        rests(SKU_A, rest("g9#x", {"w1": "4"}), rest("g9", {"w1": "1"})),
        rests(SKU_A, rest("g2", {"w1": "4"})),
        rests(rest("g1#a", {"w1": "70", "w-unknown": "7"})),
        rests(SKU_A, rest("g1#marked", {"w1": "8"}), rest("g1#b", {"w1": "9"})),
        rests(SKU_A, rest("g1#b", {"w1": "много"}), rest("", {"w1": "1"})),
        rests(rest("g1#a", {"w1": "77"}, extra="<ПометкаУдаления>true</ПометкаУдаления>")),
        rests(SKU_A) | {"storages.xml": storages_xml([storage("w1", "Новое имя")], formed_at=LATER)},
        BESIDE_OTHER_KINDS,
    ],
    ids=[
        "a known SKU",
        "unknown SKUs",
        "goods that have no SKU of this id",
        "an unknown warehouse",
        "SKUs that 1C or the shop has hidden",
        "rows that cannot be used",
        "a row marked for deletion",
        "a renamed warehouse",
        "files of all other kinds beside them",
    ],
)
def test_a_stock_update_changes_no_other_table(filled: ShopUnderTest, files: Files) -> None:
    imported, changed = changed_by(filled, files)
    assert imported.status == "published"
    assert stock_of(filled) == 77
    assert changed == []


def test_a_full_stock_update_hides_nothing(filled: ShopUnderTest) -> None:
    """Where the drop is said to be everything, an SKU that its rests do not name is still for sale."""
    imported, changed = changed_by(filled, rests(SKU_A), mode="full")
    assert (imported.status, changed) == ("published", [])


def test_a_rejected_stock_update_changes_no_table_at_all(filled: ShopUnderTest) -> None:
    filled.configure(move_block_rows=0)
    stocks_before = filled.dump()["sku_stocks"]
    imported, changed = changed_by(filled, rests(*(rest(f"g1#{sku}", {"w1": "0"}) for sku in ("a", "b", "marked"))))
    assert (imported.status, changed) == ("rejected", [])
    assert filled.dump()["sku_stocks"] == stocks_before


@pytest.mark.parametrize("only", [[], ["rests", "storages"]], ids=["the job as it opens", "freesport stocks"])
def test_the_dagster_job_changes_no_other_table_either(dagster_shop: ShopUnderTest, only: list[str]) -> None:
    imported, changed = changed_by(fill(dagster_shop), BESIDE_OTHER_KINDS, only=only)
    assert imported.status == "published"
    assert stock_of(dagster_shop) == 77
    assert changed == []


def test_an_sku_that_was_hidden_stays_hidden_whatever_its_stock(filled: ShopUnderTest) -> None:
    filled.import_files(rests(rest("g1#b", {"w1": "9"}), rest("g1#marked", {"w1": "8"})), job="stock_update")
    for onec_id, quantity in (("g1#b", 9), ("g1#marked", 8)):
        assert stock_of(filled, onec_id) == quantity
        assert not filled.can_be_ordered(onec_id)
