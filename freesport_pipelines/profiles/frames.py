"""The frames that come in: their columns, in one place, and the exact numbers that are made of them.

Ids are lower-case text; None, "" and the zero guid all mean "nobody". Times are aware and UTC. Money and quantities
arrive exact: `amount` as Decimal, int or text, or, many times cheaper, `amount_kopecks` as whole kopecks; `quantity`
likewise or as `quantity_thousandths`. Inside this room they are int64, never float.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from freesport_pipelines.domain.values import ZERO_GUID

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOBODY = -1
"""The number of an id that is missing."""
KOPECKS, THOUSANDTHS = "_kopecks", "_thousandths"
_DIGITS = {KOPECKS: 2, THOUSANDTHS: 3}


class FrameError(ValueError):
    """A frame cannot be used: a column is missing, or its type would lose money or time. Holds no values of rows."""


@dataclass(frozen=True)
class Table:
    """A frame that comes in."""

    name: str
    columns: Mapping[str, str]
    """Column and what it holds."""
    exact: Mapping[str, str] = field(default_factory=dict)
    """Columns of money (`_kopecks`) and quantity (`_thousandths`)."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """Columns that may be absent: 1C does not publish them everywhere."""


_LINE = {
    "recorder": "the document that wrote the row",
    "recorder_type": "such as Document_ЧекККМ; None: not published in 1C",
    "line_number": "number of the row within the document",
    "period": "when, aware, UTC",
    "is_active": "rows of 1C that are switched off count nowhere",
}
_MONEY = {"amount": KOPECKS, "quantity": THOUSANDTHS}

SALES = Table(
    "sales",
    {
        **_LINE,
        "organization_onec_id": "whose till",
        "customer_onec_id": "the buyer, None if unknown",
        "product_onec_id": "what",
        "warehouse_onec_id": "in which store",
    },
    _MONEY,
)
SALES_BY_CARD = Table(
    "sales_by_card",
    {**_LINE, "card_onec_id": "the card", "owner_onec_id": "whose it was at that sale"},
    _MONEY,
)
CARDS = Table(
    "cards",
    {
        "onec_id": "the card",
        "owner_onec_id": "whose it is today",
        "phone": "its barcode, as written in 1C",
        "is_marked": "marked for deletion",
    },
    optional={"description": "the last place to look for a name"},
)
COUNTERPARTIES = Table(
    "counterparties",
    {
        "onec_id": "the counterparty",
        "is_folder": "a group of counterparties",
        "is_marked": "marked for deletion",
    },
    optional={
        "person_name": "ФИО",
        "full_name": "НаименованиеПолное",
        "description": "Description",
    },
)
PRODUCTS = Table(
    "products",
    {
        "onec_id": "the product",
        "name": "its name",
        "category_onec_id": "its category, None if it has none",
        "brand": "its brand by name, None if it has none",
        "product_type": "such as Запас or Услуга",
    },
    optional={"brand_onec_id": "the id of a brand whose name is not known"},
)
CATEGORIES = Table("categories", {"onec_id": "the category", "parent_onec_id": "None at the top", "name": "its name"})
WAREHOUSES = Table("warehouses", {"onec_id": "the store", "name": "its name"})
JOURNAL = Table(
    "receipts journal",
    {
        "ref": "the document, as `recorder`",
        "ref_type": "as `recorder_type`",
        "is_posted": "a draft has no rows in registers",
        "is_marked": "marked for deletion",
    },
    {"amount": KOPECKS},
)
LOYALTY = Table(
    "loyalty",
    {
        "period": "aware, UTC; points in the future are not yet valid",
        "is_active": "as in `sales`",
        "record_type": "Receipt, Expense or None",
        "card_onec_id": "whose points",
    },
    {"accrued": KOPECKS, "spent": KOPECKS},
)
BALANCES = Table(
    "balances",
    {"card_onec_id": "whose points"},
    {"balance": KOPECKS},
    {"at": "of which moment, aware; if it is not said, of `as_of`"},
)


@dataclass(frozen=True)
class Tables:
    """All that profiles are made of. None: 1C does not publish it, so what depends on it is unknown, not zero."""

    sales: pd.DataFrame
    sales_by_card: pd.DataFrame
    cards: pd.DataFrame
    products: pd.DataFrame
    categories: pd.DataFrame
    warehouses: pd.DataFrame
    journal: pd.DataFrame | None = None
    loyalty: pd.DataFrame | None = None
    balances: pd.DataFrame | None = None


def empty(table: Table) -> pd.DataFrame:
    """A frame with all columns and no row."""
    return pd.DataFrame(columns=[*table.columns, *table.exact, *table.optional], dtype=object)


def read(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The columns of a table, money and quantities as whole numbers under `<column>_kopecks`, `<column>_thousandths`.

    Raises FrameError for a missing column, for floats in an exact one and for times without a zone.
    """
    missing = set(table.columns) - set(frame.columns)
    missing |= {column for column, unit in table.exact.items() if not {column, column + unit} & set(frame.columns)}
    if missing:
        raise FrameError(f"{table.name}: missing columns {', '.join(sorted(missing))}")
    out = frame[list(table.columns)].reset_index(drop=True)
    for column in table.optional:
        out[column] = frame[column].to_numpy(dtype=object) if column in frame else None
    for column, unit in table.exact.items():
        out[column + unit] = _whole(frame, column, unit, table)
    if "period" in out:
        out["period"] = _aware(out["period"], table)
    if "is_active" in out:
        out["is_active"] = out["is_active"].astype(bool)
    return out


def _whole(frame: pd.DataFrame, column: str, unit: str, table: Table) -> Ints:
    if column + unit in frame:
        values = frame[column + unit]
        if len(values) and not pd.api.types.is_integer_dtype(values.dtype):
            raise FrameError(f"{table.name}.{column}{unit}: whole numbers are wanted, not {values.dtype}")
        return np.asarray(values, np.int64)
    try:
        return np.array([_scaled(value, _DIGITS[unit]) for value in frame[column]], np.int64)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise FrameError(f"{table.name}.{column}: a value is no exact number: {type(error).__name__}") from None


def _scaled(value: Any, digits: int) -> int:
    """A null resource of a register is 0 (facts/odata, section 1.2)."""
    if value is None or value != value:
        return 0
    if isinstance(value, float):
        raise TypeError("float")
    number = Decimal(value).scaleb(digits)
    whole = int(number)
    if whole != number:
        raise ArithmeticError("too many decimals")
    return whole


def _aware(periods: pd.Series, table: Table) -> pd.Series:
    if not len(periods):
        return pd.Series(pd.DatetimeIndex([], tz="UTC"))
    if not isinstance(periods.dtype, pd.DatetimeTZDtype):
        raise FrameError(f"{table.name}.period: aware times in UTC are wanted, not {periods.dtype}")
    return periods.dt.tz_convert("UTC")


def numbered(*columns: pd.Series) -> tuple[pd.Index, list[Ints]]:
    """Ids as small numbers, the same for all these columns, in the order of the ids; NOBODY where there is none."""
    parts = [column.astype(object) for column in columns]
    codes, found = pd.factorize(pd.concat(parts, ignore_index=True), sort=True)
    is_real = ~pd.Index(found).isin(["", ZERO_GUID])
    renumbered = np.append(np.where(is_real, np.cumsum(is_real) - 1, NOBODY), NOBODY).astype(np.int64)
    ends = np.cumsum([len(column) for column in columns])
    return pd.Index(found[is_real], dtype=object), np.split(renumbered[codes], ends[:-1])


def summed(groups: Ints, values: npt.ArrayLike, size: int) -> Ints:
    """Exact sums of whole numbers per group 0 … size-1."""
    total = np.zeros(size, np.int64)
    np.add.at(total, groups, np.asarray(values, np.int64))
    return total


def roubles(kopecks: int) -> Decimal:
    """Whole kopecks (or hundredths of a point) as Decimal roubles."""
    return Decimal(int(kopecks)).scaleb(-2)


def pieces(thousandths: int) -> Decimal:
    """Whole thousandths as a Decimal quantity."""
    return Decimal(int(thousandths)).scaleb(-3)
