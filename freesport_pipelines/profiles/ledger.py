"""Every row of the registers, judged once: whose it is, what it is, whether its money counts. All else reads this."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.attribution import People, holder_of_document, owners_of, people
from freesport_pipelines.profiles.documents import Documents, documents
from freesport_pipelines.profiles.frames import CARDS, NOBODY, SALES, SALES_BY_CARD, Bools, Tables, numbered, read
from freesport_pipelines.profiles.recorders import Role
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines.profiles.shift_reports import compared

EARLIEST = pd.Timestamp("2000-01-01", tz="UTC")
"""A date before it is garbage (facts/odata, section 1.2): the money counts, the date says nothing."""
MONTHS_BEFORE_1970 = 1970 * 12


class Bucket(IntEnum):
    """Where the money of a row goes. Each active row of the register is in exactly one."""

    PROFILE = 0
    ANONYMOUS = 1
    EXCLUDED = 2
    """Of a technical counterparty."""
    DROPPED = 3
    """Of a shift report that repeats receipts."""
    LATER = 4
    """After `as_of`."""


@dataclass(frozen=True)
class Ledger:
    """The judged rows, and what the numbers in them stand for."""

    tables: Tables
    rules: Rules
    zone: str
    as_of: pd.Timestamp
    lines: pd.DataFrame
    """One row per active row of the register: document, line_number, owner, product, store (numbers), kind, bucket,
    kopecks, thousandths, moment (UTC), local (tenant zone, like the next two), day (since 1970), month (year * 12 +
    month - 1), is_dated, is_doubtful (of a shift report that differs from the receipts), is_from_cards (an opening
    balance that only the card register has)."""
    documents: pd.DataFrame
    """See `documents.Documents`; with `holder`, see `attribution`."""
    people: People
    products: pd.Index
    stores: pd.Index
    shift_differences: pd.DataFrame
    only_in_cards: pd.DataFrame
    """Active rows of the card register without their document in the register of sales, opening balances aside."""

    def in_bucket(self, bucket: Bucket) -> pd.DataFrame:
        """The lines whose money goes there."""
        return self.lines[self.lines["bucket"] == bucket]


class _Places(NamedTuple):
    products: pd.Index
    stores: pd.Index


def read_ledger(tables: Tables, *, zone: str, as_of: datetime, rules: Rules | None = None) -> Ledger:
    """Judge all rows.

    :param zone: the tenant's zone, such as Europe/Moscow; days and months are counted in it
    :param as_of: aware; nothing later is known. Raises ValueError if it has no zone.
    :raises FrameError: see `frames.read`
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a zone")
    rules, now = rules or Rules(), pd.Timestamp(as_of).tz_convert("UTC")
    sales, by_card = _active(read(tables.sales, SALES)), _active(read(tables.sales_by_card, SALES_BY_CARD))
    found = documents(sales, by_card, rules.recorders)
    persons = people(sales, by_card, read(tables.cards, CARDS), rules, documents=found.of_card_row)
    found.table["holder"] = holder_of_document(found.of_card_row, persons.holder, len(found.table))
    lines, places = _sold(sales, found, persons, zone)
    lines["bucket"] = np.where(sales["period"] > now, Bucket.LATER, lines["bucket"])
    differences = _settle_reports(lines, sales, found)
    openings, only_in_cards = _only_in_cards(by_card, found, persons, zone)
    openings = openings[~(openings.pop("period") > now)]
    lines = pd.concat([lines.assign(is_from_cards=False), openings], ignore_index=True)
    return Ledger(tables, rules, zone, now, lines, found.table, persons, *places, differences, only_in_cards)


def _active(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["is_active"]].reset_index(drop=True)


def _sold(sales: pd.DataFrame, found: Documents, persons: People, zone: str) -> tuple[pd.DataFrame, _Places]:
    holder = found.table["holder"].to_numpy()[found.of_sale]
    owner, is_technical = owners_of(persons.customer, holder, persons.technical)
    products, (product,) = numbered(sales["product_onec_id"])
    stores, (store,) = numbered(sales["warehouse_onec_id"])
    lines = _line(sales, zone).assign(document=found.of_sale, owner=owner, product=product, store=store)
    lines["kind"] = found.table["kind"].to_numpy()[found.of_sale]
    lines["bucket"] = np.where(
        owner != NOBODY, Bucket.PROFILE, np.where(is_technical, Bucket.EXCLUDED, Bucket.ANONYMOUS)
    )
    return lines, _Places(products, stores)


def _line(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    period = rows["period"].where(rows["period"] >= EARLIEST)
    local = period.dt.tz_convert(zone).dt.tz_localize(None)
    is_dated = local.notna().to_numpy()
    moments = local.fillna(pd.Timestamp(0)).to_numpy()
    return pd.DataFrame(
        {
            "line_number": pd.to_numeric(rows["line_number"]).astype(np.int64),
            "kopecks": rows["amount_kopecks"],
            "thousandths": rows["quantity_thousandths"],
            "moment": period.dt.tz_localize(None),
            "local": local,
            "day": moments.astype("datetime64[D]").astype(np.int64),
            "month": moments.astype("datetime64[M]").astype(np.int64) + MONTHS_BEFORE_1970,
            "is_dated": is_dated,
        }
    )


def _settle_reports(lines: pd.DataFrame, sales: pd.DataFrame, found: Documents) -> pd.DataFrame:
    """Mark the lines of shift reports; return the shifts that differ."""
    lines["is_doubtful"] = False
    role = found.table["role"].to_numpy()[found.of_sale]
    if not (role == Role.REPORT).any():
        return pd.DataFrame(columns=["store", "day", "reports_kopecks", "receipts_kopecks"])
    is_judged = (lines["is_dated"] & (lines["bucket"] != Bucket.LATER)).to_numpy()
    rows = lines[["document", "moment", "store", "day", "product", "kopecks", "thousandths"]].assign(
        role=role,
        is_summed_up=found.table["is_summed_up"].to_numpy()[found.of_sale],
        organization=numbered(sales["organization_onec_id"])[1][0],
    )
    reports = compared(rows[is_judged])
    lines.loc[_spread(is_judged, reports.is_dropped), "bucket"] = Bucket.DROPPED
    lines.loc[_spread(is_judged, reports.is_doubtful), "is_doubtful"] = True
    return reports.differences


def _spread(is_judged: Bools, mask: Bools) -> Bools:
    full = np.zeros(len(is_judged), bool)
    full[is_judged] = mask
    return full


def _only_in_cards(
    by_card: pd.DataFrame, found: Documents, persons: People, zone: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Opening balances that the register of sales lacks, as lines; and the other rows that it lacks, as they came."""
    documents = found.table.iloc[found.of_card_row]
    is_extra = ~documents["is_sold"].to_numpy()
    is_opening = is_extra & (documents["role"] == Role.OPENING).to_numpy()
    owner = persons.holder[is_opening]
    openings = _line(by_card[is_opening], zone).assign(
        document=found.of_card_row[is_opening],
        owner=owner,
        product=NOBODY,
        store=NOBODY,
        kind=int(Role.OPENING),
        bucket=np.where(owner != NOBODY, Bucket.PROFILE, Bucket.ANONYMOUS),
        is_doubtful=False,
        is_from_cards=True,
        period=by_card["period"][is_opening],
    )
    return openings, by_card[is_extra & ~is_opening]
