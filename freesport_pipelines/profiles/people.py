"""Names and phones of buyers: personal data, kept out of the profiles (facts/odata 4, rows 13 and 14)."""

import re
from collections.abc import Iterable

import pandas as pd

from freesport_pipelines.domain.masking import LONG_NUMBER
from freesport_pipelines.profiles.cards import phone_conflicts, valid_cards
from freesport_pipelines.profiles.frames import COUNTERPARTIES, read

_TWO_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")


def real_name(*candidates: object) -> str | None:
    """The first candidate that is a name once phones are cut out of it; None if all are numbers or empty."""
    for text in candidates:
        if not isinstance(text, str):
            continue
        name = " ".join(LONG_NUMBER.sub(" ", text).split()).strip(" ,;:()-+")
        if _TWO_LETTERS.search(name):
            return name
    return None


def contacts(cards: pd.DataFrame, counterparties: pd.DataFrame) -> pd.DataFrame:
    """Who the owners are, by their id (the card's, if it has no owner).

    Columns: name, phone, discount_card_id, is_phone_shared (with another owner: it may not be used to
    log in). Of several valid cards the first with a phone by id, else the first. Marked counterparties keep their
    name; folders are no people.
    """
    rows = read(counterparties, COUNTERPARTIES)
    rows = rows[~rows["is_folder"].astype(bool)].drop_duplicates("onec_id").set_index("onec_id")
    held = valid_cards(cards)
    held = held.assign(has_no_phone=held["phone"].isna()).sort_values(["holder", "has_no_phone", "onec_id"])
    first = held.drop_duplicates("holder").set_index("holder")
    ids = first.index.union(rows.index).sort_values()
    rows, first = rows.reindex(ids), first.reindex(ids)
    shared = set(phone_conflicts(cards)["phone"])
    return pd.DataFrame(
        {
            "name": _column(
                real_name(*candidates)
                for candidates in zip(
                    rows["person_name"], rows["full_name"], rows["description"], first["description"], strict=True
                )
            ),
            "phone": _column(value if isinstance(value, str) else None for value in first["phone"]),
            "discount_card_id": _column(value if isinstance(value, str) else None for value in first["onec_id"]),
            "is_phone_shared": [phone in shared for phone in first["phone"]],
        }
    ).set_axis(ids)


def _column(values: Iterable[object]) -> pd.Series:
    return pd.Series(list(values), dtype=object)
