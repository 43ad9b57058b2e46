"""The profiles: one row per buyer, put together from what the other files of this room know."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.choices import Texts, chosen
from freesport_pipelines.profiles.favourites import favourites
from freesport_pipelines.profiles.frames import Ints, pieces, roubles
from freesport_pipelines.profiles.json_columns import joined, quoted
from freesport_pipelines.profiles.ledger import Bucket, Ledger
from freesport_pipelines.profiles.loyalty import card_balances, owner_balances, with_shown_cards
from freesport_pipelines.profiles.recorders import Role
from freesport_pipelines.profiles.revenue import MONEY, counted, half_up, revenue, visits
from freesport_pipelines.profiles.rfm import rfm
from freesport_pipelines.profiles.rhythm import days_ago, first_and_last, rhythm
from freesport_pipelines.profiles.seasonality import by_month, months_of_year, year_months

RECEIPT, AGGREGATE, MIXED = "receipt", "aggregate", "mixed"
YEAR = pd.DateOffset(years=1)

COLUMNS = {
    "owner_onec_id": "the counterparty, or the card if it had no owner",
    "owner_kind": "counterparty or card",
    "card_onec_ids": "JSON: cards that were shown, and today's valid ones",
    "gross_revenue": "what was sold: receipt_revenue + report_revenue; Decimal, like all money",
    "receipt_revenue": "by sale receipts",
    "report_revenue": "by shift reports that repeat no receipts",
    "returns": "given back, negative",
    "net_revenue": "gross_revenue + returns",
    "opening_revenue": "opening balances; they count nowhere else",
    "lifetime_revenue": "net_revenue + opening_revenue",
    "currency": "of all money",
    "receipt_count": "sale receipts",
    "return_count": "documents of return",
    "line_count": "lines of sale receipts",
    "item_count": "pieces bought less pieces given back, Decimal",
    "average_check": "receipt_revenue / receipt_count, half up; None without receipts",
    "average_line": "receipt_revenue / line_count, half up",
    "visit_days": "distinct local days with a sale receipt",
    "mean_gap_days": "days between them",
    "median_gap_days": "days between them",
    "purchase_frequency": "see rules; None if unknown",
    "first_purchase_at": "UTC",
    "last_purchase_at": "UTC",
    "first_purchase_date": "local, YYYY-MM-DD",
    "last_purchase_date": "local, YYYY-MM-DD",
    "days_since_last_purchase": "local days up to as_of",
    "favourite_products": "JSON, best first",
    "favourite_categories": "JSON, best first",
    "favourite_brands": "JSON, best first",
    "favourite_stores": "JSON, best first",
    "seasonality_by_month": "JSON by YYYY-MM",
    "seasonality_by_month_of_year": "JSON by 1-12",
    "rfm_recency": "1-5",
    "rfm_frequency": "1-5",
    "rfm_monetary": "1-5",
    "rfm_total": "3-15",
    "segment": "see rules; None if unknown",
    "bonus_balance": "points, Decimal; None if 1C publishes none",
    "receipt_granularity": "receipt; aggregate (shift reports only: checks are unknown); mixed; None: no sale",
    "warnings": "JSON: what to know before relying on the row",
    "as_of": "UTC",
}
"""The columns of a profile, in order, and what they hold."""


def build_profiles(ledger: Ledger) -> pd.DataFrame:
    """One row per buyer with money in the registers, in the order of their ids; COLUMNS says what it holds.

    The same rows in any order give the same bytes. No personal data are in it: `people.contacts` has them.
    """
    return pd.concat(profile_batches(ledger), ignore_index=True)


def profile_batches(ledger: Ledger, buyers: int = 20_000) -> Iterator[pd.DataFrame]:
    """The same rows, so many buyers at a time: their texts need more memory than the registers do."""
    lines = ledger.in_bucket(Bucket.PROFILE)
    numbers, bonuses = np.unique(lines["owner"]), _bonuses(ledger)
    for begin in range(0, max(len(numbers), 1), buyers):
        owners = pd.Index(numbers[begin : begin + buyers])
        yield _profiles(lines[lines["owner"].isin(owners)], owners, bonuses, ledger)


def _profiles(lines: pd.DataFrame, owners: pd.Index, bonuses: pd.Series | None, ledger: Ledger) -> pd.DataFrame:
    documents = visits(lines)
    money = revenue(lines, owners)
    parts = [
        _identity(owners, ledger),
        money,
        _counts(documents, money),
        rhythm(documents, owners, ledger.rules.frequencies),
        first_and_last(documents, owners),
        favourites(lines, owners, ledger),
    ]
    profiles = pd.concat(parts, axis=1)
    profiles["days_since_last_purchase"] = days_ago(profiles["last_purchase_date"], _today(ledger)).astype("Int64")
    profiles["receipt_granularity"] = _granularity(documents, profiles["receipt_count"])
    profiles = pd.concat([profiles, _seasons(lines, documents, profiles, ledger), _scores(profiles, ledger)], axis=1)
    profiles["bonus_balance"] = _bonus(profiles["owner_onec_id"], bonuses)
    profiles["warnings"] = _warnings(lines, owners, profiles, ledger)
    return _in_roubles(profiles)[list(COLUMNS)].reset_index(drop=True)


def _today(ledger: Ledger) -> str:
    return str(ledger.as_of.tz_convert(ledger.zone).date())


def _identity(owners: pd.Index, ledger: Ledger) -> pd.DataFrame:
    people = ledger.people
    numbers = owners.to_numpy(np.int64)
    pairs = people.cards[people.cards["owner"].isin(owners)].sort_values(["owner", "card"])
    cards = joined(owners.get_indexer(pairs["owner"]), quoted(people.ids.to_numpy()[pairs["card"]]), len(owners))
    return pd.DataFrame(
        {
            "owner_onec_id": people.ids.to_numpy()[numbers],
            "owner_kind": np.where(people.is_card[numbers], "card", "counterparty").astype(object),
            "card_onec_ids": cards,
            "currency": ledger.rules.currency,
            "as_of": ledger.as_of,
        },
        index=owners,
    )


def _counts(documents: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    receipts = counted(documents, money.index, Role.SALE)
    sold = money["receipt_revenue"]
    return pd.DataFrame(
        {
            "receipt_count": receipts,
            "return_count": counted(documents, money.index, Role.RETURN),
            "average_check": _averages(half_up(sold, receipts), receipts),
            "average_line": _averages(half_up(sold, money["line_count"]), money["line_count"]),
        }
    )


def _averages(kopecks: Ints, count: pd.Series) -> pd.Series:
    return pd.Series(kopecks, count.index, dtype="Int64").where(count > 0)


def _granularity(documents: pd.DataFrame, receipts: pd.Series) -> Texts:
    has_reports = counted(documents, receipts.index, Role.REPORT) > 0
    has_receipts = receipts > 0
    return chosen(len(receipts), (has_reports & has_receipts, MIXED), (has_reports, AGGREGATE), (has_receipts, RECEIPT))


def _seasons(lines: pd.DataFrame, documents: pd.DataFrame, profiles: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    months = by_month(lines, documents)
    has_a_year = pd.to_datetime(profiles["first_purchase_date"]) + YEAR <= pd.Timestamp(_today(ledger))
    return pd.DataFrame(
        {
            "seasonality_by_month": year_months(months, profiles.index),
            "seasonality_by_month_of_year": months_of_year(months, profiles.index, has_a_year),
        },
        index=profiles.index,
    )


def _scores(profiles: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    days = profiles["days_since_last_purchase"].astype("float64")
    return rfm(days, profiles["receipt_count"], profiles["net_revenue"], ledger.rules.rfm)


def _bonuses(ledger: Ledger) -> pd.Series | None:
    """Points of each owner id; None: 1C publishes none, which is not 0 (check 41)."""
    if ledger.tables.loyalty is None:
        return None
    balances = card_balances(ledger.tables.loyalty, ledger.as_of, ledger.rules.loyalty_sign)
    cards = with_shown_cards(ledger.tables.cards, ledger.people)
    return owner_balances(balances, cards, ledger.rules.technical_counterparties)


def _bonus(owner_ids: pd.Series, bonuses: pd.Series | None) -> pd.Series:
    if bonuses is None:
        return pd.Series(pd.NA, owner_ids.index, dtype="Int64")
    return pd.Series(bonuses.reindex(owner_ids, fill_value=0).to_numpy(), owner_ids.index, dtype="Int64")


def _warnings(lines: pd.DataFrame, owners: pd.Index, profiles: pd.DataFrame, ledger: Ledger) -> Texts:
    is_unknown = (ledger.documents["role"] == Role.UNKNOWN).to_numpy()[lines["document"].to_numpy()]
    found = {
        "aggregate_receipts": profiles["receipt_granularity"].isin([AGGREGATE, MIXED]),
        "negative_bonus_balance": (profiles["bonus_balance"] < 0).fillna(False),
        "shift_report_differs": owners.isin(lines["owner"][lines["is_doubtful"]]),
        "undated_rows": owners.isin(lines["owner"][~lines["is_dated"]]),
        "unknown_recorder_type": owners.isin(lines["owner"][is_unknown]),
    }
    position, flag = np.nonzero(np.column_stack([np.asarray(mask, bool) for mask in found.values()]))
    names = quoted(found)
    return joined(position, [names[number] for number in flag], len(owners))


def _in_roubles(profiles: pd.DataFrame) -> pd.DataFrame:
    money = [*MONEY, "gross_revenue", "net_revenue", "lifetime_revenue"]
    money += ["average_check", "average_line", "bonus_balance"]
    units = dict.fromkeys(money, roubles) | {"item_count": pieces}
    decimals = {
        column: pd.Series(
            [None if value is pd.NA else unit(value) for value in profiles[column].tolist()],
            profiles.index,
            dtype=object,
        )
        for column, unit in units.items()
    }
    return profiles.assign(**decimals)
