"""Gates on the change set: the shop keeps its data when an export would hide, give away or sell out too much."""

from collections.abc import Mapping

import pytest

from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    price,
    price_lists_xml,
    price_type,
    prices_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

GOODS = [f"g{number}" for number in range(12)]


@pytest.fixture
def guarded(shop: ShopUnderTest) -> ShopUnderTest:
    """A shop of twelve SKUs, in stock at 1000, whose gates block from five rows on."""
    shop.configure(move_block_rows=5)
    shop.import_files(
        {
            "groups.xml": groups_xml([group("c1", "Мячи")]),
            "priceLists.xml": price_lists_xml([price_type("rrc", "РРЦ")]),
            "goods.xml": goods_xml([good(onec_id) for onec_id in GOODS]),
            "offers.xml": offers_xml([offer(f"{onec_id}#a") for onec_id in GOODS]),
            **prices(dict.fromkeys(GOODS, "1000")),
            "rests.xml": rests_xml([rest(f"{onec_id}#a", {"w1": "3"}) for onec_id in GOODS]),
        }
    )
    return shop


def prices(by_goods: Mapping[str, str]) -> dict[str, bytes]:
    return {"prices.xml": prices_xml([price(f"{onec_id}#a", {"rrc": text}) for onec_id, text in by_goods.items()])}


def refused_by(shop: ShopUnderTest, gate: str, files: Mapping[str, bytes]) -> None:
    before = shop.dump()
    refused = shop.import_files(files)
    assert refused.status == "rejected"
    assert [
        check["name"] for check in refused.report["checks"] if check["severity"] == "error" and not check["passed"]
    ] == [gate]
    assert shop.dump() == before


def test_an_export_that_marks_half_of_the_goods_is_refused(guarded: ShopUnderTest) -> None:
    refused_by(
        guarded, "skus_stay_visible", {"goods.xml": goods_xml([good(onec_id, marked=True) for onec_id in GOODS[:6]])}
    )


def test_a_price_list_that_falls_by_nine_tenths_is_refused(guarded: ShopUnderTest) -> None:
    guarded.configure(price_move_block_share=1)
    refused_by(guarded, "prices_do_not_collapse", prices(dict.fromkeys(GOODS[:5], "99")))


def test_a_price_list_of_zeros_is_refused(guarded: ShopUnderTest) -> None:
    guarded.configure(price_move_block_share=1)
    refused_by(guarded, "prices_stay_above_zero", prices(dict.fromkeys(GOODS[:5], "0")))


@pytest.mark.parametrize("text", ["499", "1501"])
def test_a_price_list_that_moves_far_for_many_is_refused(guarded: ShopUnderTest, text: str) -> None:
    refused_by(guarded, "prices_do_not_jump", prices(dict.fromkeys(GOODS[:5], text)))


def test_a_single_price_that_falls_to_zero_is_worth_a_look_and_is_published(guarded: ShopUnderTest) -> None:
    moved = guarded.import_files(prices({"g0": "0"}))
    assert moved.status == "published"
    assert moved.check("prices_stay_above_zero")["examples"] == ["g0#a"]


def test_stock_that_sells_out_by_half_at_once_is_refused(guarded: ShopUnderTest) -> None:
    gone = {"rests.xml": rests_xml([rest(f"{onec_id}#a", {"w1": "0"}) for onec_id in GOODS[:7]])}
    refused_by(guarded, "stock_does_not_vanish", gone)


def test_ordinary_moves_pass(guarded: ShopUnderTest) -> None:
    moved = guarded.import_files(
        {
            "goods.xml": goods_xml([good("g0", marked=True)]),
            **prices(dict.fromkeys(GOODS[1:], "500")),
            "rests.xml": rests_xml([rest(f"{onec_id}#a", {"w1": "0"}) for onec_id in GOODS[1:4]]),
        }
    )
    assert moved.status == "published"


def test_few_rows_never_block_however_large_their_share(shop: ShopUnderTest) -> None:
    shop.import_files(
        {
            "groups.xml": groups_xml([group("c1")]),
            "goods.xml": goods_xml([good("g1")]),
            "offers.xml": offers_xml([offer("g1#a")]),
        }
    )
    assert shop.import_files({"goods.xml": goods_xml([good("g1", marked=True)])}).status == "published"
