"""Months that 1C changed after they were read are found by counting; cards are refreshed batch by batch."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from freesport_pipelines.database.purchase_schema import discount_cards
from freesport_pipelines.emulator import Fault, after, nth
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.odata.errors import OnecError
from freesport_pipelines.steps.card_refresh import Refreshed, cards_to_refresh, refresh_cards
from freesport_pipelines.steps.drift import Drift, Mended, mend_drift
from freesport_pipelines_tests.purchases.onec_shop import BY_CARD, REGISTERS, SALES, OnecShop

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def _mend(shop: OnecShop) -> Drift:
    with shop.client() as client:
        return mend_drift(shop.database, client, REGISTERS, None)


def _refresh(shop: OnecShop, limit: int, now: datetime = NOW) -> Refreshed:
    with shop.client() as client:
        return refresh_cards(shop.database, client, REGISTERS, limit, now)


def _months(mended: list[Mended]) -> set[tuple[str, str]]:
    """(table, month of Moscow)."""
    return {(table, f"{start + timedelta(hours=3):%Y-%m}") for table, start, _ in mended}


def test_nothing_is_read_again_where_counts_are_equal(shop: OnecShop) -> None:
    shop.read()
    before = shop.content()
    found = _mend(shop)
    assert (found.compared, found.mended) == (3 * len(REGISTERS), [])
    assert shop.content() == before


def test_counting_a_month_takes_one_small_request(shop: OnecShop) -> None:
    shop.read()
    shop.server.clear_log()
    found = _mend(shop)
    canary = 1  # unless this process has sent it already
    assert found.compared <= len(shop.server.log) <= found.compared + len(REGISTERS) + canary
    assert sum(request.rows for request in shop.server.log) == 0


def test_a_back_dated_document_is_found_and_its_month_alone_read_again(shop: OnecShop) -> None:
    shop.read()
    document = shop.company.sell(datetime.fromisoformat("2025-01-10T12:00:00"), [100, 50])
    found = _mend(shop)
    assert _months(found.mended) == {("purchases", "2025-01"), ("retail_receipts", "2025-01")}
    assert shop.recorders()[document] == 2


def test_an_unposted_document_of_an_old_month_is_found(shop: OnecShop) -> None:
    shop.read()
    document = shop.company.recorders()[10]
    shop.company.unpost(document)
    _mend(shop)
    assert document not in shop.recorders()


def test_after_mending_nothing_is_left_to_mend(shop: OnecShop) -> None:
    shop.read()
    shop.company.sell(datetime.fromisoformat("2025-01-10T12:00:00"), [100, 50])
    _mend(shop)
    assert _mend(shop).mended == []


def test_rows_in_no_month_that_was_read_are_told(shop: OnecShop) -> None:
    shop.read()
    shop.company.sell(datetime.fromisoformat("0205-01-10T12:00:00"), [100, 50])
    shop.company.sell(datetime.fromisoformat("2031-01-10T12:00:00"), [100])
    found = _mend(shop)
    assert found.mended == []
    assert {table: found.elsewhere[table] for table in ("purchases", "retail_receipts")} == {
        "purchases": 3,
        "retail_receipts": 2,
    }


def test_the_job_tells_which_months_it_read_again(shop: OnecShop) -> None:
    shop.scan()
    shop.read()
    shop.company.sell(datetime.fromisoformat("2025-01-10T12:00:00"), [100, 50])
    run = shop.job("nightly_purchases", card_refresh={"cards": 2})
    assert run.success
    told = [
        (event.asset_key.path[-1], event.partition)
        for event in run.get_asset_materialization_events()
        if event.partition and event.asset_key
    ]
    assert sorted(told) == [("purchases", "2025-01-01"), ("retail_receipts", "2025-01-01")]


def test_a_register_that_begins_before_the_first_partition_is_told(shop: OnecShop) -> None:
    shop.scan()
    shop.company.sell(datetime.fromisoformat("2023-12-31T23:59:59"), [100])
    run = shop.job("nightly_purchases", card_refresh={"cards": 1})
    (drift,) = run.asset_materializations_for_node("purchase_drift")
    assert drift.metadata["register_begins"].value == "2023-12-31T20:59:59+00:00"


def test_cards_never_refreshed_come_first_and_then_the_oldest(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    for number, day in ((3, 2), (1, 1)):
        _note_refreshed(shop, number, datetime(2025, 5, day, tzinfo=UTC))
    order = cards_to_refresh(shop.database, 40)
    assert order[-2:] == [guid("card", 1), guid("card", 3)]
    assert order[:-2] == sorted(guid("card", n) for n in range(1, 41) if n not in (1, 3))


def test_the_next_batch_goes_on_where_this_one_ended(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.read()
    assert _refresh(shop, 4) == Refreshed(cards=4)
    _refresh(shop, 10, NOW + timedelta(days=1))
    refreshed = shop.rows("SELECT onec_id FROM discount_cards WHERE refreshed_at IS NOT NULL ORDER BY onec_id")
    assert [row["onec_id"] for row in refreshed] == sorted(guid("card", n) for n in range(1, 41))[:14]


def test_where_1c_cannot_filter_by_card_one_card_is_tried_and_the_others_left(shop: OnecShop) -> None:
    """Each card would be a scan of the whole register."""
    shop.scan("discount_cards")
    shop.read()
    shop.server.faults.add(Fault("where_refused", entity=BY_CARD))
    assert _refresh(shop, 10) == Refreshed(cards=1, left_for_later=9)


def test_all_cards_are_refreshed_in_so_many_nights(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    for night in range(4):
        _refresh(shop, 10, NOW + timedelta(days=night))
    assert shop.count("discount_cards", "refreshed_at IS NULL") == 0


def test_months_that_were_never_read_are_left_to_the_backfill(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    assert _refresh(shop, 40).mended == []
    assert shop.count("sales_by_card") == 0


def test_a_missing_card_is_not_refreshed(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.company.delete_card(guid("card", 5))
    shop.scan("discount_cards")
    assert guid("card", 5) not in cards_to_refresh(shop.database, 40)


def test_a_card_that_fails_holds_up_no_other_and_is_first_next_time(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.read()
    shop.server.faults.add(Fault("login_page", entity=BY_CARD, when=nth(4)))
    with pytest.raises(OnecError):
        _refresh(shop, 10)
    assert shop.count("discount_cards", "refreshed_at IS NOT NULL") == 9
    (first,) = cards_to_refresh(shop.database, 1)
    assert first in sorted(guid("card", n) for n in range(1, 41))[:10]


def test_where_cards_fail_in_a_row_the_batch_ends_with_those_before_them(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.read()
    shop.server.clear_log()
    shop.server.faults.add(Fault("login_page", entity=BY_CARD, when=after(3)))
    with pytest.raises(OnecError):
        _refresh(shop, 10)
    assert 0 < shop.count("discount_cards", "refreshed_at IS NOT NULL") <= 3
    assert len(shop.server.log) < 10


def test_a_batch_whose_time_is_over_leaves_the_other_cards_for_the_next_night(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    with shop.client() as client:
        done = refresh_cards(shop.database, client, REGISTERS, 10, NOW, longest=timedelta(0))
    assert (done.cards, done.left_for_later) == (1, 9)


def test_refreshing_cards_writes_nothing_where_all_is_known(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.read()
    before = shop.content("sales_by_card")
    assert _refresh(shop, 40).mended == []
    assert shop.content("sales_by_card") == before


def test_a_document_whose_amounts_alone_were_changed_is_read_again_in_all_registers(shop: OnecShop) -> None:
    """As many rows as before: counting does not find it."""
    shop.scan("discount_cards")
    shop.read()
    document = shop.company.sell(datetime.fromisoformat("2025-01-10T12:00:00"), [100, 50], card=guid("card", 1))
    _mend(shop)
    shop.company.reprice(document, 3)
    assert _mend(shop).mended == []
    done = _refresh(shop, 40)
    assert _months(done.mended) == {(table, "2025-01") for table in REGISTERS}
    for table in ("purchases", "sales_by_card"):
        amounts = shop.rows(f"SELECT amount FROM {table} WHERE recorder = :id ORDER BY amount", id=document)
        assert [float(row["amount"]) for row in amounts] == [150, 300]
    assert _refresh(shop, 40, NOW + timedelta(days=1)).mended == []


def test_refreshing_cards_finds_what_was_unposted(shop: OnecShop) -> None:
    shop.scan("discount_cards")
    shop.read()
    document = min(shop.recorders("loyalty_movements"))
    shop.company.unpost(document)
    _refresh(shop, 40)
    assert document not in {*shop.recorders("sales_by_card"), *shop.recorders()}


def test_refreshing_a_card_reads_nothing_older_than_the_history(shop: OnecShop) -> None:
    """Of what is older there are no purchases here: its card rows alone would change the profile of its owner."""
    shop.scan("discount_cards")
    card = guid("card", 1)
    document = shop.company.sell(datetime.fromisoformat("2023-06-01T12:00:00"), [100], card=card)
    _refresh(shop, 40)
    assert document not in shop.recorders("sales_by_card")


def _note_refreshed(shop: OnecShop, card: int, at: datetime) -> None:
    with shop.database.write() as connection:
        mine = discount_cards.c.onec_id == guid("card", card)
        connection.execute(sa.update(discount_cards).where(mine).values(refreshed_at=at))


def test_a_month_whose_register_cannot_be_counted_fails_loudly(shop: OnecShop) -> None:
    shop.read()
    shop.server.faults.add(Fault("login_page", entity=SALES))
    with pytest.raises(OnecError):
        _mend(shop)
