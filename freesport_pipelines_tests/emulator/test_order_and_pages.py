"""Order and pages: facts/odata, section 2.5."""

from typing import Any

from freesport_pipelines.emulator import Company, Fault, Manners, Server, nth, serve, table_of
from freesport_pipelines_tests.emulator.asking import (
    CARDS,
    POINTS,
    SALES,
    SALES_SETS,
    every_row,
    get,
    option,
    where,
)


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [row["Ref_Key"] for row in rows]


def test_without_an_order_rows_come_differently_each_time(server: Server) -> None:
    first, second = get(server, CARDS).rows, get(server, CARDS).rows
    assert keys(first) != keys(second)
    assert sorted(keys(first)) == sorted(keys(second))


def test_a_base_may_keep_its_physical_order(company: Company) -> None:
    with serve(company, manners=Manners(shuffled=False)) as server:
        assert get(server, CARDS).rows == get(server, CARDS).rows


def test_the_order_of_references_is_reproducible_but_not_that_of_the_guids(server: Server) -> None:
    order = option("$orderby", "Ref_Key")
    rows = keys(get(server, CARDS, order).rows)
    assert rows == keys(get(server, CARDS, order).rows) == keys(every_row(server, CARDS, "Ref_Key", page=7))
    assert rows != sorted(rows)


def test_the_order_of_references_may_be_turned_round(server: Server) -> None:
    upwards, downwards = option("$orderby", "Ref_Key"), option("$orderby", "Ref_Key desc")
    assert keys(get(server, CARDS, downwards).rows) == keys(get(server, CARDS, upwards).rows)[::-1]


def test_several_fields_order_one_after_the_other(server: Server) -> None:
    rows = get(server, SALES, option("$orderby", "Period desc,LineNumber asc"), "$top=300").rows
    order = [(row["Period"], -int(row["LineNumber"])) for row in rows]
    assert order == sorted(order, reverse=True)


def test_line_numbers_are_ordered_as_numbers(server: Server, company: Company) -> None:
    rows = get(server, SALES, where("Period lt datetime'2025-01-01T00:00:00'"), option("$orderby", "LineNumber")).rows
    assert [row["LineNumber"] for row in rows] == [str(line) for line in range(1, company.plan.cards // 3 + 1)]
    hand_made = table_of("Catalog_X", {"LineNumber": "Edm.Int64"}, [{"LineNumber": "10"}, {"LineNumber": "9"}])
    with serve({"Catalog_X": hand_made}) as other:
        assert [row["LineNumber"] for row in get(other, "Catalog_X", "$orderby=LineNumber").rows] == ["9", "10"]


def test_rows_that_are_equal_in_the_order_come_differently_each_time(server: Server) -> None:
    order = option("$orderby", "Active")
    assert get(server, SALES, order).rows != get(server, SALES, order).rows


def test_no_next_link_is_given_and_top_is_a_limit_of_the_whole(server: Server) -> None:
    assert list(get(server, SALES, "$top=10").json) == ["value"]
    assert get(server, SALES, "$top=10", "$skip=1000000").rows == []


def test_a_tabular_section_gives_no_order(server: Server) -> None:
    assert get(server, "Catalog_Контрагенты", option("$orderby", "КонтактнаяИнформация")).status == 500


def test_pages_by_an_unchanging_order_give_every_row_once(server: Server, company: Company) -> None:
    rows = every_row(server, SALES, "Period,Recorder,LineNumber", page=500)
    assert len({(row["Recorder"], row["LineNumber"]) for row in rows}) == len(rows) == len(company.tables[SALES])


def test_record_sets_heed_no_order(server: Server) -> None:
    sets = get(server, SALES_SETS, option("$orderby", "Recorder_Type"))
    assert sets.status == 200
    kinds = [row["Recorder_Type"] for row in sets.rows]
    assert kinds != sorted(kinds)


def test_a_row_inserted_between_two_pages_moves_all_that_follow() -> None:
    company = Company(customers=30)
    fault = Fault("rows_inserted", entity=CARDS, when=nth(2), value=company.add_card)
    with serve(company, faults=[fault]) as server:
        rows = every_row(server, CARDS, "Ref_Key", page=10)
    assert len(rows) == len(company.tables[CARDS])
    assert len(set(keys(rows))) == len(rows) - 1


def test_points_of_the_future_are_found_by_their_period(server: Server) -> None:
    assert get(server, POINTS, where("year(Period) gt 2030")).rows
