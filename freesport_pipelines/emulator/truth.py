"""What is true of a base, counted row by row in plain loops: the oracle that tests hold a client's result against.

It shares nothing with the way in which requests are answered: no filter, no order, no pages, no arrays.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.emulator.registers import BY_CARD, JOURNAL, POINTS, SALES
from freesport_pipelines.emulator.table import Table

_OPENING, _REPORT, _RETURN = "ВводНачальныхОстатков", "ОтчетОРозничныхПродажах", "Возврат"
_OWNER = "Контрагент_Key"

Row = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Truth:
    """Figures of a base at one moment; money in roubles, times local, inactive rows left out of all sums.

    Owner means Контрагент_Key of Продажи; the zero GUID (anybody) is an owner only of the turnover.
    """

    rows: dict[str, int]
    """Rows of each set, inactive ones too."""
    rows_by_month: dict[str, int]
    """Rows of Продажи, inactive ones too, by month as in `2025-01`."""
    turnover: Decimal
    """All of Продажи, shift reports and opening balances included."""
    turnover_by_owner: dict[str, Decimal]
    opening: Decimal
    reports: Decimal
    """What of the turnover are opening balances and shift reports."""
    opening_by_owner: dict[str, Decimal]
    receipts_by_owner: dict[str, int]
    """Distinct sale receipts: neither returns, reports nor opening balances."""
    sold_by_owner: dict[str, Decimal]
    """The sum of these receipts."""
    returned_by_owner: dict[str, Decimal]
    """The sum of returns, below zero."""
    last_sale_by_owner: dict[str, str]
    """When the last of these receipts was written."""
    card_turnover: dict[str, Decimal]
    """ПродажиПоДисконтнымКартам by ДисконтнаяКарта_Key."""
    points: dict[str, Decimal]
    """Начислено less КСписанию by БонуснаяКарта_Key, those of the future too."""
    journal: dict[str, Decimal]
    """Сумма of each posted document of the journal by Ref."""


def truth(tables: Mapping[str, Table]) -> Truth:
    """Count; a set that is not published counts as empty."""
    active = [row for row in _rows(tables, SALES) if row["Active"]]
    months = [row["Period"][:7] for row in _rows(tables, SALES)]
    openings = [row for row in active if _OPENING in row["Recorder_Type"]]
    reports = [row for row in active if _REPORT in row["Recorder_Type"]]
    returns = [row for row in active if _RETURN in row["Recorder_Type"]]
    others = (_OPENING, _REPORT, _RETURN)
    sold = [row for row in active if not any(kind in row["Recorder_Type"] for kind in others)]
    return Truth(
        rows={name: sum(1 for _ in table.rows([next(iter(table.columns))])) for name, table in tables.items()},
        rows_by_month=dict(Counter(months)),
        turnover=sum((_money(row["Сумма"]) for row in active), Decimal(0)),
        turnover_by_owner=_sums(active, _OWNER),
        opening=sum((_money(row["Сумма"]) for row in openings), Decimal(0)),
        reports=sum((_money(row["Сумма"]) for row in reports), Decimal(0)),
        opening_by_owner=_known(_sums(openings, _OWNER)),
        receipts_by_owner=_known(_receipts(sold)),
        sold_by_owner=_known(_sums(sold, _OWNER)),
        returned_by_owner=_known(_sums(returns, _OWNER)),
        last_sale_by_owner=_known(_last(sold)),
        card_turnover=_sums(_active(tables, BY_CARD), "ДисконтнаяКарта_Key"),
        points=_points(tables),
        journal={row["Ref"]: _money(row["Сумма"]) for row in _rows(tables, JOURNAL) if row["Posted"]},
    )


def _rows(tables: Mapping[str, Table], name: str) -> Iterator[Row]:
    return tables[name].rows() if name in tables else iter(())


def _active(tables: Mapping[str, Table], name: str) -> list[Row]:
    return [row for row in _rows(tables, name) if row["Active"]]


def _known(by_owner: dict[str, _T]) -> dict[str, _T]:
    return {owner: value for owner, value in by_owner.items() if owner != ZERO_GUID}


def _sums(rows: Iterable[Row], key: str, resource: str = "Сумма") -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[key]] += _money(row[resource])
    return dict(sums)


def _receipts(sold: Iterable[Row]) -> dict[str, int]:
    receipts: dict[str, set[str]] = defaultdict(set)
    for row in sold:
        receipts[row[_OWNER]].add(row["Recorder"])
    return {owner: len(recorders) for owner, recorders in receipts.items()}


def _last(sold: Iterable[Row]) -> dict[str, str]:
    last: dict[str, str] = {}
    for row in sold:
        last[row[_OWNER]] = max(last.get(row[_OWNER], ""), row["Period"])
    return last


def _points(tables: Mapping[str, Table]) -> dict[str, Decimal]:
    rows = _active(tables, POINTS)
    accrued = _sums(rows, "БонуснаяКарта_Key", "Начислено")
    spent = _sums(rows, "БонуснаяКарта_Key", "КСписанию")
    return {card: accrued[card] - spent[card] for card in accrued}


def _money(value: object) -> Decimal:
    return Decimal(str(value))
