"""Receipts and net revenue by month, in local time (facts/odata 4, row 23)."""

import pandas as pd

from freesport_pipelines.profiles.choices import Texts
from freesport_pipelines.profiles.json_columns import joined, money_text
from freesport_pipelines.profiles.recorders import Role


def by_month(lines: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """owner, month (year * 12 + month - 1), receipts, kopecks (net); opening balances and undated rows are left out."""
    dated = lines[(lines["kind"] != Role.OPENING) & lines["is_dated"]]
    net = dated.groupby(["owner", "month"])["kopecks"].sum()
    sales = visits[(visits["kind"] == Role.SALE) & visits["is_dated"]]
    receipts = sales.groupby(["owner", "month"]).size()
    return pd.DataFrame({"kopecks": net, "receipts": receipts.reindex(net.index, fill_value=0)}).reset_index()


def year_months(months: pd.DataFrame, owners: pd.Index) -> Texts:
    """{"2025-03": {"receipts": 1, "net_revenue": 10.00}, …} of each owner."""
    entries = [
        f'"{month // 12:04d}-{month % 12 + 1:02d}":{{"receipts":{receipts},"net_revenue":{money_text(kopecks)}}}'
        for month, receipts, kopecks in zip(
            months["month"].tolist(), months["receipts"].tolist(), months["kopecks"].tolist(), strict=True
        )
    ]
    return joined(owners.get_indexer(months["owner"]), entries, len(owners), "{}")


def months_of_year(months: pd.DataFrame, owners: pd.Index, has_a_year: pd.Series) -> Texts:
    """{"3": {"receipts": 1, "net_revenue": 10.00, "share": 0.2500}, …} of each owner.

    The share is that of the receipts. It is null for whoever has not been known for twelve months: their months
    say when they came, not what season they like.
    """
    seasons = months.assign(season=months["month"] % 12 + 1)
    sums = seasons.groupby(["owner", "season"], as_index=False)[["receipts", "kopecks"]].sum()
    total = sums.groupby("owner")["receipts"].transform("sum")
    is_shared = has_a_year.reindex(sums["owner"]).to_numpy() & (total > 0).to_numpy()
    rows = zip(
        sums["season"].tolist(),
        sums["receipts"].tolist(),
        sums["kopecks"].tolist(),
        total.tolist(),
        is_shared.tolist(),
        strict=True,
    )
    entries = [
        f'"{season}":{{"receipts":{receipts},"net_revenue":{money_text(kopecks)},'
        f'"share":{_share(receipts, of_all) if shared else "null"}}}'
        for season, receipts, kopecks, of_all, shared in rows
    ]
    return joined(owners.get_indexer(sums["owner"]), entries, len(owners), "{}")


def _share(part: int, whole: int) -> str:
    """Four decimals, half up."""
    parts = (20_000 * part + whole) // (2 * whole)
    return f"{parts // 10_000}.{parts % 10_000:04d}"
