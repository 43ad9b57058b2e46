"""Shift reports repeat the receipts of the day: counted once, never judged by the hour (facts/odata 4, row 7)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.frames import Bools, Ints, summed
from freesport_pipelines.profiles.recorders import Role

SHIFT = ["organization", "store", "day"]
TOTALS = ["reports_kopecks", "receipts_kopecks"]


class ShiftReports(NamedTuple):
    """What became of the reports. The masks have one value per row."""

    is_dropped: Bools
    """Of a report that says product by product what the receipts say: its money must not count again."""
    is_doubtful: Bools
    """Of a report that says something else than the receipts: it counts, and somebody must look."""
    differences: pd.DataFrame
    """The doubtful shifts: SHIFT and TOTALS."""


def compared(rows: pd.DataFrame) -> ShiftReports:
    """Compare the reports of each store and local day with its receipts, product by product.

    Where there are only reports, nothing is dropped: they are all that is known of the day.

    :param rows: dated rows with SHIFT, `product`, `role`, `is_summed_up`, `kopecks`, `thousandths`
    """
    is_report = (rows["role"] == Role.REPORT).to_numpy()
    places = np.flatnonzero(is_report | rows["is_summed_up"].to_numpy())
    taken, of_report = rows.iloc[places], is_report[places]
    shifts = taken.groupby(SHIFT, sort=True)
    shift, count = shifts.ngroup().to_numpy(), shifts.ngroups
    has_both = (summed(shift, of_report, count) > 0) & (summed(shift, ~of_report, count) > 0)
    differs = has_both & _differing(taken, shift, of_report, count)
    return ShiftReports(
        _marked(len(rows), places[of_report & (has_both & ~differs)[shift]]),
        _marked(len(rows), places[of_report & differs[shift]]),
        _differences(taken, shift, of_report)[differs].reset_index(drop=True),
    )


def _differing(taken: pd.DataFrame, shift: Ints, of_report: Bools, count: int) -> Bools:
    """Which shifts have a product whose amount or quantity in the reports is not that of the receipts."""
    cells = taken.assign(shift=shift).groupby(["shift", "product"], sort=True)
    cell = cells.ngroup().to_numpy()
    sign = np.where(of_report, 1, -1)
    differs = np.zeros(count, bool)
    for column in ("kopecks", "thousandths"):
        left = summed(cell, sign * taken[column].to_numpy(), cells.ngroups)
        np.logical_or.at(differs, shift, left[cell] != 0)
    return differs


def _differences(taken: pd.DataFrame, shift: Ints, of_report: Bools) -> pd.DataFrame:
    kopecks = taken["kopecks"].to_numpy()
    split = taken[SHIFT].assign(
        reports_kopecks=np.where(of_report, kopecks, 0), receipts_kopecks=np.where(of_report, 0, kopecks)
    )
    return split.groupby(SHIFT, sort=True)[TOTALS].sum().reset_index()


def _marked(size: int, places: Ints) -> Bools:
    mask = np.zeros(size, bool)
    mask[places] = True
    return mask
