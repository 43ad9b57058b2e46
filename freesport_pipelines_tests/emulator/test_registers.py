"""Record sets and the virtual table of balances: facts/odata, sections 1.5 and 3.8."""

from collections import defaultdict
from decimal import Decimal

import numpy as np

from freesport_pipelines.emulator import Company, Server, Table, serve, table_of
from freesport_pipelines.emulator.columns import amounts, any_references, counters, flags, guids, moments, words
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines_tests.emulator.asking import (
    POINTS,
    POINTS_SETS,
    SALES,
    SALES_SETS,
    get,
    where,
)


def test_record_sets_hold_the_rows_of_the_flat_form_without_their_recorder(server: Server) -> None:
    sets = get(server, SALES_SETS).rows
    flat = [
        {**row, "Recorder": s["Recorder"], "Recorder_Type": s["Recorder_Type"]} for s in sets for row in s["RecordSet"]
    ]
    expected = get(server, SALES).rows
    order = ("Recorder", "LineNumber")
    assert sorted(flat, key=lambda r: [r[n] for n in order]) == sorted(expected, key=lambda r: [r[n] for n in order])
    assert all("Recorder" not in row for s in sets for row in s["RecordSet"])


def test_record_sets_are_counted_not_their_rows(server: Server, company: Company) -> None:
    reply = get(server, SALES_SETS, "$top=3", "$inlinecount=allpages")
    assert reply.json["odata.count"] == str(len(company.recorders()))
    assert len(reply.rows) == 3


def test_any_gives_whole_record_sets() -> None:
    company = Company(receipts=40)
    moved = company.recorders()[-1]
    with serve(company) as server:
        condition = "RecordSet/any(r: r/LineNumber ge 3 and r/Active eq true)"
        found = get(server, SALES_SETS, where(condition)).rows
        assert 0 < len(found) < len(company.recorders())
        assert all([row["LineNumber"] for row in s["RecordSet"]][:3] == ["1", "2", "3"] for s in found)
        none = get(server, SALES_SETS, where("RecordSet/any(d: d/Period gt datetime'2099-01-01T00:00:00')"))
        assert none.rows == []
        one = get(server, SALES_SETS, where(f"Recorder eq cast(guid'{moved}','Document_ЧекККМ')")).rows
        assert {s["Recorder"] for s in one} <= {moved}


def test_any_of_something_else_finds_no_segment(server: Server) -> None:
    assert get(server, SALES_SETS, where("Rows/any(r: r/Active eq true)")).code == "6"
    assert get(server, SALES, where("RecordSet/any(r: r/Active eq true)")).code == "6"
    assert get(server, SALES_SETS, where("RecordSet/all(r: r/Active eq true)")).code == "6"


def test_a_record_set_written_by_hand_is_grouped_too() -> None:
    fields = {"Recorder": "Edm.String", "Recorder_Type": "Edm.String", "LineNumber": "Edm.Int64"}
    rows = [{"Recorder": r, "Recorder_Type": "StandardODATA.Document_X", "LineNumber": str(n)}
            for r, n in (("b", 1), ("a", 1), ("b", 2))]  # fmt: skip
    table = table_of("AccumulationRegister_X_RecordType", fields, rows, ("Recorder", "LineNumber", "Recorder_Type"))
    with serve({table.name: table}) as server:
        sets = {s["Recorder"]: len(s["RecordSet"]) for s in get(server, "AccumulationRegister_X").rows}
    assert sets == {"a": 1, "b": 2}


def test_the_balance_sums_active_rows_of_all_times_by_card(server: Server, company: Company) -> None:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in company.tables[POINTS].rows():
        if row["Active"]:
            sums[row["БонуснаяКарта_Key"]][0] += Decimal(str(row["Начислено"]))
            sums[row["БонуснаяКарта_Key"]][1] += Decimal(str(row["КСписанию"]))
    rows = get(server, f"{POINTS_SETS}/Balance()").rows
    found = {
        r["БонуснаяКарта_Key"]: [Decimal(str(r["НачисленоBalance"])), Decimal(str(r["КСписаниюBalance"]))] for r in rows
    }
    assert found == dict(sums)


def test_a_condition_has_its_quotes_doubled(server: Server, company: Company) -> None:
    card, points = next(iter(company.truth().points.items()))
    reply = get(server, f"{POINTS_SETS}/Balance(Condition='БонуснаяКарта_Key eq guid''{card}''')")
    (row,) = reply.rows
    assert Decimal(str(row["НачисленоBalance"])) - Decimal(str(row["КСписаниюBalance"])) == points
    single = get(server, f"{POINTS_SETS}/Balance(Condition='БонуснаяКарта_Key eq guid'{card}'')")
    assert single.status == 400


def test_a_balance_may_be_that_of_a_moment(server: Server, company: Company) -> None:
    future = {
        row["БонуснаяКарта_Key"] for row in company.tables[POINTS].rows() if row["Period"] > "2030" and row["Active"]
    }
    assert future
    now = get(server, f"{POINTS_SETS}/Balance(Period=datetime'2026-01-01T00:00:00')").rows
    ever = get(
        server, f"{POINTS_SETS}/Balance(Period=datetime'2099-01-01T00:00:00',Dimensions='БонуснаяКарта_Key')"
    ).rows
    assert sum(row["НачисленоBalance"] for row in now) < sum(row["НачисленоBalance"] for row in ever)
    assert get(server, f"{POINTS_SETS}/Balance(Period=2026-01-01)").status == 400


def test_a_balance_without_movements_is_no_row(server: Server) -> None:
    call = "Balance(Condition='БонуснаяКарта_Key eq guid''12345678-1234-4234-8234-123456789abc''')"
    assert get(server, f"{POINTS_SETS}/{call}").rows == []


def test_a_balance_of_nothing_is_no_row_but_one_below_zero_is() -> None:
    number = np.arange(1, 5)
    columns = {
        "Recorder": any_references("document", number, "Recorder_Type"),
        "Recorder_Type": words(number * 0, ("StandardODATA.Document_X",)),
        "Period": moments(number),
        "LineNumber": counters(number),
        "Active": flags(number > 0),
        "Карта_Key": guids("card", np.array([1, 1, 2, 2])),
        "Сумма": amounts(np.array([500, -500, 300, -400])),
    }
    key = ("Recorder", "LineNumber", "Recorder_Type")
    table = Table("AccumulationRegister_X_RecordType", columns, key, resources=("Сумма",), dimensions=("Карта_Key",))
    with serve({table.name: table}) as server:
        rows = get(server, "AccumulationRegister_X/Balance()").rows
    assert rows == [{"Карта_Key": guid("card", 2), "СуммаBalance": -1}]


def test_a_balance_may_be_ordered_and_cut(server: Server) -> None:
    rows = get(
        server,
        f"{POINTS_SETS}/Balance()",
        "$orderby=%D0%9D%D0%B0%D1%87%D0%B8%D1%81%D0%BB%D0%B5%D0%BD%D0%BEBalance",
        "$top=3",
    ).rows
    assert [r["НачисленоBalance"] for r in rows] == sorted(r["НачисленоBalance"] for r in rows)


def test_a_turnover_register_has_no_balance(server: Server) -> None:
    reply = get(server, f"{SALES_SETS}/Balance()")
    assert (reply.status, reply.code, reply.message) == (400, "6", "Метод не найден")


def test_the_flat_form_has_no_balance_and_sets_named_after_balances_do_not_exist(server: Server) -> None:
    assert (get(server, f"{POINTS}/Balance()").status, get(server, f"{POINTS}/Balance()").code) == (400, "6")
    assert get(server, f"{POINTS_SETS}_Остатки").status == 404
    assert get(server, f"{POINTS_SETS}_Balance").status == 404


def test_only_a_balance_register_has_a_record_type(server: Server) -> None:
    assert get(server, POINTS, "$top=1").rows[0]["RecordType"] in ("Receipt", "Expense")
    assert "RecordType" not in get(server, SALES, "$top=1").rows[0]


def test_conditions_of_a_balance_know_dimensions_only(server: Server) -> None:
    assert get(server, f"{POINTS_SETS}/Balance(Condition='Active eq true')").code == "6"
    assert get(server, f"{POINTS_SETS}/Balance(Dimensions='Начислено')").code == "6"
