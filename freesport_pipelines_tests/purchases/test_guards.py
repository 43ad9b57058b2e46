"""What is read is read completely or not at all, and what looks like lost rights changes nothing."""

from collections.abc import Callable
from datetime import datetime

import pytest

from freesport_pipelines.database.mirroring import SuspiciousScan
from freesport_pipelines.emulator import Company, Fault, after, nth
from freesport_pipelines.odata.errors import FilterIgnoredError, NotPublishedError, OnecError
from freesport_pipelines_tests.purchases.onec_shop import CATALOGUES, POINTS, REGISTERS, SALES, OnecShop, keep_cards

CARDS = "Catalog_ДисконтныеКарты"
PERIODS = "SELECT period FROM purchases WHERE recorder = :id"
NOTHING: dict[str, list[object]] = {name: [] for name in (*CATALOGUES, *REGISTERS, "onec_windows")}
SPOILED = "login_page"
"""HTML with 200: an error that nobody tries again."""


def test_a_run_killed_after_its_second_page_changes_nothing(shop: OnecShop) -> None:
    shop.read("2025-01")
    before = shop.content()
    shop.company.unpost(shop.company.recorders()[30])
    small = _with_small_pages(shop)
    shop.server.faults.add(Fault(SPOILED, entity=SALES, when=after(2)))
    with pytest.raises(OnecError):
        small.read("2025-01")
    assert shop.content() == before


@pytest.mark.parametrize("company", [Company(customers=20, receipts=1200, months=1)], ids=["large"])
def test_a_run_killed_when_blocks_are_gathered_already_changes_nothing(shop: OnecShop) -> None:
    small = _with_small_pages(shop)
    fault = Fault(SPOILED, entity=SALES, when=after(100))
    shop.server.faults.add(fault)
    with pytest.raises(OnecError):
        small.read("2025-01")
    assert fault.struck
    assert shop.content() == NOTHING


def test_after_a_killed_run_the_next_one_is_complete(shop: OnecShop) -> None:
    small = _with_small_pages(shop)
    fault = Fault(SPOILED, entity=SALES, when=after(2))
    shop.server.faults.add(fault)
    with pytest.raises(OnecError):
        small.read("2025-01")
    fault.on = False
    shop.read()
    assert shop.count("purchases") == shop.company.truth().rows[SALES]


def test_a_failed_job_neither_moves_the_watermark_nor_materializes_the_month(shop: OnecShop) -> None:
    shop.server.faults.add(Fault(SPOILED, entity=SALES))
    run = shop.job("onec_purchases", "2025-01")
    assert not run.success
    assert shop.count("onec_windows", "entity = 'purchases'") == 0
    assert not run.asset_materializations_for_node("purchases")


def test_a_page_that_fails_once_is_read_again_and_nothing_is_skipped(shop: OnecShop) -> None:
    small = _with_small_pages(shop)
    fault = Fault("truncated", entity=SALES, when=nth(2))
    shop.server.faults.add(fault)
    small.read("2025-01", tables=["purchases"])
    assert fault.struck == 1
    assert shop.count("purchases") == shop.company.truth().rows_by_month["2025-01"]


def test_a_server_that_ignores_filters_is_found_out_and_nothing_is_stored(shop: OnecShop) -> None:
    shop.server.faults.add(Fault("filter_ignored"))
    with pytest.raises(FilterIgnoredError):
        shop.read("2025-01")
    assert shop.content() == NOTHING


def test_a_register_that_ignores_filters_is_found_out_although_catalogues_heed_them(shop: OnecShop) -> None:
    shop.read("2025-01")
    before = shop.content()
    shop.server.faults.add(Fault("filter_ignored", entity=SALES))
    with pytest.raises(FilterIgnoredError):
        shop.read("2025-01", tables=["purchases"])
    assert shop.content() == before


def test_no_card_is_taken_for_missing_by_an_incomplete_scan(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    before = shop.content("discount_cards")
    keep_cards(shop.company, 39)
    shop.server.faults.add(Fault(SPOILED, entity=CARDS, when=after(1)))
    with pytest.raises(OnecError):
        _with_small_pages(shop).scan("discount_cards")
    assert shop.content("discount_cards") == before


def test_half_of_the_cards_vanishing_is_refused_and_nothing_is_changed(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    before = shop.content("discount_cards")
    keep_cards(shop.company, 20)
    with pytest.raises(SuspiciousScan, match="20 of 40"):
        shop.scan("discount_cards")
    assert shop.content("discount_cards") == before


def test_some_cards_vanishing_are_taken_for_deleted(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    keep_cards(shop.company, 32)
    assert shop.scan("discount_cards") == 8


def test_half_of_the_cards_vanishing_is_accepted_in_the_launchpad(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    keep_cards(shop.company, 20)
    assert not shop.job("onec_catalogues").success
    assert shop.count("discount_cards", "missing_since IS NOT NULL") == 0
    assert shop.job("onec_catalogues", discount_cards={"allow_vanishing": True}).success
    assert shop.count("discount_cards", "missing_since IS NOT NULL") == 20


def test_a_catalogue_without_rows_that_had_some_is_refused(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    before = shop.content("discount_cards")
    keep_cards(shop.company, 0)
    with pytest.raises(SuspiciousScan, match="no row at all"):
        shop.scan("discount_cards")
    assert shop.content("discount_cards") == before


def test_a_catalogue_that_never_had_rows_may_be_empty(shop: OnecShop) -> None:
    keep_cards(shop.company, 0)
    assert shop.scan("discount_cards") == 0


def test_a_register_of_sales_that_is_not_published_fails_with_those_words(shop: OnecShop) -> None:
    shop.company.publish_all_but(SALES)
    with pytest.raises(NotPublishedError, match="not published"):
        shop.read("2025-01", tables=["purchases"])
    assert shop.count("onec_windows") == 0


def test_bonus_points_that_are_not_published_are_noted_as_such(shop: OnecShop) -> None:
    shop.company.publish_all_but(POINTS)
    assert shop.job("onec_purchases", "2025-01").success
    windows = shop.rows("SELECT is_published, row_count FROM onec_windows WHERE entity = 'loyalty_movements'")
    assert [(bool(row["is_published"]), row["row_count"]) for row in windows] == [(False, 0)]


def test_bonus_points_that_are_published_later_are_read_with_their_month(shop: OnecShop) -> None:
    shop.company.publish_all_but(POINTS)
    shop.read()
    shop.company.publish_all_but()
    shop.read()
    assert shop.count("loyalty_movements") > 0
    assert shop.count("onec_windows", "entity = 'loyalty_movements' AND NOT is_published") == 0


def test_bonus_points_that_are_published_no_longer_are_kept_and_reported(shop: OnecShop) -> None:
    shop.read()
    before = shop.content()
    shop.company.publish_all_but(POINTS)
    with pytest.raises(SuspiciousScan, match="no longer publishes"):
        shop.read("2025-01", tables=["loyalty_movements"])
    assert shop.content() == before


def test_the_months_of_bonus_points_read_before_they_were_published_are_read_again_at_night(shop: OnecShop) -> None:
    shop.company.publish_all_but(POINTS)
    shop.scan()
    shop.read()
    shop.company.publish_all_but()
    shop.job("nightly_purchases", card_refresh={"cards": 1})
    assert shop.count("onec_windows", "entity = 'loyalty_movements' AND NOT is_published") == 0


@pytest.mark.parametrize("company", [Company(customers=20, receipts=1200, months=1)], ids=["large"])
@pytest.mark.parametrize(
    ("number", "to"),
    [(40, "2025-01-31T23:30:00"), (-40, "2025-01-02T12:30:00")],
    ids=["it is met at both places", "it is met at none"],
)
def test_a_document_moved_while_its_month_is_read_is_there_once(shop: OnecShop, number: int, to: str) -> None:
    """The month is read again."""
    document = shop.company.recorders()[number]
    _at_request(shop, 80, lambda: shop.company.move(document, datetime.fromisoformat(to)))
    small = _with_small_pages(shop)
    small.read("2024-12", "2025-01", tables=["purchases"])
    assert shop.count("purchases") == shop.company.truth().rows[SALES]
    assert {str(row["period"])[:10] for row in shop.rows(PERIODS, id=document)} == {to[:10]}


def _at_request(shop: OnecShop, number: int, change: Callable[[], object]) -> None:
    """Change something in 1C just before it answers this request for sales."""

    def struck(request: int) -> bool:
        if request == number:
            change()
        return False

    shop.server.faults.add(Fault(SPOILED, entity=SALES, when=struck))


def _with_small_pages(shop: OnecShop) -> OnecShop:
    """The same shop, read twenty rows at a time."""
    small = OnecShop(shop.database_url, shop.folder, shop.company, shop.server, page_size=20)
    small.__dict__["resource"] = shop.resource
    return small
