"""Discount cards that are valid, and phones that several buyers claim (facts/odata 4, row 13)."""

import pandas as pd

from freesport_pipelines.domain.card_phones import card_phone
from freesport_pipelines.profiles.frames import CARDS, NOBODY, numbered, read


def valid_cards(cards: pd.DataFrame) -> pd.DataFrame:
    """Cards that are not marked for deletion, by id: onec_id, holder (the owner, else the card), phone, description."""
    rows = read(cards, CARDS)
    rows = rows[~rows["is_marked"].astype(bool)].sort_values("onec_id", ignore_index=True)
    ids, (card, owner) = numbered(rows["onec_id"], rows["owner_onec_id"])
    phones = [card_phone(text) if isinstance(text, str) else None for text in rows["phone"]]
    return pd.DataFrame(
        {
            "onec_id": rows["onec_id"],
            "holder": pd.Series(card).where(owner == NOBODY, owner).map(lambda number: ids[number]).astype(object),
            "phone": pd.Series(phones, dtype=object),
            "description": rows["description"],
        }
    )


def phone_conflicts(cards: pd.DataFrame) -> pd.DataFrame:
    """phone, owner_onec_ids (sorted list): phones on valid cards of several owners, who are never merged."""
    claims = valid_cards(cards).dropna(subset="phone")[["phone", "holder"]].drop_duplicates()
    owners = claims.groupby("phone")["holder"].agg(sorted)
    conflicts = owners[owners.map(len) > 1]
    return pd.DataFrame({"phone": conflicts.index, "owner_onec_ids": conflicts.to_numpy()})
