"""The invented company has every special case of facts/odata, sections 3 and 4, and agrees with itself."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.emulator import Company, Plan
from freesport_pipelines.emulator.people import RETAIL_BUYER, ean13
from freesport_pipelines_tests.emulator.asking import BY_CARD, CARDS, GOODS, JOURNAL, PEOPLE, POINTS, SALES

COMPANY = Company(customers=240, receipts=3_000, months=6)
Row = dict[str, Any]


def rows(name: str, company: Company = COMPANY) -> list[Row]:
    return list(company.tables[name].rows())


def by_recorder(sales: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sales:
        found[row["Recorder"]].append(row)
    return found


def of_kind(sales: list[Row], kind: str) -> list[Row]:
    return [row for row in sales if row["Recorder_Type"].endswith(kind)]


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def phone(text: str) -> str | None:
    number = digits(text)
    number = "7" + number if len(number) == 10 else "7" + number[1:] if number.startswith("8") else number
    return number if len(number) == 11 else None


def test_the_same_plan_gives_the_same_data_and_another_seed_gives_other_data() -> None:
    again, other = Company(customers=240, receipts=3_000, months=6), Company(customers=240, receipts=3_000, seed=2)
    assert all(rows(name) == rows(name, again) for name in COMPANY.tables)
    assert rows(SALES) != rows(SALES, other)


def test_the_data_do_not_change_from_version_to_version() -> None:
    company = Company(customers=10, receipts=20, months=1)
    assert company.truth().turnover == Decimal("302654.55")


@pytest.mark.parametrize(
    "plan",
    [
        Plan(customers=1, receipts=1, months=1, products=1, stores=1, lines_per_receipt=1),
        Plan(customers=3, receipts=50, burst=40),
        Plan(receipts=10, months=30),
    ],
)
def test_a_company_of_any_size_can_be_made(plan: Plan) -> None:
    assert Company(plan).truth().rows[SALES] >= plan.receipts


def test_sizes_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="receipts"):
        Company(receipts=0)


def test_there_are_folders_and_nameless_buyers_and_one_that_stands_for_anybody() -> None:
    people = rows(PEOPLE)
    assert any(row["IsFolder"] for row in people)
    assert any(row["Description"] == "" for row in people)
    assert any(digits(row["Description"]) == "70000000031" for row in people)
    assert sum(row["Description"] == RETAIL_BUYER for row in people) == 1


def test_birth_dates_are_real_empty_too_old_or_in_the_future() -> None:
    years = {row["ДатаРождения"][:4] for row in rows(PEOPLE) if not row["IsFolder"]}
    assert {"0001", "1899", "3025"} < years


def test_phones_and_mails_are_invented() -> None:
    for row in rows(PEOPLE):
        for contact in row.get("КонтактнаяИнформация", []):
            assert contact["НомерТелефона"][:4] in ("", "7000")
            assert contact["АдресЭП"] == "" or contact["АдресЭП"].endswith("@example.test")
    assert {(phone(row["КодКартыШтрихкод"]) or "7000")[:4] for row in rows(CARDS)} == {"7000"}


def test_cards_have_owners_in_every_way() -> None:
    owners = Counter(row["ВладелецКарты_Key"] for row in rows(CARDS))
    assert owners.pop(ZERO_GUID) >= 2
    assert max(owners.values()) == 2
    assert any(row["DeletionMark"] for row in rows(CARDS))


def test_barcodes_are_phones_in_many_masks_or_ean_13() -> None:
    codes = [row["КодКартыШтрихкод"] for row in rows(CARDS)]
    eans = [code for code in codes if phone(code) is None]
    assert eans
    assert all(
        len(code) == 13 and sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(code)) % 10 == 0 for code in eans
    )
    assert {code[:3] for code in codes} >= {"700", "8 (", "000", "+7 "}
    assert ean13(17) == "2000000000176"


def test_some_phones_belong_to_two_owners() -> None:
    owners: dict[str | None, set[str]] = defaultdict(set)
    for row in rows(CARDS):
        if row["ВладелецКарты_Key"] != ZERO_GUID:
            owners[phone(row["КодКартыШтрихкод"])].add(row["ВладелецКарты_Key"])
    del owners[None]
    assert sum(len(who) == 2 for who in owners.values()) >= 2
    assert sum(len(who) == 1 for who in owners.values()) > 100


def test_one_card_has_had_two_owners() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows(BY_CARD):
        owners[row["ДисконтнаяКарта_Key"]].add(row["ВладелецКарты_Key"])
    assert sorted(Counter(len(who) for who in owners.values())) == [1, 2]


def test_categories_have_a_cycle_and_a_missing_parent() -> None:
    parents = {row["Ref_Key"]: row["Parent_Key"] for row in rows("Catalog_КатегорииНоменклатуры")}
    assert any(parents.get(parents.get(key, "")) == key for key in parents)
    assert any(parent not in parents and parent != ZERO_GUID for parent in parents.values())
    used = {row["КатегорияНоменклатуры_Key"] for row in rows(GOODS) if not row["IsFolder"]}
    assert used == set(parents) - {next(iter(parents))}


def test_products_have_brands_in_three_places_and_both_hierarchies() -> None:
    items = [row for row in rows(GOODS) if not row["IsFolder"]]
    groups = {row["Ref_Key"] for row in rows(GOODS) if row["IsFolder"]}
    assert all(row["Parent_Key"] in groups for row in items)
    keys = ("Производитель_Key", "Марка_Key", "ДополнительныеРеквизиты")
    places = {tuple(row[key] not in (ZERO_GUID, []) for key in keys) for row in items}
    assert places == {(True, False, False), (False, True, False), (False, False, True)}


def test_every_reference_of_a_sale_leads_somewhere() -> None:
    known = {
        name: {row["Ref_Key"] for row in rows(name)} | {ZERO_GUID} for name in COMPANY.tables if name.startswith("Cat")
    }
    for row in rows(SALES):
        assert row["Контрагент_Key"] in known[PEOPLE]
        assert row["Номенклатура_Key"] in known[GOODS]
        assert row["Склад_Key"] in known["Catalog_СтруктурныеЕдиницы"]
    for row in rows(BY_CARD):
        assert row["ДисконтнаяКарта_Key"] in known[CARDS]


def test_a_return_takes_back_a_line_of_an_earlier_sale() -> None:
    receipts = by_recorder(rows(SALES))
    returns = of_kind(rows(SALES), "Document_ЧекККМВозврат")
    assert len(returns) > 50
    for row in returns:
        sold = receipts[row["Документ"]]
        assert (row["Количество"], row["Сумма"]) == (-sold[0]["Количество"], -sold[0]["Сумма"])
        assert (row["Контрагент_Key"], row["Номенклатура_Key"]) == (
            sold[0]["Контрагент_Key"],
            sold[0]["Номенклатура_Key"],
        )
        assert row["Period"] >= sold[0]["Period"]
        assert row["Документ_Type"] == sold[0]["Recorder_Type"]


def test_some_rows_are_inactive_some_are_gifts_and_some_receipts_are_anonymous() -> None:
    sales = rows(SALES)
    assert any(not row["Active"] for row in sales)
    assert any(row["Сумма"] == 0 for row in of_kind(sales, "Document_ЧекККМ"))
    assert any(row["Контрагент_Key"] == ZERO_GUID for row in of_kind(sales, "Document_ЧекККМ"))


def test_some_receipts_have_two_equal_lines() -> None:
    sales = rows(SALES, Company(receipts=1_000, products=10_000))
    lines = Counter((row["Recorder"], row["Номенклатура_Key"], row["Количество"], row["Сумма"]) for row in sales)
    assert sum(count == 2 for count in lines.values()) > 10


def test_recorder_and_line_number_are_a_key_and_lines_count_from_one() -> None:
    for name in (SALES, BY_CARD, POINTS):
        lines = by_recorder(rows(name))
        assert all(len({row["LineNumber"] for row in mine}) == len(mine) for mine in lines.values())
    for mine in by_recorder(rows(SALES)).values():
        assert sorted(int(row["LineNumber"]) for row in mine) == list(range(1, len(mine) + 1))


def test_opening_balances_lie_before_the_history_and_are_the_same_in_both_registers() -> None:
    sales, cards = (of_kind(rows(name), "ВводНачальныхОстатков") for name in (SALES, BY_CARD))
    assert {row["Period"] for row in sales} == {"2024-12-31T23:59:59"}
    assert len({row["Recorder"] for row in sales}) == 1
    assert [(r["LineNumber"], r["Сумма"], r["Контрагент_Key"]) for r in sales] == [
        (r["LineNumber"], r["Сумма"], r["ВладелецКарты_Key"]) for r in cards
    ]
    assert COMPANY.truth().opening == sum(Decimal(str(row["Сумма"])) for row in sales) > 0


def test_shift_reports_equal_the_receipts_of_desk_and_day_or_differ_or_stand_alone() -> None:
    day: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in of_kind(rows(SALES), "Document_ЧекККМ") + of_kind(rows(SALES), "Document_ЧекККМВозврат"):
        if row["Active"]:
            day[row["Склад_Key"], row["Period"][:10]][row["Номенклатура_Key"]] += round(row["Сумма"] * 100)
    verdicts: Counter[str] = Counter()
    for mine in by_recorder(of_kind(rows(SALES), "ОтчетОРозничныхПродажах")).values():
        assert {row["Period"][11:] for row in mine} == {"23:59:59"}
        reported = {row["Номенклатура_Key"]: round(row["Сумма"] * 100) for row in mine}
        receipts = day.get((mine[0]["Склад_Key"], mine[0]["Period"][:10]))
        verdicts["alone" if receipts is None else "equal" if dict(receipts) == reported else "differs"] += 1
    assert verdicts["alone"] == COMPANY.plan.months
    assert verdicts["equal"] > 2 * verdicts["differs"] > 10


def test_there_are_evening_sales_and_sales_at_the_edges_of_months() -> None:
    times = {row["Period"] for row in of_kind(rows(SALES), "Document_ЧекККМ")}
    assert any(time[11:13] in ("22", "23") for time in times)
    assert {"2025-01-31T23:30:00", "2025-02-01T00:00:00"} <= times


def test_many_rows_fall_into_one_second() -> None:
    (_, most), (_, second) = Counter(row["Period"] for row in of_kind(rows(SALES), "ЧекККМ")).most_common(2)
    assert most > 2 * second
    assert most >= COMPANY.plan.burst


def test_some_recorders_are_not_published() -> None:
    hidden = [row for row in rows(SALES) if row["Recorder_Type"].startswith("UnavailableEntities.")]
    assert hidden
    assert not {row["Recorder"] for row in hidden} & {row["Ref"] for row in rows(JOURNAL)}


def test_the_journal_agrees_with_the_register() -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(SALES):
        sums[row["Recorder"]] += Decimal(str(row["Сумма"])) if row["Active"] else 0
    listed = {row["Recorder"] for row in rows(SALES) if "Unavailable" not in row["Recorder_Type"]} - {
        row["Recorder"] for row in of_kind(rows(SALES), "ВводНачальныхОстатков")
    }
    journal = {row["Ref"]: row for row in rows(JOURNAL)}
    posted = {ref for ref, row in journal.items() if row["Posted"]}
    assert posted == listed
    assert COMPANY.truth().journal == {ref: sums[ref] for ref in posted}
    assert not (set(journal) - posted) & set(sums)
    assert {type(row["НомерЧека"]) for row in journal.values()} == {int, str}
    heads = {row["Recorder"]: (row["Period"], row["Контрагент_Key"]) for row in rows(SALES)}
    assert all((journal[ref]["Date"], journal[ref]["Покупатель_Key"]) == heads[ref] for ref in posted)


def test_the_register_by_cards_holds_lines_of_sales() -> None:
    lines = {(row["Recorder"], row["LineNumber"]): row for row in rows(SALES)}
    for row in rows(BY_CARD):
        sale = lines[row["Recorder"], row["LineNumber"]]
        assert (row["Сумма"], row["Period"], row["Active"]) == (sale["Сумма"], sale["Period"], sale["Active"])
        assert row["ВладелецКарты_Key"] == sale["Контрагент_Key"]


def test_points_are_accrued_spent_and_activated_in_the_future() -> None:
    points = rows(POINTS)
    assert {row["RecordType"] for row in points} == {"Receipt", "Expense"}
    assert all(row["КСписанию"] == 40 and row["Начислено"] == 0 for row in points if row["RecordType"] == "Expense")
    assert any(row["Period"] > "2030" for row in points)


def test_accruals_are_the_receipts_of_points() -> None:
    accruals = {
        (row["Recorder"], row["Сумма"]) for row in rows("AccumulationRegister_НачисленияБонусныхБаллов_RecordType")
    }
    assert accruals == {(row["Recorder"], row["Начислено"]) for row in rows(POINTS) if row["RecordType"] == "Receipt"}


def test_the_truth_adds_up() -> None:
    truth = COMPANY.truth()
    assert sum(truth.turnover_by_owner.values()) == truth.turnover
    assert sum(truth.rows_by_month.values()) == truth.rows[SALES] == len(rows(SALES))
    for owner in truth.receipts_by_owner:
        parts = (truth.sold_by_owner, truth.returned_by_owner, truth.opening_by_owner)
        assert sum(part.get(owner, 0) for part in parts) == truth.turnover_by_owner[owner]


def test_the_truth_about_one_owner_is_that_of_the_rows() -> None:
    truth = COMPANY.truth()
    owner = max(truth.receipts_by_owner, key=lambda key: (key in truth.returned_by_owner, truth.receipts_by_owner[key]))
    mine = [row for row in rows(SALES) if row["Active"] and row["Контрагент_Key"] == owner]
    returned = [row for row in mine if row["Сумма"] < 0]
    sold = [row for row in mine if row["Сумма"] >= 0 and not row["Recorder_Type"].endswith("Остатков")]
    assert truth.receipts_by_owner[owner] == len({row["Recorder"] for row in sold}) < len(sold)
    assert truth.sold_by_owner[owner] == Decimal(sum(round(row["Сумма"] * 100) for row in sold)) / 100
    assert truth.returned_by_owner[owner] == Decimal(sum(round(row["Сумма"] * 100) for row in returned)) / 100 < 0
    assert truth.last_sale_by_owner[owner] == max(row["Period"] for row in sold)
    assert ZERO_GUID not in truth.receipts_by_owner
