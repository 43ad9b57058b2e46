"""The documents behind the rows of both registers: one per recorder type and recorder (facts/odata 4, row 1)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import NOBODY, Ints, numbered, summed
from freesport_pipelines.profiles.receipts import kinds
from freesport_pipelines.profiles.recorders import RecorderTypes


class Documents(NamedTuple):
    """The documents of both registers, and which row is of which."""

    table: pd.DataFrame
    """recorder, recorder_type, role, kind, kopecks (of the register of sales), is_sold (it is in that register)."""
    of_sale: Ints
    of_card_row: Ints


def documents(sales: pd.DataFrame, by_card: pd.DataFrame, types: RecorderTypes) -> Documents:
    """Number the documents in the order of their ids, and say what each one is."""
    recorders, recorder = numbered(sales["recorder"], by_card["recorder"])
    names, name = numbered(sales["recorder_type"], by_card["recorder_type"])
    recorder_number = np.concatenate(recorder)
    keys = recorder_number * (len(names) + 1) + known_types(recorder_number, np.concatenate(name)) + 1
    found, document = np.unique(keys, return_inverse=True)
    of_sale, of_card_row = np.split(document, [len(sales)])
    type_number = found % (len(names) + 1) - 1
    type_names: list[str | None] = [*names, None]
    role = np.array([types.role(type_name) for type_name in type_names], np.int64)[type_number]
    kopecks = summed(of_sale, sales["amount_kopecks"], len(found))
    thousandths = summed(of_sale, sales["quantity_thousandths"], len(found))
    table = pd.DataFrame(
        {
            "recorder": recorders.to_numpy()[found // (len(names) + 1)],
            "recorder_type": np.array(type_names, dtype=object)[type_number],
            "role": role,
            "kind": kinds(role, kopecks, thousandths),
            "kopecks": kopecks,
            "is_sold": summed(of_sale, np.ones(len(sales)), len(found)) > 0,
            "is_summed_up": np.array([types.is_summed_up(type_name) for type_name in type_names])[type_number],
        }
    )
    return Documents(table, of_sale, of_card_row)


def known_types(recorders: Ints, types: Ints) -> Ints:
    """The type of each row; a row without one has the only type that other rows give its recorder.

    A register that one type of document alone writes is published without Recorder_Type: the id must do.
    """
    lowest = np.full(recorders.max(initial=NOBODY) + 2, np.iinfo(np.int64).max)
    highest = np.full(len(lowest), NOBODY)
    is_known = types != NOBODY
    np.minimum.at(lowest, recorders[is_known], types[is_known])
    np.maximum.at(highest, recorders[is_known], types[is_known])
    return np.where(is_known, types, np.where(lowest == highest, highest, NOBODY)[recorders])
