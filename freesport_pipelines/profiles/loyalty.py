"""Bonus points on cards (facts/odata 4, row 25). Points are in hundredths inside, like kopecks."""

from typing import Literal

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.attribution import People
from freesport_pipelines.profiles.frames import CARDS, LOYALTY, NOBODY, numbered, read


def card_balances(movements: pd.DataFrame, as_of: pd.Timestamp, sign: Literal["resource", "record_type"]) -> pd.Series:
    """Hundredths of points of each card that ever moved, as of then; below zero stays below zero.

    :param sign: `resource`: accrued - spent, whatever the record type (a register that keeps a positive "spent" on
        its Expense rows must not be negated twice); `record_type`: what the row holds, added for a Receipt and taken
        away for an Expense. A row without a record type is read as `resource`.
    """
    rows = read(movements, LOYALTY)
    _, (card,) = numbered(rows["card_onec_id"])
    rows = rows[rows["is_active"] & (card != NOBODY)]
    accrued, spent = rows["accrued_kopecks"], rows["spent_kopecks"]
    points = accrued - spent
    if sign == "record_type":
        points = points.where(rows["record_type"] != "Receipt", accrued + spent)
        points = points.where(rows["record_type"] != "Expense", -(accrued + spent))
    counted = points.where(rows["period"] <= as_of, 0)
    return counted.groupby(rows["card_onec_id"]).sum()


def with_shown_cards(cards: pd.DataFrame, people: People) -> pd.DataFrame:
    """The cards of the catalogue, and those that it has lost, as of the one owner whom the card register names.

    A card deleted in 1C keeps its movements of points.
    """
    pairs, ids = people.cards.drop_duplicates("card", keep=False), people.ids.to_numpy()
    shown = pd.DataFrame({"onec_id": ids[pairs["card"]], "owner_onec_id": ids[pairs["owner"]]}, dtype=object)
    lost = shown[~shown["onec_id"].isin(cards["onec_id"])]
    return pd.concat([cards, lost.assign(phone=None, is_marked=True)], ignore_index=True) if len(lost) else cards


def owner_balances(balances: pd.Series, cards: pd.DataFrame, technical: frozenset[str]) -> pd.Series:
    """The balances of all cards of whoever owns them today; a card without owner, or with a technical one, is alone."""
    known = read(cards, CARDS)
    ids, (card, owner, moved) = numbered(known["onec_id"], known["owner_onec_id"], pd.Series(balances.index))
    has_owner = (owner != NOBODY) & ~known["owner_onec_id"].isin(technical).to_numpy()
    owners = np.arange(len(ids))
    owners[card[has_owner]] = owner[has_owner]
    return pd.Series(balances.to_numpy(np.int64)).groupby(ids.to_numpy()[owners[moved]]).sum()
