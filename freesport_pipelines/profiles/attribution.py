"""Whose a sale is (facts/odata 4, rows 9-12): the register's own customer, else the card that was shown.

The register of sales by card says who, never how much: its amounts repeat those of the sales.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import NOBODY, Bools, Ints, numbered
from freesport_pipelines.profiles.rules import Rules

AMBIGUOUS = -2


class People(NamedTuple):
    """Counterparties and cards under common numbers."""

    ids: pd.Index
    customer: Ints
    """Of each sales row."""
    holder: Ints
    """Of each row of the card register: who held the card at that sale; the card itself if it had no owner."""
    technical: Ints
    """Counterparties that stand for everybody."""
    is_card: Bools
    """Of each id."""
    cards: pd.DataFrame
    """Pairs of owner and card, from the register and from today's cards."""


def people(sales: pd.DataFrame, by_card: pd.DataFrame, cards: pd.DataFrame, rules: Rules, *, documents: Ints) -> People:
    """Number everybody who occurs, in the order of the ids, and say who held which card.

    :param documents: the document of each row of the card register
    """
    ids, (customer, card, owner, known_card, card_owner) = numbered(
        sales["customer_onec_id"],
        by_card["card_onec_id"],
        by_card["owner_onec_id"],
        cards["onec_id"],
        cards["owner_onec_id"],
    )
    technical = ids.get_indexer(pd.Index(sorted(rules.technical_counterparties), dtype=object))
    holder_today = _holders(known_card, card_owner, technical)
    owner = _named_in_document(documents, card, owner, technical)
    if rules.takes_owners_from_cards:
        todays = np.append(np.full(len(ids), NOBODY), NOBODY)
        todays[known_card] = card_owner
        owner = np.where(owner == NOBODY, todays[card], owner)
    holder = _holders(card, owner, technical)
    is_card = np.zeros(len(ids), bool)
    is_card[np.concatenate([card[card != NOBODY], known_card])] = True
    is_valid = ~cards["is_marked"].astype(bool).to_numpy()
    pairs = pd.DataFrame(
        {
            "owner": np.concatenate([holder, holder_today[is_valid]]),
            "card": np.concatenate([card, known_card[is_valid]]),
        }
    )
    return People(ids, customer, holder, technical, is_card, pairs[pairs["card"] != NOBODY].drop_duplicates())


def _holders(cards: Ints, owners: Ints, technical: Ints) -> Ints:
    return np.where((owners == NOBODY) | np.isin(owners, technical), cards, owners)


def _named_in_document(documents: Ints, cards: Ints, owners: Ints, technical: Ints) -> Ints:
    """The owner of each row; where a row names none, the one that other rows of its document name for its card."""
    is_open = ((owners == NOBODY) | np.isin(owners, technical)) & (cards != NOBODY)
    is_named = ~is_open & (owners != NOBODY) & np.isin(documents, documents[is_open])
    if not is_named.any():
        return owners
    named = pd.Series(owners[is_named]).groupby([documents[is_named], cards[is_named]]).agg(["min", "max"])
    only = named["min"].where(named["min"] == named["max"], NOBODY)
    shown = pd.MultiIndex.from_arrays([documents[is_open], cards[is_open]])
    beside = only.reindex(shown, fill_value=NOBODY).to_numpy(np.int64)
    found = owners.copy()
    found[is_open] = np.where(beside == NOBODY, owners[is_open], beside)
    return found


def holder_of_document(documents: Ints, holder: Ints, count: int) -> Ints:
    """The one holder that the card register names for each document 0 … count-1.

    NOBODY where it names none, AMBIGUOUS where it names several: such a receipt is nobody's, and is reported.
    """
    is_known = holder != NOBODY
    pairs = pd.DataFrame({"document": documents[is_known], "holder": holder[is_known]}).drop_duplicates()
    named = pairs.groupby("document")["holder"].agg(["min", "max"])
    found = np.full(count, NOBODY, np.int64)
    found[named.index.to_numpy(np.int64)] = np.where(named["min"] == named["max"], named["min"], AMBIGUOUS)
    return found


def owners_of(customers: Ints, card_holders: Ints, technical: Ints) -> tuple[Ints, Bools]:
    """The owner of each sales row, and whether nobody but a technical counterparty is known of it.

    :param card_holders: what the card register says of the row's document
    """
    is_technical = np.isin(customers, technical) & (customers != NOBODY)
    is_named = (customers != NOBODY) & ~is_technical
    owner = np.where(is_named, customers, np.where(card_holders >= 0, card_holders, NOBODY))
    return owner, is_technical & (owner == NOBODY)
