"""The documents behind the rows of both registers: one per recorder type and recorder (facts/odata 4, row 1)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import Ints, numbered, summed
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
    keys = np.concatenate(recorder) * (len(names) + 1) + np.concatenate(name) + 1
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
