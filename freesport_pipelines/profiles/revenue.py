"""Money, receipts and pieces of each owner (facts/odata 4, rows 2-7). All columns are whole kopecks and counts."""

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import Ints
from freesport_pipelines.profiles.recorders import Role

MONEY = ["receipt_revenue", "report_revenue", "returns", "opening_revenue"]
_KIND = {
    Role.SALE: "receipt_revenue",
    Role.REPORT: "report_revenue",
    Role.RETURN: "returns",
    Role.OPENING: "opening_revenue",
}


def revenue(lines: pd.DataFrame, owners: pd.Index) -> pd.DataFrame:
    """Kopecks by kind and in all; net pieces; lines of sale receipts.

    Gross is what was sold, by receipts and by the shift reports that count; returns are negative; net is both;
    lifetime adds opening balances, which count nowhere else.
    """
    table = lines.groupby(["owner", "kind"])["kopecks"].sum().unstack(fill_value=0)
    table = table.rename(columns=_KIND).reindex(index=owners, columns=MONEY, fill_value=0)
    table["gross_revenue"] = table["receipt_revenue"] + table["report_revenue"]
    table["net_revenue"] = table["gross_revenue"] + table["returns"]
    table["lifetime_revenue"] = table["net_revenue"] + table["opening_revenue"]
    is_trade = lines["kind"] != Role.OPENING
    table["item_count"] = lines[is_trade].groupby("owner")["thousandths"].sum().reindex(owners, fill_value=0)
    table["line_count"] = lines[lines["kind"] == Role.SALE].groupby("owner").size().reindex(owners, fill_value=0)
    return table


def visits(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per owner and sale, return or report document: owner, document, kind, kopecks, day, month, moment …"""
    return (
        lines[lines["kind"] != Role.OPENING]
        .groupby(["owner", "document"], sort=True)
        .agg(
            kind=("kind", "min"),
            kopecks=("kopecks", "sum"),
            day=("day", "min"),
            month=("month", "min"),
            moment=("moment", "min"),
            local=("local", "min"),
            is_dated=("is_dated", "min"),
        )
        .reset_index()
    )


def counted(visits: pd.DataFrame, owners: pd.Index, kind: Role) -> pd.Series:
    """How many documents of a kind each owner has."""
    return visits[visits["kind"] == kind].groupby("owner").size().reindex(owners, fill_value=0)


def half_up(kopecks: pd.Series, count: pd.Series) -> Ints:
    """kopecks / count, rounded half away from zero, in whole numbers; 0 where the count is 0."""
    divisor = np.maximum(count.to_numpy(np.int64), 1)
    amount = kopecks.to_numpy(np.int64)
    quotient: Ints = np.sign(amount) * ((2 * np.abs(amount) + divisor) // (2 * divisor))
    return np.where(count > 0, quotient, 0)
