"""What people do in 1C while somebody reads: facts/odata, section 5."""

import threading
from datetime import datetime
from decimal import Decimal

import pytest

from freesport_pipelines.emulator import Company, serve
from freesport_pipelines_tests.emulator.asking import BY_CARD, CARDS, JOURNAL, POINTS, SALES, get, where


@pytest.fixture
def changing() -> Company:
    return Company(customers=30, receipts=150, months=3)


def recorder_with_lines(company: Company, lines: int) -> str:
    """An active receipt with a card and so many lines."""
    counts: dict[str, int] = {}
    for row in company.tables[BY_CARD].rows():
        if row["Active"] and row["Recorder_Type"].endswith("ЧекККМ"):
            counts[row["Recorder"]] = counts.get(row["Recorder"], 0) + 1
    return next(recorder for recorder, count in counts.items() if count == lines)


def rows_of(company: Company, name: str, recorder: str) -> list[dict[str, object]]:
    return [row for row in company.tables[name].rows() if row.get("Recorder", row.get("Ref")) == recorder]


def test_a_document_posted_again_has_its_first_lines_only(changing: Company) -> None:
    recorder = recorder_with_lines(changing, 4)
    before = rows_of(changing, SALES, recorder)
    changing.repost(recorder, lines=2)
    assert rows_of(changing, SALES, recorder) == before[:2]
    assert len(rows_of(changing, BY_CARD, recorder)) == 2
    assert changing.truth().journal[recorder] == sum(Decimal(str(row["Сумма"])) for row in before[:2])


def test_an_unposted_document_has_no_rows_anywhere(changing: Company) -> None:
    recorder = recorder_with_lines(changing, 3)
    others = len(changing.tables[SALES]) - 3
    changing.unpost(recorder)
    assert all(not rows_of(changing, name, recorder) for name in (SALES, BY_CARD, POINTS))
    assert len(changing.tables[SALES]) == others
    assert [row["Posted"] for row in rows_of(changing, JOURNAL, recorder)] == [False]


def test_a_moved_document_has_its_rows_in_another_month(changing: Company) -> None:
    recorder = recorder_with_lines(changing, 2)
    total = len(changing.tables[SALES])
    changing.move(recorder, datetime.fromisoformat("2025-03-31T23:30:00"))
    assert {row["Period"] for row in rows_of(changing, SALES, recorder)} == {"2025-03-31T23:30:00"}
    assert {row["Period"] for row in rows_of(changing, BY_CARD, recorder)} == {"2025-03-31T23:30:00"}
    assert [row["Date"] for row in rows_of(changing, JOURNAL, recorder)] == ["2025-03-31T23:30:00"]
    assert len(changing.tables[SALES]) == total


def test_a_new_receipt_is_in_every_register_that_concerns_it(changing: Company) -> None:
    card = next(row for row in changing.tables[CARDS].rows() if row["Code"] == "000000004")
    before = changing.truth()
    recorder = changing.sell(datetime.fromisoformat("2025-02-01T12:00:00"), [100.5, 0.01], card=card["Ref_Key"])
    after = changing.truth()
    assert after.turnover - before.turnover == Decimal("100.51")
    assert after.journal[recorder] == Decimal("100.51")
    owner = card["ВладелецКарты_Key"]
    assert after.receipts_by_owner[owner] == before.receipts_by_owner.get(owner, 0) + 1
    assert [row["ВладелецКарты_Key"] for row in rows_of(changing, BY_CARD, recorder)] == [owner] * 2


def test_every_new_receipt_is_another_document(changing: Company) -> None:
    at = datetime.fromisoformat("2025-02-01T12:00:00")
    known = set(changing.recorders()) | {str(row["Ref"]) for row in changing.tables[JOURNAL].rows()}
    assert len({changing.sell(at, [1]), changing.sell(at, [1])} - known) == 2


def test_a_deleted_card_is_just_not_there(changing: Company) -> None:
    card = next(changing.tables[CARDS].rows())["Ref_Key"]
    with serve(changing) as server:
        assert get(server, f"{CARDS}(guid'{card}')").status == 200
        changing.delete_card(card)
        assert get(server, f"{CARDS}(guid'{card}')").code == "9"


def test_a_new_card_comes_first_in_the_order_of_references(changing: Company) -> None:
    owner = next(changing.tables["Catalog_Контрагенты"].rows())["Ref_Key"]
    cards = [changing.add_card(), changing.add_card(owner)]
    with serve(changing) as server:
        first = get(server, CARDS, "$orderby=Ref_Key", "$top=2").rows
        found = get(server, CARDS, where(f"Ref_Key eq guid'{cards[1]}'")).rows
    assert [row["Ref_Key"] for row in first] == cards[::-1]
    assert [row["ВладелецКарты_Key"] for row in found] == [owner]


def test_a_reader_sees_the_data_of_the_moment_of_its_request(changing: Company) -> None:
    recorder = recorder_with_lines(changing, 2)
    condition = where(f"Recorder eq cast(guid'{recorder}','Document_ЧекККМ')")
    with serve(changing) as server:
        assert len(get(server, SALES, condition).rows) == 2
        changing.unpost(recorder)
        assert get(server, SALES, condition).rows == []


def test_every_answer_is_of_one_moment_however_much_is_changed_meanwhile(changing: Company) -> None:
    ended = threading.Event()

    def work() -> None:
        at = datetime.fromisoformat("2025-02-01T12:00:00")
        while not ended.is_set():
            changing.unpost(changing.sell(at, [1, 2, 3]))

    worker = threading.Thread(target=work)
    begin = len(changing.tables[SALES])
    with serve(changing) as server:
        worker.start()
        replies = [get(server, SALES, "$inlinecount=allpages", "$select=Recorder") for _ in range(40)]
        ended.set()
        worker.join()
    sizes = {len(reply.rows) for reply in replies}
    assert all(reply.json["odata.count"] == str(len(reply.rows)) for reply in replies)
    assert sizes <= {begin, begin + 3}
    assert len(changing.tables[SALES]) == begin


def test_what_is_no_document_cannot_be_changed(changing: Company) -> None:
    with pytest.raises(ValueError, match="no document"):
        changing.unpost("12345678-1234-4234-8234-123456789abc")
