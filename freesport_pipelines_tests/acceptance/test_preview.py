"""What an operator sees of a change set before it is published: counts, examples, the worst price and stock moves."""

from freesport_pipelines_tests.acceptance.exports import MRP, RRP, export
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, price, prices_xml, rest, rests_xml
from freesport_pipelines_tests.shop import ShopUnderTest

LATER = "2025-02-03T10:00:00"


def test_a_dry_run_shows_examples_of_every_operation_and_writes_nothing(shop: ShopUnderTest) -> None:
    shop.import_files(export(goods=[good("g1", name="Гиря"), good("g2")]))
    before = shop.dump()
    changed = [good("g1", name="Гиря 16 кг"), good("g2", marked=True), good("g3", name="Мяч")]
    tried = shop.import_files({"goods.xml": goods_xml(changed, formed_at=LATER)}, dry_run=True)
    assert shop.dump() == before
    by_key = {row["key"]: row for row in tried.report["preview"]["rows"]["goods"]}
    assert by_key["g1"]["operation"] == "update"
    assert (by_key["g1"]["before"], by_key["g1"]["after"]) == ({"name": "Гиря"}, {"name": "Гиря 16 кг"})
    assert by_key["g2"]["operation"] == "hide"
    assert (by_key["g3"]["operation"], by_key["g3"]["name"]) == ("insert", "Мяч")


def test_the_worst_price_moves_come_first_lost_ones_before_all(shop: ShopUnderTest) -> None:
    shop.import_files(export(prices=[price("g1#a", {RRP: "100", MRP: "90"}), price("g1#b", {RRP: "200"})]))
    moved = [price("g1#a", {RRP: "25"}), price("g1#b", {RRP: "210"})]
    tried = shop.import_files({"prices.xml": prices_xml(moved, formed_at=LATER)}, dry_run=True)
    moves = [(m["key"], m["price"], m["before"], m["after"]) for m in tried.report["preview"]["price_moves"]]
    assert moves == [
        ("g1#a", "min_retail_price", "90", None),
        ("g1#a", "retail_price", "100", "25"),
        ("g1#b", "retail_price", "200", "210"),
    ]


def test_a_price_that_cannot_be_read_is_no_move(shop: ShopUnderTest) -> None:
    shop.import_files(export(prices=[price("g1#a", {RRP: "100", MRP: "90"})]))
    unreadable = prices_xml([price("g1#a", {RRP: "abc", MRP: "91"})], formed_at=LATER)
    tried = shop.import_files({"prices.xml": unreadable}, dry_run=True)
    assert [m["price"] for m in tried.report["preview"]["price_moves"]] == ["min_retail_price"]


def test_the_stocks_that_lose_most_are_shown(shop: ShopUnderTest) -> None:
    shop.import_files(export(rests=[rest("g1#a", {"w1": "50"}), rest("g1#b", {"w1": "7.5"})]))
    moved = [rest("g1#a", {"w1": "49"}), rest("g1#b", {"w1": "0"})]
    tried = shop.import_files({"rests.xml": rests_xml(moved, formed_at=LATER)}, dry_run=True)
    moves = [(m["key"], m["before"], m["after"]) for m in tried.report["preview"]["stock_moves"]]
    assert moves == [("g1#b", "7.5", "0"), ("g1#a", "50", "49")]


def test_the_page_for_people_shows_moves_and_examples(shop: ShopUnderTest) -> None:
    from freesport_pipelines.database.report import as_markdown

    shop.import_files(export())
    moved = {"prices.xml": prices_xml([price("g1#a", {RRP: "30"})], formed_at=LATER)}
    page = as_markdown(shop.import_files(moved, dry_run=True).report)
    assert "| g1#a | Предложение g1#a | retail_price | 100 | 30 |" in page
    assert "would change" in page


def test_few_examples_are_kept_of_many_rows(shop: ShopUnderTest) -> None:
    imported = shop.import_files(export(goods=[good(f"g{n}", name="Д" * 500) for n in range(1, 40)]))
    rows = imported.report["preview"]["rows"]["goods"]
    assert len(rows) == 5
    assert len(rows[0]["name"]) == 80
