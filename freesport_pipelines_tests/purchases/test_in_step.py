"""Registers and catalogues are kept equal to 1C: what was posted again, unposted, moved or deleted leaves no ghost."""

from datetime import datetime
from decimal import Decimal

import pytest

from freesport_pipelines.emulator.guids import guid
from freesport_pipelines_tests.purchases.onec_shop import CATALOGUES, OnecShop

JANUARY, FEBRUARY = "2025-01", "2025-02"


@pytest.fixture
def read_shop(shop: OnecShop) -> OnecShop:
    shop.scan()
    shop.read()
    return shop


def test_every_row_of_every_set_arrives(read_shop: OnecShop) -> None:
    truth = read_shop.company.truth()
    assert read_shop.count("discount_cards") == truth.rows["Catalog_ДисконтныеКарты"]
    assert read_shop.count("onec_counterparties") == truth.rows["Catalog_Контрагенты"]
    assert read_shop.count("purchases") == truth.rows["AccumulationRegister_Продажи_RecordType"]
    assert read_shop.count("sales_by_card") == truth.rows["AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType"]
    assert read_shop.count("retail_receipts") == truth.rows["DocumentJournal_РозничныеПродажи"]


def test_reading_the_same_again_writes_nothing(read_shop: OnecShop) -> None:
    before = read_shop.content(*CATALOGUES, "purchases", "sales_by_card", "retail_receipts", "loyalty_movements")
    assert read_shop.scan() == 0
    assert read_shop.read() == 0
    assert read_shop.content(*before) == before


def test_reading_again_moves_the_watermark_alone(read_shop: OnecShop) -> None:
    newest = "SELECT max(read_at) AS watermark FROM onec_windows WHERE entity = 'purchases'"
    before = read_shop.row(newest)["watermark"]
    read_shop.read(FEBRUARY)
    assert before < read_shop.row(newest)["watermark"]


def test_a_document_posted_again_with_fewer_lines_leaves_no_ghost(read_shop: OnecShop) -> None:
    document = next(d for d, lines in sorted(read_shop.recorders().items()) if lines == 3)
    read_shop.company.repost(document, lines=1)
    assert read_shop.recorders()[document] == 3
    read_shop.read()
    assert read_shop.recorders()[document] == 1
    assert _turnover(read_shop) == read_shop.company.truth().turnover


def test_an_unposted_document_vanishes_from_every_register(read_shop: OnecShop) -> None:
    document = next(iter(sorted(read_shop.recorders("loyalty_movements"))))
    read_shop.company.unpost(document)
    read_shop.read()
    for table in ("purchases", "sales_by_card", "loyalty_movements"):
        assert document not in read_shop.recorders(table)
    assert not read_shop.row("SELECT is_posted FROM retail_receipts WHERE ref = :id", id=document)["is_posted"]
    assert _turnover(read_shop) == read_shop.company.truth().turnover


@pytest.mark.parametrize("order", [(JANUARY, FEBRUARY), (FEBRUARY, JANUARY)], ids=["old first", "new first"])
def test_a_document_moved_to_another_month_is_there_once_after_both_are_read(
    read_shop: OnecShop, order: tuple[str, str]
) -> None:
    document = read_shop.company.recorders()[20]
    lines = read_shop.recorders()[document]
    read_shop.company.move(document, datetime.fromisoformat("2025-02-20T12:00:00"))
    read_shop.read(*order)
    assert read_shop.recorders()[document] == lines
    months = read_shop.rows("SELECT DISTINCT period FROM purchases WHERE recorder = :id", id=document)
    assert [str(row["period"])[:7] for row in months] == [FEBRUARY]
    assert _turnover(read_shop) == read_shop.company.truth().turnover


def test_a_document_moved_away_is_gone_once_its_old_month_is_read(read_shop: OnecShop) -> None:
    document = read_shop.company.recorders()[20]
    read_shop.company.move(document, datetime.fromisoformat("2025-02-20T12:00:00"))
    read_shop.read(JANUARY)
    assert document not in read_shop.recorders()


def test_a_new_receipt_arrives_with_all_its_equal_lines(read_shop: OnecShop) -> None:
    document = read_shop.company.sell(datetime.fromisoformat("2025-02-03T10:00:00"), [10, 10, 10])
    read_shop.read(FEBRUARY)
    rows = read_shop.rows("SELECT amount FROM purchases WHERE recorder = :id", id=document)
    assert [Decimal(str(row["amount"])) for row in rows] == [10, 10, 10]


def test_a_deleted_card_is_missing_and_inactive_but_kept(read_shop: OnecShop) -> None:
    read_shop.company.delete_card(guid("card", 5))
    assert read_shop.scan("discount_cards") == 1
    card = read_shop.row("SELECT * FROM discount_cards WHERE onec_id = :id", id=guid("card", 5))
    assert card["missing_since"] is not None
    assert not card["is_active"]
    assert read_shop.count("discount_cards", "missing_since IS NOT NULL") == 1


def test_a_missing_card_keeps_the_time_since_when_it_is_missing(read_shop: OnecShop) -> None:
    read_shop.company.delete_card(guid("card", 5))
    read_shop.scan("discount_cards")
    before = read_shop.content("discount_cards")
    assert read_shop.scan("discount_cards") == 0
    assert read_shop.content("discount_cards") == before


def test_a_card_that_comes_back_is_active_again(read_shop: OnecShop) -> None:
    tables = dict(read_shop.company._tables)
    read_shop.company.delete_card(guid("card", 5))
    read_shop.scan("discount_cards")
    read_shop.company._tables = tables
    read_shop.scan("discount_cards")
    card = read_shop.row("SELECT * FROM discount_cards WHERE onec_id = :id", id=guid("card", 5))
    assert card["missing_since"] is None
    assert card["is_active"]


def _turnover(shop: OnecShop) -> Decimal:
    rows = shop.rows("SELECT amount FROM purchases WHERE is_active")
    return sum((Decimal(str(row["amount"])) for row in rows), Decimal(0)).quantize(Decimal("0.01"))
