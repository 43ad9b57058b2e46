"""A rejected session may be approved by an operator: then exactly what was judged is published, or nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from freesport_pipelines.database.publish import LiveStateMoved
from freesport_pipelines.database.staging import StagingLost
from freesport_pipelines.steps.approving import NotApproved, newest_rejected
from freesport_pipelines_tests.acceptance.exports import RRP, Files, export, stock_of
from freesport_pipelines_tests.commerceml_xml import (
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
from freesport_pipelines_tests.shop import Import, ShopUnderTest

SKUS = [f"g{number}#a" for number in range(6)]
FIRST, SECOND, THIRD = "2025-02-01T10:00:00", "2025-02-02T10:00:00", "2025-02-03T10:00:00"


def prices(by_sku: Mapping[str, str], formed_at: str = SECOND) -> Files:
    rows = [price(onec_id, {RRP: text}) for onec_id, text in by_sku.items()]
    return {"prices.xml": prices_xml(rows, formed_at=formed_at)}


@pytest.fixture
def guarded(shop: ShopUnderTest) -> ShopUnderTest:
    """Six SKUs at 1000, and gates that block from five rows on."""
    shop.configure(move_block_rows=5)
    shop.import_files(
        export(
            goods=[good(onec_id.partition("#")[0]) for onec_id in SKUS],
            offers=[offer(onec_id) for onec_id in SKUS],
            prices=[price(onec_id, {RRP: "1000"}) for onec_id in SKUS],
            rests=[rest(onec_id, {"w1": "5"}) for onec_id in SKUS],
            formed_at=FIRST,
        )
    )
    return shop


@pytest.fixture
def rejected(guarded: ShopUnderTest) -> Import:
    """A price list that falls by nine tenths and more."""
    imported = guarded.import_files(prices(dict.fromkeys(SKUS, "10")))
    assert imported.status == "rejected"
    return imported


def test_the_judged_change_set_is_published_and_says_who_wanted_it(guarded: ShopUnderTest, rejected: Import) -> None:
    approved = guarded.approve(rejected)
    assert approved.status == "published"
    assert approved.session is not None
    assert approved.session.approved_at is not None
    assert approved.report["approved"]
    assert [guarded.price(onec_id, "retail") for onec_id in SKUS] == [10] * 6


def test_an_approved_session_can_be_rolled_back_like_any_other(guarded: ShopUnderTest, rejected: Import) -> None:
    before = guarded.dump()
    guarded.roll_back(guarded.approve(rejected))
    assert guarded.dump() == before


def test_a_row_that_is_no_longer_as_it_was_judged_stops_everything(guarded: ShopUnderTest, rejected: Import) -> None:
    of_one = "(SELECT id FROM skus WHERE onec_id = 'g3#a')"
    guarded.execute(f"UPDATE sku_prices SET retail_price = 999 WHERE sku_id = {of_one}")
    before = guarded.dump()
    with pytest.raises(LiveStateMoved, match="g3#a"):
        guarded.approve(rejected)
    assert guarded.dump() == before
    assert guarded.session(rejected).status == "rejected"


def test_newer_data_of_the_same_kind_is_not_overwritten(guarded: ShopUnderTest, rejected: Import) -> None:
    """Even where the newer drop changed nothing: its word is the later one."""
    assert guarded.import_files(prices({SKUS[0]: "1000"}, THIRD), force=True).status == "unchanged"
    with pytest.raises(NotApproved, match="newer data was published since"):
        guarded.approve(rejected)


def test_data_of_another_kind_published_meanwhile_is_no_obstacle(guarded: ShopUnderTest, rejected: Import) -> None:
    rests = rests_xml([rest(SKUS[0], {"w1": "9"})], formed_at=THIRD)
    assert guarded.import_files({"rests.xml": rests}, job="stock_update").status == "published"
    assert guarded.approve(rejected).status == "published"


def test_rows_that_were_shaped_by_categories_changed_since_are_not_published(guarded: ShopUnderTest) -> None:
    marked = goods_xml([good(f"g{number}", marked=True) for number in range(5)], formed_at=SECOND)
    hidden = guarded.import_files({"goods.xml": marked})
    assert hidden.status == "rejected"
    guarded.import_files({"groups.xml": groups_xml([group("c1"), group("c2")], formed_at=THIRD)})
    with pytest.raises(NotApproved, match="categories"):
        guarded.approve(hidden)


def test_a_contradiction_is_no_question_of_a_threshold(guarded: ShopUnderTest) -> None:
    """An incomplete full set, an older drop: approving would hide or overwrite what nobody judged."""
    packets = {f"goods_1_{n}_<uuid>.xml": goods_xml([good("g1")], formed_at=SECOND) for n in (1, 3)}
    incomplete = guarded.import_files(packets, mode="full")
    older = guarded.import_files(prices({SKUS[0]: "900"}, "2024-01-01T00:00:00"))
    for imported, gate in ((incomplete, "full_set_is_complete"), (older, "not_older_than_published")):
        assert imported.status == "rejected"
        with pytest.raises(NotApproved, match=gate):
            guarded.approve(imported)


def test_a_dry_run_is_not_approved(guarded: ShopUnderTest) -> None:
    tried = guarded.import_files(prices(dict.fromkeys(SKUS, "10")), dry_run=True)
    with pytest.raises(NotApproved, match="dry run"):
        guarded.approve(tried)


def test_only_a_rejected_session_can_be_approved(guarded: ShopUnderTest) -> None:
    published = guarded.import_files(prices({SKUS[0]: "900"}))
    with pytest.raises(NotApproved, match="published, not rejected"):
        guarded.approve(published)


def test_a_session_whose_staging_is_gone_says_to_import_again(guarded: ShopUnderTest, rejected: Import) -> None:
    assert rejected.session is not None
    guarded.database.discard_area(rejected.session.id)
    with pytest.raises(StagingLost, match="replay"):
        guarded.approve(rejected)


def test_the_staging_of_a_session_that_waits_for_approval_is_kept(guarded: ShopUnderTest, rejected: Import) -> None:
    for number in range(8):
        guarded.import_files(prices({SKUS[0]: f"99{number}"}, THIRD), dry_run=True)
    assert guarded.approve(rejected).status == "published"


def test_who_names_no_session_means_the_newest_rejected_one(guarded: ShopUnderTest, rejected: Import) -> None:
    assert rejected.session is not None
    assert newest_rejected(guarded.database) == rejected.session.id


def test_where_nothing_was_rejected_there_is_nothing_to_approve(guarded: ShopUnderTest) -> None:
    with pytest.raises(NotApproved, match="no rejected session"):
        newest_rejected(guarded.database)


def test_an_approval_whose_answer_was_lost_is_not_done_twice(guarded: ShopUnderTest, rejected: Import) -> None:
    first = guarded.approve(rejected)
    before = guarded.dump()
    again = guarded.approve(rejected)
    assert (again.status, guarded.dump()) == ("published", before)
    assert again.session is not None
    assert first.session is not None
    assert again.session.approved_at == first.session.approved_at < datetime.now(UTC)


def test_a_newer_word_that_waits_in_quarantine_is_not_passed_over(guarded: ShopUnderTest) -> None:
    """The rejected session had taken an older price out of quarantine."""
    guarded.configure(move_block_rows=2)
    guarded.import_files(prices({"n1#a": "900"}, FIRST))
    marked = [good(f"g{number}", marked=True) for number in range(2)]
    new = {"goods.xml": goods_xml([*marked, good("n1")], formed_at=SECOND)}
    hidden = guarded.import_files({**new, "offers.xml": offers_xml([offer("n1#a")], formed_at=SECOND)})
    assert hidden.status == "rejected"
    guarded.import_files(prices({"n1#a": "990"}, THIRD))
    with pytest.raises(NotApproved, match="n1#a"):
        guarded.approve(hidden)
    again = guarded.run("catalog_import", {"drop": hidden.session.drop_id, "force": True})
    guarded.approve(again)
    assert guarded.price("n1#a", "retail") == 990


def test_an_orphan_of_an_approved_session_returns_although_its_goods_came_before_the_approval(
    guarded: ShopUnderTest,
) -> None:
    guarded.configure(block_rows=2)
    orphans = {"offers.xml": offers_xml([offer("n1#a"), offer("x#y")], formed_at=SECOND)}
    rejected = guarded.import_files(orphans)
    assert rejected.status == "rejected"
    guarded.import_files({"goods.xml": goods_xml([good("n1")], formed_at=SECOND)})
    guarded.approve(rejected)
    guarded.import_files(prices({SKUS[0]: "999"}, THIRD))
    assert "n1#a" in guarded.products()


def test_a_drop_rejected_before_newer_stocks_can_be_replayed_and_approved_and_leaves_them_alone(
    guarded: ShopUnderTest,
) -> None:
    low = {
        **prices(dict.fromkeys(SKUS, "10")),
        "rests.xml": rests_xml([rest(SKUS[0], {"w1": "1"}), rest(SKUS[1], {"w1": "2"})], formed_at=SECOND),
    }
    rejected = guarded.import_files(low)
    assert rejected.status == "rejected"
    newer = rests_xml([rest(SKUS[0], {"w1": "9"})], formed_at=THIRD)
    guarded.import_files({"rests.xml": newer}, job="stock_update")
    with pytest.raises(NotApproved, match="--only"):
        guarded.approve(rejected)
    again = guarded.run("catalog_import", {"drop": rejected.session.drop_id})
    guarded.approve(again)
    assert guarded.price(SKUS[0], "retail") == 10
    assert [stock_of(guarded, onec_id) for onec_id in SKUS[:2]] == [9, 2]
