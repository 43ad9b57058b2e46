"""The invented trade: receipts, returns, shift reports and opening balances, and their lines.

Facts/odata, sections 3.4, 3.5 and 4. A document is a number; place `number - 1` of an array tells about it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from freesport_pipelines.emulator.dice import Ints, below
from freesport_pipelines.emulator.goods import prices
from freesport_pipelines.emulator.people import owners, retail_buyer
from freesport_pipelines.emulator.plan import Plan

UNDEFINED, SALE, RETURN, REPORT, OPENING, UNPUBLISHED = range(6)
KINDS = (
    "StandardODATA.Undefined",
    "StandardODATA.Document_ЧекККМ",
    "StandardODATA.Document_ЧекККМВозврат",
    "StandardODATA.Document_ОтчетОРозничныхПродажах",
    "StandardODATA.Document_ВводНачальныхОстатков",
    "UnavailableEntities.UnavailableEntity_aaaaaaaa-0000-4000-8000-000000000fff",
)
DAY, HOUR = 86_400, 3_600
RETURN_EVERY, RETURNED_BACK = 25, 3
"""Every 25th document is a return of what was sold three documents before."""
INACTIVE_EVERY, UNPUBLISHED_EVERY, TWIN_EVERY, GIFT_EVERY = 211, 331, 37, 149
REPORT_EVERY, DIFFERS_EVERY = 5, 4
"""A fifth of the shifts has a report of its own beside the receipts, and every fourth of these differs."""
REISSUED_CARD = 2
"""This card belonged to customer 1 in the first half of the history, and to its present owner after it."""


@dataclass(frozen=True)
class Documents:
    """Heads; one place for each document."""

    kind: Ints
    period: Ints
    store: Ints
    """Also the number of its cash desk."""
    customer: Ints
    """Контрагент; 0: anonymous."""
    card: Ints
    owner: Ints
    """Of the card, at the time of the sale."""
    original: Ints
    """The sale that a return takes back, the document itself for others."""
    active: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


class Lines(NamedTuple):
    """Rows of Продажи; quantities and sums in hundredths."""

    document: Ints
    line: Ints
    product: Ints
    quantity: Ints
    amount: Ints


def trade(plan: Plan) -> tuple[Documents, Lines]:
    """All documents with movements, and their lines."""
    documents = _receipts(plan)
    lines = _receipt_lines(plan, documents)
    for more in (_shift_reports, _reports_only, _opening):
        heads, rows = more(plan, documents, lines)
        documents = _joined(documents, heads)
        lines = Lines(*(np.concatenate(pair) for pair in zip(lines, rows, strict=True)))
    return documents, lines


def _joined(first: Documents, second: Documents) -> Documents:
    fields = Documents.__dataclass_fields__
    return Documents(**{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in fields})


def _receipts(plan: Plan) -> Documents:
    numbers = np.arange(1, plan.receipts + 1, dtype=np.int64)
    period = _moments(plan, numbers)
    card = 1 + below(plan.seed, "card", numbers, plan.cards)
    card[below(plan.seed, "has card", numbers, 10) >= 6] = 0
    kind = np.full(plan.receipts, SALE, np.int64)
    kind[numbers % UNPUBLISHED_EVERY == 11] = UNPUBLISHED
    store = 1 + below(plan.seed, "store", numbers, plan.stores)
    named = below(plan.seed, "retail buyer", numbers, 10) == 0
    returns = numbers[numbers % RETURN_EVERY == 0]
    kind[returns - 1] = RETURN
    original = numbers.copy()
    original[returns - 1] = returns - RETURNED_BACK
    card, store = card[original - 1], store[original - 1]
    owner = _owner_then(plan, card, period[original - 1])
    customer = np.where((card == 0) & named[original - 1], retail_buyer(plan), owner)
    return Documents(kind, period, store, customer, card, owner, original, numbers % INACTIVE_EVERY != 7)


def _moments(plan: Plan, numbers: Ints) -> Ints:
    """Shop hours, a tenth of them late in the evening, the ends of months, and the burst."""
    days = (plan.end - plan.begin) // DAY
    day = (numbers - 1) * days // plan.receipts
    second = 9 * HOUR + below(plan.seed, "second", numbers, 11 * HOUR)
    late = below(plan.seed, "evening", numbers, 10) == 0
    second[late] = 20 * HOUR + below(plan.seed, "late second", numbers, 4 * HOUR - 1)[late]
    period = np.sort(plan.begin + day * DAY + second)
    for month in range(1, plan.months):
        edge = plan.month_start(month)
        place = int(np.searchsorted(period, edge))
        if 0 < place < len(period):
            period[place - 1], period[place] = edge - HOUR // 2, edge
    period.sort()
    middle = len(period) // 2
    period[middle : middle + plan.burst] = period[middle]
    return period


def _owner_then(plan: Plan, card: Ints, period: Ints) -> Ints:
    owner = owners(plan)[card]
    owner[(card == REISSUED_CARD) & (period < (plan.begin + plan.end) // 2)] = 1
    return owner


def _receipt_lines(plan: Plan, documents: Documents) -> Lines:
    numbers = np.arange(1, len(documents) + 1, dtype=np.int64)
    counts = 1 + below(plan.seed, "lines", numbers, plan.lines_per_receipt)
    counts[documents.kind == RETURN] = 1
    document = np.repeat(numbers, counts)
    start = np.cumsum(counts) - counts
    rows = np.arange(len(document), dtype=np.int64)
    line = rows - start[document - 1] + 1
    product = 1 + below(plan.seed, "product", rows, plan.products)
    quantity = 100 * (1 + below(plan.seed, "quantity", rows, 10) // 8)
    discount = below(plan.seed, "discount", rows, 4) * 5
    amount = prices(plan)[product] * quantity // 100 * (100 - discount) // 100
    amount[rows % GIFT_EVERY == 5] = 0
    _repeat(line, document, TWIN_EVERY, product, quantity, amount)
    _take_back(documents, start, product, quantity, amount)
    return Lines(document, line, product, quantity, amount)


def _repeat(line: Ints, document: Ints, every: int, *fields: Ints) -> None:
    """Second lines that equal the first of the same receipt."""
    twins = np.flatnonzero((line == 2) & (document % every == 0))
    for field in fields:
        field[twins] = field[twins - 1]


def _take_back(documents: Documents, start: Ints, product: Ints, quantity: Ints, amount: Ints) -> None:
    """A return takes back the first line of its original."""
    places = np.flatnonzero(documents.kind == RETURN)
    own, sold = start[places], start[documents.original[places] - 1]
    product[own], quantity[own], amount[own] = product[sold], -quantity[sold], -amount[sold]


def _shift_reports(plan: Plan, documents: Documents, lines: Lines) -> tuple[Documents, Lines]:
    """Reports that sum up the published, active receipts of a desk and day by product."""
    day = documents.period // DAY
    shift = day * (plan.stores + 1) + documents.store
    chosen = below(plan.seed, "report", shift, REPORT_EVERY) == 0
    chosen &= documents.active & np.isin(documents.kind, (SALE, RETURN))
    rows = np.flatnonzero(chosen[lines.document - 1])
    keys = shift[lines.document[rows] - 1] * (plan.products + 1) + lines.product[rows]
    groups, place = np.unique(keys, return_inverse=True)
    quantity, amount = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
    np.add.at(quantity, place, lines.quantity[rows])
    np.add.at(amount, place, lines.amount[rows])
    shifts, which = np.unique(groups // (plan.products + 1), return_inverse=True)
    first = np.searchsorted(which, np.arange(len(shifts)))
    amount[first[DIFFERS_EVERY - 1 :: DIFFERS_EVERY]] += 10_000
    line = np.arange(len(groups)) - first[which] + 1
    heads = _reports((shifts // (plan.stores + 1) + 1) * DAY - 1, shifts % (plan.stores + 1), len(documents))
    return heads, Lines(which + 1 + len(documents), line, groups % (plan.products + 1), quantity, amount)


def _reports_only(plan: Plan, documents: Documents, _: Lines) -> tuple[Documents, Lines]:
    """A stall that has no receipts at all: one report on the tenth of each month."""
    months = np.arange(plan.months, dtype=np.int64)
    period = np.array([plan.month_start(month) + 10 * DAY - 1 for month in months.tolist()], np.int64)
    heads = _reports(period, np.full(len(months), plan.stores + 1, np.int64), len(documents))
    product = 1 + months % plan.products
    ones = np.ones(len(months), np.int64)
    return heads, Lines(months + 1 + len(documents), ones, product, 200 * ones, 2 * prices(plan)[product])


def _reports(period: Ints, store: Ints, known: int) -> Documents:
    none = np.zeros(len(period), np.int64)
    own = known + 1 + np.arange(len(period), dtype=np.int64)
    return Documents(none + REPORT, period, store, none, none, none, own, none == 0)


def _opening(plan: Plan, documents: Documents, _: Lines) -> tuple[Documents, Lines]:
    """One document in the second before the history: what every third card had bought until then."""
    card = np.arange(3, plan.cards + 1, 3, dtype=np.int64)
    one, number = np.ones(1, np.int64), len(documents) + 1
    heads = Documents(one * OPENING, one * plan.begin - 1, one * 0, one * 0, one * 0, one * 0, one * number, one > 0)
    amount = 100_000 + below(plan.seed, "opening", card, 5_000_000)
    line = np.arange(1, len(card) + 1, dtype=np.int64)
    return heads, Lines(line * 0 + number, line, line * 0, line * 0, amount)
