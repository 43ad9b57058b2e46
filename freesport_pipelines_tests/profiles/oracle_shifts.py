"""Which shift reports repeat receipts, once more in plain Python: row by row, with Decimals. See oracle.py."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from freesport_pipelines_tests.profiles.registers import REPORT, RETURN, ZONE, Row

Document = tuple[str | None, str]


def doubled_reports(rows: list[Row]) -> set[int]:
    """Lines of reports, by `id`, that say product by product what receipts say.

    Tried are the receipts since the report before, then those of the day; with the stores that are written, then with
    those that must be meant.
    """
    left = [row for row in rows if side(row)]
    stores = {row["warehouse_onec_id"] for row in left} - {None}
    only = next(iter(stores)) if len(stores) == 1 else None
    doubled: set[int] = set()
    for shift_of in (closing, day_of):
        for meant in (None, only):
            shifts: dict[Any, list[Row]] = defaultdict(list)
            for row in left:
                shifts[shift_of(row, left, meant)].append(row)
            equal = [row for key, shift in shifts.items() if key and is_repeated(shift) for row in shift]
            doubled |= {id(row) for row in equal if side(row) == "report"}
            left = [row for row in left if not any(row is other for other in equal)]
    return doubled


def side(row: Row) -> str | None:
    if row["recorder_type"] == REPORT:
        return "report"
    return "receipt" if row["recorder_type"] in ("Document_ЧекККМ", RETURN, None, "Document_Новый") else None


def day_of(row: Row, rows: list[Row], meant: str | None) -> Any:
    """The store and the day; the day before, for a report on a day of reports alone after one of receipts alone."""
    store, day = row["warehouse_onec_id"] or meant, local(row).date()
    near = [other for other in rows if (other["warehouse_onec_id"] or meant) == store]
    today = {side(other) for other in near if local(other).date() == day}
    yesterday = {side(other) for other in near if local(other).date() == day - dt.timedelta(days=1)}
    return store, day - dt.timedelta(days=today == {"report"} and yesterday == {"receipt"})


def closing(row: Row, rows: list[Row], meant: str | None) -> Any:
    """The store, and when the first report that is not before the row was made, if not on a day after the next."""
    store = row["warehouse_onec_id"] or meant
    reports = [other for other in rows if side(other) == "report"]
    made = {other["recorder"]: max(r["period"] for r in reports if document(r) == document(other)) for other in reports}
    own = made[row["recorder"]] if side(row) == "report" else row["period"]
    ends = [
        made[other["recorder"]]
        for other in reports
        if (other["warehouse_onec_id"] or meant) == store and made[other["recorder"]] >= own
    ]
    if not ends or (local({"period": min(ends)}).date() - local({"period": own}).date()).days > 1:
        return None
    return store, min(ends)


def is_repeated(shift: list[Row]) -> bool:
    sides = {name: [row for row in shift if side(row) == name] for name in ("report", "receipt")}
    sums = {name: sums_by(rows, "product_onec_id") for name, rows in sides.items()}
    nothing = (Decimal(0), Decimal(0))
    products = set(sums["report"]) | set(sums["receipt"])
    is_same = all(sums["report"].get(p, nothing) == sums["receipt"].get(p, nothing) for p in products)
    return bool(sides["report"] and sides["receipt"]) and is_same


def document(row: Row) -> Document:
    return row["recorder_type"], row["recorder"]


def local(row: Row) -> dt.datetime:
    return row["period"].to_pydatetime().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def sums_by(rows: list[Row], key: str) -> dict[Any, tuple[Decimal, Decimal]]:
    sums: dict[Any, tuple[Decimal, Decimal]] = {}
    for row in rows:
        amount, quantity = sums.get(row[key], (Decimal(0), Decimal(0)))
        sums[row[key]] = amount + row["amount"], quantity + row["quantity"]
    return sums
