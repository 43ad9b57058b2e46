"""Two imports at once: neither publishes over the other, neither loses rows, and the newest word of 1C wins."""

from pathlib import Path

import pytest

from freesport_pipelines.database import unfinished
from freesport_pipelines.steps.publishing import StagedOutdated
from freesport_pipelines_tests.acceptance.exports import RRP, Files, export, prices_of, stock_of
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    price,
    prices_xml,
    rest,
    rests_xml,
    write_export,
)
from freesport_pipelines_tests.faults import children
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.faults.shops import content, wait_until_alone
from freesport_pipelines_tests.shop import ShopUnderTest

MORNING, NOON, EVENING = (f"2025-02-03T{hour}:00:00" for hour in ("08", "12", "18"))
WHOLE_DAY = {"g1#a": 10, "g1#b": 20, "g5#a": 50, "g5#b": 60}
"""What the catalogue brings; `g5` is new to the shop."""
SOLD = {"g1#a": 1, "g5#a": 2, "g2": 3}
"""What the stock update says: of the catalogue's SKUs an old and a new one, and one that the catalogue leaves out."""


def catalogue(formed_at: str) -> Files:
    return export(
        goods=[good("g1"), good("g5")],
        offers=[offer(key) for key in WHOLE_DAY],
        prices=[price("g1#a", {RRP: "77"}), price("g5#a", {RRP: "88"})],
        rests=[rest(key, {"w1": str(quantity)}) for key, quantity in WHOLE_DAY.items()],
        formed_at=formed_at,
    )


def update(formed_at: str, quantities: dict[str, int] | None = None) -> Files:
    named = SOLD if quantities is None else quantities
    rows = [rest(key, {"w1": str(quantity)}) for key, quantity in named.items()]
    return {"rests/rests_1_1_<uuid>.xml": rests_xml(rows, formed_at=formed_at)}


def stocks(shop: ShopUnderTest) -> dict[str, int]:
    return {key: int(stock_of(shop, key)) for key in ("g1#a", "g1#b", "g5#a", "g5#b", "g2")}


UPDATE_WINS = {"g1#a": 1, "g1#b": 20, "g5#a": 2, "g5#b": 60, "g2": 3}
CATALOGUE_WINS = {"g1#a": 10, "g1#b": 20, "g5#a": 50, "g5#b": 60, "g2": 3}


@pytest.mark.parametrize(
    "gets_in",
    [pytest.param("before the staging", marks=pytest.mark.slow), "after the staging", "after the judgement"],
)
@pytest.mark.parametrize(("formed_at", "expected"), [(EVENING, UPDATE_WINS), (MORNING, CATALOGUE_WINS)])
def test_a_stock_update_gets_in_while_a_catalogue_is_under_way(
    shop: ShopUnderTest, gets_in: str, formed_at: str, expected: dict[str, int]
) -> None:
    """Row by row the newer of the two wins, also for SKUs that only the catalogue creates."""
    long = ByHand(shop, catalogue(NOON))
    if gets_in != "before the staging":
        long.stage()
    if gets_in == "after the judgement":
        long.judge()
    assert ByHand(shop, update(formed_at), "stock_update").do_all().status == "published"
    if gets_in == "before the staging":
        long.stage()
    if gets_in != "after the judgement":
        long.judge()
    assert long.publish().status == "published"
    assert stocks(shop) == expected
    assert prices_of(shop, "g5#a") == {"retail_price": 88}
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0


def test_a_stock_update_of_the_same_moment_leaves_the_catalogue_its_rows(shop: ShopUnderTest) -> None:
    long = ByHand(shop, catalogue(NOON)).stage()
    ByHand(shop, update(NOON), "stock_update").do_all()
    long.judge().publish()
    assert stocks(shop) == CATALOGUE_WINS


def test_of_two_stock_updates_during_one_catalogue_each_has_the_last_word_on_its_rows(shop: ShopUnderTest) -> None:
    long = ByHand(shop, catalogue(MORNING)).stage().judge()
    ByHand(shop, update(NOON, {"g1#a": 1, "g5#b": 4}), "stock_update").do_all()
    ByHand(shop, update(EVENING, {"g1#a": 2}), "stock_update").do_all()
    long.publish()
    assert stocks(shop) == {"g1#a": 2, "g1#b": 20, "g5#a": 50, "g5#b": 4, "g2": 3}


def test_a_stock_update_that_writes_nothing_has_the_last_word_all_the_same(shop: ShopUnderTest) -> None:
    """What the shop has already was said again in the evening; the catalogue of noon knows less."""
    now = int(stock_of(shop, "g1#a"))
    long = ByHand(shop, catalogue(NOON)).stage().judge()
    same = rests_xml([rest("g1#a", {"w1": "5", "w2": "-1"})], formed_at=EVENING)
    assert ByHand(shop, {"rests.xml": same}, "stock_update").do_all().status == "unchanged"
    long.publish()
    assert stock_of(shop, "g1#a") == now


def test_a_stock_update_that_is_rolled_back_gives_the_catalogue_its_rows_back(shop: ShopUnderTest) -> None:
    """It was judged without them; what it was overtaken by is no more."""
    long = ByHand(shop, catalogue(NOON)).stage()
    overtaking = ByHand(shop, update(EVENING, {"g1#a": 1, "g5#a": 2}), "stock_update").do_all()
    long.judge()
    shop.roll_back(overtaking)
    assert long.publish().status == "published"
    assert stocks(shop) == CATALOGUE_WINS


def test_a_catalogue_that_is_killed_and_imported_again_loses_no_rows_to_the_update_that_got_in(
    shop: ShopUnderTest, tmp_path: Path
) -> None:
    """The sensor asks for the killed drop again; without it the catalogue of the day would wait for a person."""
    folder = write_export(tmp_path / "catalogue", catalogue(NOON))
    assert children.is_killed_at("while rows are placed", shop, folder)
    wait_until_alone(shop)
    ByHand(shop, update(EVENING), "stock_update").do_all()
    assert stock_of(shop, "g1#a") == 1
    (killed,) = unfinished.mark_dead(shop.database, 0)
    again = shop.run("catalog_import", {"drop": killed.drop_id})
    assert again.status == "published", again.failed_checks
    assert stocks(shop) == UPDATE_WINS


def test_a_catalogue_overtaken_by_newer_prices_publishes_nothing_over_them(shop: ShopUnderTest) -> None:
    """Prices are not mixed row by row: the older import is refused as a whole."""
    long = ByHand(shop, catalogue(NOON)).stage().judge()
    newer = {"prices.xml": prices_xml([price("g1#a", {RRP: "99"})], formed_at=EVENING)}
    ByHand(shop, newer).do_all()
    before = shop.dump()
    assert long.publish().status == "rejected"
    assert shop.dump() == before
    assert prices_of(shop)["retail_price"] == 99


def test_rows_shaped_by_dictionaries_that_changed_meanwhile_are_not_published(shop: ShopUnderTest) -> None:
    long = ByHand(shop, catalogue(NOON)).stage().judge()
    ByHand(shop, {"groups.xml": groups_xml([group("c1", marked=True)], formed_at=NOON)}).do_all()
    before = shop.dump()
    with pytest.raises(StagedOutdated, match="changed categories, brands or price types"):
        long.publish()
    assert shop.dump() == before


@pytest.mark.parametrize("allow_older", [False, True])
def test_an_older_drop_overwrites_a_newer_one_only_when_told_to(shop: ShopUnderTest, allow_older: bool) -> None:
    shop.import_files({"goods.xml": goods_xml([good("g1", name="Новое имя")], formed_at=EVENING)})
    older = {"goods.xml": goods_xml([good("g1", name="Старое имя")], formed_at=MORNING)}
    imported = shop.import_files(older, allow_older=allow_older)
    expected = ("published", "Старое имя") if allow_older else ("rejected", "Новое имя")
    assert (imported.status, shop.row("SELECT name FROM goods WHERE onec_id = 'g1'")["name"]) == expected


def test_two_sessions_that_were_judged_side_by_side_are_published_one_after_the_other(shop: ShopUnderTest) -> None:
    """The second is compared anew, so that its journal says what it really changed."""
    files = {"goods.xml": goods_xml([good("g1", name="Имя")], formed_at=NOON)}
    first, second = ByHand(shop, files).stage().judge(), ByHand(shop, files, force=True).stage().judge()
    assert first.publish().status == "published"
    once = content(shop)
    assert second.publish().status == "unchanged"
    assert content(shop) == once
    assert shop.count("change_sets", f"session_id = {second.id}") == 0
