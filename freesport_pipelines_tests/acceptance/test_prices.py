"""Prices of SKUs: what is absent, what cannot be read. Checks 23 and 24 of the facts."""

from freesport_pipelines_tests.acceptance.exports import OPT1, RRP, TRAINER, export, prices_of
from freesport_pipelines_tests.commerceml_xml import offer, price, prices_xml
from freesport_pipelines_tests.shop import ShopUnderTest


def test_a_price_that_is_not_listed_is_removed_and_an_sku_that_is_not_listed_keeps_its_prices(
    shop: ShopUnderTest,
) -> None:
    """Check 23: the file lists the whole current set of an SKU."""
    full = {RRP: "100", TRAINER: "90"}
    shop.import_files(export(prices=[price("g1#a", full), price("g1#b", full)]))
    assert shop.price("g1#a", "trainer") == 90
    shop.import_files({"prices.xml": prices_xml([price("g1#a", {RRP: "105"})])})
    assert prices_of(shop, "g1#a") == {"retail_price": 105}
    assert shop.price("g1#a", "trainer") == 105
    assert shop.price("g1#b", "trainer") == 90


def test_prices_are_read_as_1c_writes_them(shop: ShopUnderTest) -> None:
    """Check 24: no-break spaces, decimal commas, halves of a kopeck."""
    prices = [price("g1#a", {RRP: "1\u00a0299,50", OPT1: "1299.5"}), price("g1#b", {RRP: "0,005", TRAINER: "0,125"})]
    shop.import_files(export(prices=prices))
    assert prices_of(shop, "g1#a") == {"retail_price": 1299.5, "opt1_price": 1299.5}
    assert {name: str(value) for name, value in prices_of(shop, "g1#b").items()} == {
        "retail_price": "0.01",
        "trainer_price": "0.13",
    }


UNUSABLE = {
    "g1#word": ("abc", "руб", "price_not_a_number"),
    "g1#empty": ("", "руб", "price_not_a_number"),
    "g1#absent": (None, "руб", "price_not_a_number"),
    "g1#negative": ("-5", "руб", "price_negative"),
    "g1#dollars": ("5", "USD", "foreign_currency"),
}


def test_a_price_that_cannot_be_used_goes_alone(shop: ShopUnderTest) -> None:
    """Check 24: its column keeps what the shop has, the rest of the row and of the file goes on."""
    offers = [offer(onec_id) for onec_id in (*UNUSABLE, "g1#good")]
    prices = [price(onec_id, {RRP: "100", OPT1: "90"}) for onec_id in UNUSABLE]
    shop.import_files(export(offers=offers, prices=prices, rests=[]))
    rows = [
        _with_another_price(price(onec_id, {RRP: amount}, currency=currency), {OPT1: "80"})
        for onec_id, (amount, currency, _) in UNUSABLE.items()
    ]
    imported = shop.import_files({"prices.xml": prices_xml([*rows, price("g1#good", {RRP: "120"})])})
    assert imported.status == "published"
    for onec_id in UNUSABLE:
        assert prices_of(shop, onec_id) == {"retail_price": 100, "opt1_price": 80}
    assert prices_of(shop, "g1#good") == {"retail_price": 120}
    assert shop.quarantined("prices") == {(f"{onec_id}|{RRP}", reason) for onec_id, (*_, reason) in UNUSABLE.items()}
    assert imported.failed_checks == {"prices_can_be_read"}


def _with_another_price(row: str, prices: dict[str, str | None]) -> str:
    """The row with prices of a currency of their own added."""
    entries = price("", prices).split("<Цены>")[1].split("</Цены>")[0]
    return row.replace("</Цены>", entries + "</Цены>")


def test_a_corrected_price_closes_its_quarantine(shop: ShopUnderTest) -> None:
    """Check 24: what was corrected in 1C must not wait for ever."""
    shop.import_files(export(prices=[price("g1#a", {RRP: "abc"})]))
    assert prices_of(shop) == {}
    assert not shop.can_be_ordered("g1#a")
    shop.import_files({"prices.xml": prices_xml([price("g1#a", {RRP: "100"})])})
    assert prices_of(shop) == {"retail_price": 100}
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0


def test_nothing_is_sold_for_zero(shop: ShopUnderTest) -> None:
    """Check 24: 0 means not set, as if it were not listed."""
    shop.import_files(export(prices=[price("g1#a", {RRP: "100"})]))
    assert shop.can_be_ordered("g1#a")
    shop.import_files({"prices.xml": prices_xml([price("g1#a", {RRP: "0", OPT1: "0.00"})])})
    assert prices_of(shop) == {}
    assert shop.price("g1#a", "retail") is None
    assert not shop.can_be_ordered("g1#a", "wholesale_level1")


def test_a_bare_goods_id_prices_no_offers(shop: ShopUnderTest) -> None:
    """Facts 1.8: a price belongs to exactly the SKU it names."""
    imported = shop.import_files(export(prices=[price("g1", {RRP: "1"}), price("g1#a", {RRP: "100"})]))
    assert prices_of(shop, "g1#a") == {"retail_price": 100}
    assert prices_of(shop, "g1#b") == {}
    assert imported.quarantine == {"prices": {"goods_sold_by_offers": 1}}
    assert shop.products() == {"g1#a", "g1#b"}
