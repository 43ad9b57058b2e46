"""`freesport replay`: archived drops once more, alone or as a chain."""

import pytest
import typer

from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.commerceml_xml import good, offer, rest, rests_xml
from freesport_pipelines_tests.defs.exports import clashing_price_types
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.safe import catalogue, published
from freesport_pipelines_tests.shop import Import, ShopUnderTest


def drop_of(imported: Import) -> str:
    assert imported.session is not None
    return imported.session.drop_id


def empty(shop: ShopUnderTest) -> None:
    """Lose the catalogue and its history, keep the archive."""
    for table in ("skus", "goods", "sku_prices", "sku_stocks", "categories", "units", "warehouses", "price_types"):
        shop.execute(f"DELETE FROM {table}")
    shop.execute("DELETE FROM import_sessions")


def stocks(shop: ShopUnderTest, quantity: str) -> Import:
    rows = rests_xml([rest("g1#a", {"w1": quantity})], formed_at="2026-01-20T05:00:00")
    return shop.import_files({"rests/rests_1_1_<uuid>.xml": rows}, job="stock_update")


@pytest.mark.slow
def test_a_chain_of_drops_ends_in_the_same_tables(shop: ShopUnderTest, freesport: Commands) -> None:
    drops = [
        drop_of(published(shop)),
        drop_of(published(shop, day=16, goods=[good("g1"), good("g2")], offers=[offer("g1#a"), offer("g2#a")])),
        drop_of(stocks(shop, "9")),
    ]
    then = catalogue(shop)
    empty(shop)
    said = freesport("replay", *reversed(drops), "--json")
    assert said.code == 0, said.err
    assert [one["drop"] for one in said.json["imports"]] == drops
    assert catalogue(shop) == then


@pytest.mark.slow
def test_a_range_of_the_archive_is_replayed_in_its_order(shop: ShopUnderTest, freesport: Commands) -> None:
    drops = [drop_of(published(shop, day=day)) for day in (15, 16, 17)]
    empty(shop)
    said = freesport("replay", "--since", drops[0], "--until", drops[1], "--json")
    assert said.code == 0, said.err
    assert [one["drop"] for one in said.json["imports"]] == drops[:2]


@pytest.mark.slow
def test_unchanged_content_is_compared_all_the_same(shop: ShopUnderTest, freesport: Commands) -> None:
    drop = drop_of(published(shop))
    shop.execute("UPDATE goods SET content_hash = 0, name = 'damaged'")
    said = freesport("replay", drop, "--json")
    assert said.json["tables"]["goods"]["updated"] == 1
    assert shop.row("SELECT name FROM goods")["name"] != "damaged"


@pytest.mark.slow
def test_a_drop_of_rests_alone_changes_stocks_alone(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    drop = drop_of(stocks(shop, "9"))
    assert freesport("replay", drop).code == 0
    assert shop.rows("SELECT kind FROM import_sessions ORDER BY id")[-1]["kind"] == "stock_update"


def test_a_chain_stops_at_a_drop_that_a_gate_rejects(shop: ShopUnderTest, freesport: Commands) -> None:
    first = drop_of(published(shop))
    bad = drop_of(shop.import_files(clashing_price_types()))
    last = drop_of(published(shop, day=17))
    said = freesport("replay", first, bad, last, "--allow-older", "--json")
    assert said.code == 3
    assert [one["status"] for one in said.json["imports"]][-1] == "rejected"
    assert [one["drop"] for one in said.json["imports"]] == [first, bad]


def test_an_older_drop_is_published_only_when_that_is_said(shop: ShopUnderTest, freesport: Commands) -> None:
    first = drop_of(published(shop))
    then = catalogue(shop)
    published(shop, day=16)
    assert freesport("replay", first).code == 3
    assert freesport("replay", first, "--allow-older").code == 0
    assert catalogue(shop) == then


@pytest.mark.slow
def test_a_dry_run_changes_nothing(shop: ShopUnderTest, freesport: Commands) -> None:
    drop = drop_of(published(shop))
    shop.execute("UPDATE goods SET content_hash = 0, name = 'changed'")
    before = shop.dump()
    said = freesport("replay", drop, "--dry-run", "--json")
    assert (said.code, said.json["dry_run"]) == (0, True)
    assert said.json["tables"]["goods"]["updated"] == 1
    assert shop.dump() == before


@pytest.mark.slow
def test_only_the_named_kinds_are_read(shop: ShopUnderTest, freesport: Commands) -> None:
    drop = drop_of(shop.import_files(export()))
    shop.execute("UPDATE goods SET content_hash = 0, name = 'kept'")
    shop.execute("UPDATE sku_prices SET retail_price = 1")
    assert freesport("replay", drop, "--only", "prices").code == 0
    assert shop.row("SELECT name FROM goods")["name"] == "kept"
    assert shop.count("sku_prices", "retail_price = 1") == 0


def test_a_drop_that_is_not_there_is_refused(shop: ShopUnderTest, freesport: Commands) -> None:
    drop = drop_of(published(shop))
    said = freesport("replay", "20200101T000000.000000Z-abcdef", "--json")
    assert said.code == 1
    assert drop in said.err  # what there is
    assert said.json["errors"]


@pytest.mark.parametrize("arguments", [(), ("x", "--since", "x")])
def test_drops_or_a_range_must_be_named(freesport: Commands, arguments: tuple[str, ...]) -> None:
    assert freesport("replay", *arguments).code == typer.BadParameter.exit_code
