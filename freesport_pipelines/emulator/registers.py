"""The registers and the journal that the documents make (facts/odata, sections 3.4-3.9)."""

import numpy as np
from numpy.typing import NDArray

from freesport_pipelines.emulator.columns import (
    EMPTY_MOMENT,
    STRING,
    Column,
    amounts,
    any_references,
    counters,
    derived,
    flags,
    guids,
    moments,
    words,
)
from freesport_pipelines.emulator.dice import Ints, below
from freesport_pipelines.emulator.people import owners
from freesport_pipelines.emulator.plan import Plan
from freesport_pipelines.emulator.receipts import (
    DAY,
    KINDS,
    OPENING,
    REPORT,
    RETURN,
    SALE,
    Documents,
    Lines,
)
from freesport_pipelines.emulator.table import Table

SALES = "AccumulationRegister_Продажи_RecordType"
BY_CARD = "AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType"
POINTS = "AccumulationRegister_БонусныеБаллы_RecordType"
ACCRUALS = "AccumulationRegister_НачисленияБонусныхБаллов_RecordType"
JOURNAL = "DocumentJournal_РозничныеПродажи"
KEY = ("Recorder", "LineNumber", "Recorder_Type")
TYPES = dict(zip(KINDS, ("", "Чек ККМ", "Чек ККМ на возврат", "Отчет о розничных продажах", "", ""), strict=True))
FUTURE_EVERY, SPENT_EVERY = 43, 10
UNPOSTED_EVERY = 60
"""So many documents of the journal have one more beside them that was never posted."""


def sales(documents: Documents, lines: Lines, plan: Plan) -> Table:
    """AccumulationRegister_Продажи, flat: the one source of amounts."""
    at = lines.document - 1
    opening = documents.kind[at] == OPENING
    customer = documents.customer[at]
    customer[opening] = owners(plan)[_opening_cards(lines, opening)]
    original = documents.original[at]
    return Table(SALES, {
        **_head(documents, lines.document, lines.line),
        "Организация_Key": guids("organisation", np.ones(len(at), np.int64)),
        "Контрагент_Key": guids("counterparty", customer),
        "Номенклатура_Key": guids("product", lines.product),
        "Характеристика_Key": guids("product", np.zeros(len(at), np.int64)),
        "Склад_Key": guids("store", documents.store[at]),
        "Документ": any_references("document", original, "Документ_Type"),
        "Документ_Type": words(documents.kind[original - 1], KINDS),
        "Количество": amounts(lines.quantity),
        "Сумма": amounts(lines.amount),
    }, KEY)  # fmt: skip


def _opening_cards(lines: Lines, opening: NDArray[np.bool_]) -> Ints:
    """Line n of the opening balance is that of card 3n."""
    return 3 * lines.line[opening]


def _head(documents: Documents, document: Ints, line: Ints) -> dict[str, Column]:
    at = document - 1
    return {
        "Recorder": any_references("document", document, "Recorder_Type"),
        "Recorder_Type": words(documents.kind[at], KINDS),
        "Period": moments(documents.period[at]),
        "LineNumber": counters(line),
        "Active": flags(documents.active[at]),
    }


def sales_by_card(documents: Documents, lines: Lines, plan: Plan) -> Table:
    """AccumulationRegister_ПродажиПоДисконтнымКартам: the lines of receipts with a card, and the opening balances."""
    opening = documents.kind[lines.document - 1] == OPENING
    card, owner = documents.card[lines.document - 1], documents.owner[lines.document - 1]
    card[opening] = _opening_cards(lines, opening)
    owner[opening] = owners(plan)[card[opening]]
    has_card = card > 0
    chosen = Lines(*(field[has_card] for field in lines))
    return Table(BY_CARD, {
        **_head(documents, chosen.document, chosen.line),
        "ДисконтнаяКарта_Key": guids("card", card[has_card]),
        "ВладелецКарты_Key": guids("counterparty", owner[has_card]),
        "Номенклатура_Key": guids("product", chosen.product),
        "Количество": amounts(chosen.quantity),
        "Сумма": amounts(chosen.amount),
    }, KEY)  # fmt: skip


def receipt_totals(documents: Documents, lines: Lines) -> Ints:
    """The sum of each document in hundredths."""
    totals = np.zeros(len(documents), np.int64)
    np.add.at(totals, lines.document - 1, lines.amount)
    return totals


def points(documents: Documents, totals: Ints, plan: Plan) -> Table:
    """AccumulationRegister_БонусныеБаллы: five of a hundred accrued, some of them for later; every tenth spends 40."""
    accrued = np.flatnonzero((documents.kind == SALE) & (documents.card > 0) & (totals >= 10_000)) + 1
    spent = accrued[accrued % SPENT_EVERY == 0]
    document = np.concatenate([accrued, spent])
    is_spent = np.arange(len(document)) >= len(accrued)
    points_of = totals[document - 1] // 2_000 * 100
    columns = _head(documents, document, 1 + is_spent.astype(np.int64))
    future = (document % FUTURE_EVERY == 0) & ~is_spent
    period = np.where(future, plan.month_start(12 * 60), columns["Period"].codes)
    columns["Period"] = columns["Period"].with_codes(period)
    return Table(POINTS, {
        **columns,
        "RecordType": words(is_spent.astype(np.int64), ("Receipt", "Expense")),
        "БонуснаяКарта_Key": guids("card", documents.card[document - 1]),
        "Начислено": amounts(np.where(is_spent, 0, points_of)),
        "КСписанию": amounts(np.where(is_spent, 4_000, 0)),
    }, KEY, resources=("Начислено", "КСписанию"), dimensions=("БонуснаяКарта_Key",))  # fmt: skip


def accruals(loyalty: Table) -> Table:
    """AccumulationRegister_НачисленияБонусныхБаллов: each accrual with the days of its life."""
    got = loyalty.take(loyalty.columns["RecordType"].codes == 0)
    day = got.columns["Period"].codes // DAY * DAY
    head = {name: got.columns[name] for name in ("Recorder", "Recorder_Type", "Period", "LineNumber", "Active")}
    return Table(ACCRUALS, {
        **head,
        "БонуснаяКарта_Key": got.columns["БонуснаяКарта_Key"],
        "ДатаНачисления": moments(day + 14 * DAY),
        "ДатаСписания": moments(np.where(got.columns["Recorder"].codes % 7 == 0, EMPTY_MOMENT, day + 198 * DAY)),
        "Сумма": amounts(got.columns["Начислено"].codes),
    }, KEY)  # fmt: skip


def journal(documents: Documents, totals: Ints, plan: Plan) -> Table:
    """DocumentJournal_РозничныеПродажи: receipts, returns and reports, and some that were never posted."""
    listed = np.flatnonzero(np.isin(documents.kind, (SALE, RETURN, REPORT))) + 1
    unposted = listed[listed % UNPOSTED_EVERY == 1]
    at = np.concatenate([listed, unposted]) - 1
    is_posted = np.arange(len(at)) < len(listed)
    number = np.where(is_posted, at + 1, at + 1 + len(documents))
    kind = documents.kind[at]
    marked = ~is_posted & (below(plan.seed, "marked", number, 2) == 0)
    return Table(JOURNAL, {
        "Ref": any_references("document", number, "Ref_Type"),
        "Ref_Type": words(kind, KINDS),
        "Type": words(kind, tuple(TYPES.values())),
        "Date": moments(documents.period[at]),
        "Number": derived(number, lambda n: f"ТСТ0-{n % 999_999:06}"),
        "Posted": flags(is_posted),
        "DeletionMark": flags(marked),
        "Сумма": amounts(np.where(is_posted & documents.active[at], totals[at], 0)),
        "НомерЧека": Column(STRING, np.where(kind == REPORT, 0, 1 + number % 400), lambda n: str(n) if n else 0),
        "Покупатель_Key": guids("counterparty", documents.customer[at]),
        "КассаККМ_Key": guids("desk", documents.store[at]),
        "Организация_Key": guids("organisation", np.ones(len(at), np.int64)),
    }, ("Ref", "Ref_Type"))  # fmt: skip
