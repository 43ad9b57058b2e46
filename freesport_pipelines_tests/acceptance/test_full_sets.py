"""Delta and full (facts 0.8 and 1.0, check 32): absence means something only in a complete set declared full."""

import json

from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

GROUPS = groups_xml([group("c1", "Мячи")])


def catalogue(*goods: str) -> dict[str, bytes]:
    return {
        "groups.xml": GROUPS,
        "goods.xml": goods_xml([good(onec_id) for onec_id in goods]),
        "offers.xml": offers_xml([offer(f"{onec_id}#a") for onec_id in goods]),
    }


def visible(shop: ShopUnderTest) -> set[str]:
    return {row["onec_id"] for row in shop.rows("SELECT onec_id FROM products WHERE is_active")}


def test_a_delta_says_nothing_about_what_it_does_not_name(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    shop.import_files(catalogue("g1"))
    assert visible(shop) == {"g1#a", "g2#a"}


def test_a_full_set_hides_what_it_does_not_name_and_a_later_one_shows_it_again(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    shop.import_files(catalogue("g1"), mode="full")
    assert visible(shop) == {"g1#a"}
    assert shop.count("goods") == 2
    assert shop.row("SELECT reason FROM excluded_items WHERE onec_id = 'g2'")["reason"] == "absent_from_full_set"
    shop.import_files(catalogue("g1", "g2"), mode="full")
    assert visible(shop) == {"g1#a", "g2#a"}


def test_only_the_kinds_a_full_set_holds_can_hide(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    shop.import_files({"groups.xml": GROUPS}, mode="full")
    assert visible(shop) == {"g1#a", "g2#a"}


def test_a_full_set_with_a_gap_in_its_packets_is_refused(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2", "g3"))
    before = shop.dump()
    packets = {
        "groups.xml": GROUPS,
        "goods_1_1_<uuid>.xml": goods_xml([good("g1")]),
        "goods_1_3_<uuid>.xml": goods_xml([good("g3")]),
    }
    refused = shop.import_files(packets, mode="full")
    assert refused.status == "rejected"
    assert refused.check("full_set_is_complete")["examples"] == ["goods 1_2"]
    assert shop.dump() == before


def test_a_full_set_with_fewer_packets_than_its_manifest_declares_is_refused(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    manifest = json.dumps({"mode": "full", "packets": {"goods": 2}}).encode()
    refused = shop.import_files({**catalogue("g1"), "manifest.json": manifest})
    assert refused.status == "rejected"
    assert refused.check("full_set_is_complete")["examples"] == ["goods: 1 of 2 packets"]
    assert visible(shop) == {"g1#a", "g2#a"}


def test_a_full_set_that_nobody_counted_is_worth_a_look(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1"))
    uncounted = shop.import_files(catalogue("g1", "g2"), mode="full")
    assert "full_set_is_counted" in uncounted.failed_checks
    manifest = json.dumps({"mode": "full", "packets": {"goods": 1, "groups": 1, "offers": 1}}).encode()
    counted = shop.import_files({**catalogue("g1", "g2", "g3"), "manifest.json": manifest})
    assert "full_set_is_counted" not in counted.failed_checks


def test_a_promised_packet_without_rows_is_refused(shop: ShopUnderTest) -> None:
    """Check 50 of the facts."""
    shop.import_files(catalogue("g1"))
    before = shop.dump()
    packets = {"goods_1_1_<uuid>.xml": goods_xml([good("g1", name="Иначе")]), "goods_1_2_<uuid>.xml": goods_xml([])}
    manifest = {"manifest.json": json.dumps({"packets": {"goods": 2}}).encode()}
    refused = shop.import_files({**packets, **manifest})
    assert refused.status == "rejected"
    (empty,) = refused.check("promised_packets_hold_rows")["examples"]
    assert empty.startswith("goods_1_2_")
    assert shop.dump() == before
    assert shop.import_files(packets).status == "published"  # nobody promised anything


def test_goods_of_categories_that_a_full_set_leaves_out_are_hidden_with_them_behind_the_gate(
    shop: ShopUnderTest,
) -> None:
    shop.configure(move_block_rows=5)
    groups = groups_xml([group("c1"), group("c2")])
    goods = [good(f"g{n}", groups=["c1" if n < 2 else "c2"]) for n in range(8)]
    offers = [offer(f"g{n}#a") for n in range(8)]
    shop.import_files({"groups.xml": groups, "goods.xml": goods_xml(goods), "offers.xml": offers_xml(offers)})
    half = shop.import_files({"groups.xml": groups_xml([group("c1")])}, mode="full")
    assert half.status == "rejected"
    assert half.check("skus_stay_visible")["bad"] == 6
    shop.configure(move_block_rows=100)
    shop.import_files({"groups.xml": groups_xml([group("c1")])}, mode="full", force=True)
    assert visible(shop) == {"g0#a", "g1#a"}
    shop.import_files({"groups.xml": groups}, mode="full")
    assert len(visible(shop)) == 8


def test_an_absent_sku_is_hidden_although_its_goods_got_another_name(shop: ShopUnderTest) -> None:
    first = {"goods.xml": goods_xml([good("g1", name="Гиря")]), "groups.xml": GROUPS}
    shop.import_files({**first, "offers.xml": offers_xml([offer("g1#a", name="Мяч (5)"), offer("g1#b")])})
    renamed = {"goods.xml": goods_xml([good("g1", name="Мяч")]), "offers.xml": offers_xml([offer("g1#b")])}
    shop.import_files(renamed, mode="full")
    assert visible(shop) == {"g1#b"}


def test_a_row_that_the_set_names_and_that_cannot_be_used_is_not_absent(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    nameless = {**catalogue("g1", "g2"), "goods.xml": goods_xml([good("g1"), good("g2", name="")])}
    imported = shop.import_files(nameless, mode="full")
    assert imported.quarantine["goods"] == {"name_missing": 1}
    assert visible(shop) == {"g1#a", "g2#a"}


def test_what_the_shop_hid_itself_stays_its_own_business(shop: ShopUnderTest) -> None:
    shop.import_files(catalogue("g1", "g2"))
    shop.execute("UPDATE goods SET is_active = false WHERE onec_id = 'g2'")
    shop.import_files(catalogue("g1"), mode="full")
    shop.import_files(catalogue("g1", "g2"), mode="full")
    assert visible(shop) == {"g1#a"}
