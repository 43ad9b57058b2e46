"""When and how often somebody buys (facts/odata 4, row 21): from distinct local days with a sale receipt."""

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.choices import chosen
from freesport_pipelines.profiles.recorders import Role

SINGLE, RARE = "single", "rare"


def rhythm(visits: pd.DataFrame, owners: pd.Index, frequencies: tuple[tuple[str, int], ...]) -> pd.DataFrame:
    """visit_days, mean_gap_days (two decimals), median_gap_days and purchase_frequency of each owner.

    One day has no gap; no day has no frequency, either.
    """
    bought = visits[(visits["kind"] == Role.SALE) & visits["is_dated"]]
    days = bought[["owner", "day"]].drop_duplicates().sort_values(["owner", "day"])
    out = pd.DataFrame({"visit_days": days.groupby("owner").size().reindex(owners, fill_value=0)})
    gaps = days.assign(gap=days.groupby("owner")["day"].diff()).dropna().groupby("owner")["gap"]
    out["median_gap_days"] = gaps.median().reindex(owners)
    out["mean_gap_days"] = _mean(days, out["visit_days"])
    names = np.array([name for name, _ in frequencies] + [RARE], dtype=object)
    limits = [days for _, days in frequencies]
    named = names[np.searchsorted(limits, out["median_gap_days"].fillna(0).to_numpy(), side="left")]
    out["purchase_frequency"] = chosen(len(out), (out["visit_days"] >= 2, named), (out["visit_days"] == 1, SINGLE))
    return out


def _mean(days: pd.DataFrame, visit_days: pd.Series) -> pd.Series:
    """Rounded half up by whole numbers, so that no machine rounds differently."""
    ends = days.groupby("owner")["day"].agg(["min", "max"]).reindex(visit_days.index, fill_value=0)
    gaps = np.maximum(visit_days - 1, 1)
    hundredths = (200 * (ends["max"] - ends["min"]) + gaps) // (2 * gaps)
    return (hundredths / 100).where(visit_days >= 2)


def first_and_last(visits: pd.DataFrame, owners: pd.Index) -> pd.DataFrame:
    """first/last_purchase_at (UTC) and first/last_purchase_date (local, as text) of each owner.

    Sale receipts; shift reports only for an owner who has no receipt. Returns are no purchases.
    """
    sales = visits[visits["is_dated"] & (visits["kind"] == Role.SALE)]
    reports = visits[visits["is_dated"] & (visits["kind"] == Role.REPORT) & ~visits["owner"].isin(sales["owner"])]
    ends = pd.concat([sales, reports]).groupby("owner")[["moment", "local"]].agg(["min", "max"]).reindex(owners)
    out = pd.DataFrame(index=owners)
    for name, end in (("first", "min"), ("last", "max")):
        out[f"{name}_purchase_at"] = ends["moment", end].dt.tz_localize("UTC")
    for name, end in (("first", "min"), ("last", "max")):
        date = ends["local", end]
        out[f"{name}_purchase_date"] = date.dt.strftime("%Y-%m-%d").astype(object).where(date.notna(), None)
    return out


def days_ago(dates: pd.Series, today: str) -> pd.Series:
    """Whole local days from a date as text to today; missing where there is no date."""
    return (pd.Timestamp(today) - pd.to_datetime(dates)).dt.days
