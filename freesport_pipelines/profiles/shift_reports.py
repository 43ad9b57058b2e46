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

    Where there are only reports, also for the day before, nothing is dropped: they are all that is known of the day.

    :param rows: dated rows with SHIFT, `product`, `role`, `is_summed_up`, `kopecks`, `thousandths`
    """
    is_report = (rows["role"] == Role.REPORT).to_numpy()
    places = np.flatnonzero(is_report | rows["is_summed_up"].to_numpy())
    of_report = is_report[places]
    taken = _of_their_shift(rows.iloc[places], of_report)
    shifts = taken.groupby(SHIFT, sort=True)
    shift, count = shifts.ngroup().to_numpy(), shifts.ngroups
    has_both = (summed(shift, of_report, count) > 0) & (summed(shift, ~of_report, count) > 0)
    differs = has_both & _differing(taken, shift, of_report, count)
    return ShiftReports(
        _marked(len(rows), places[of_report & (has_both & ~differs)[shift]]),
        _marked(len(rows), places[of_report & differs[shift]]),
        _differences(taken, shift, of_report)[differs].reset_index(drop=True),
    )


def _of_their_shift(taken: pd.DataFrame, of_report: Bools) -> pd.DataFrame:
    """A shift that closes after midnight is reported on the next day: its report belongs to the day of its receipts.

    Moved are reports on a day without receipts, after a day that has receipts and no report.
    """
    kinds = taken[SHIFT].assign(report=of_report).groupby(SHIFT)["report"].agg(["any", "all"])
    lonely = kinds.index[kinds["all"].to_numpy()]
    before = pd.MultiIndex.from_arrays(
        [lonely.get_level_values(0), lonely.get_level_values(1), lonely.get_level_values(2) - 1], names=SHIFT
    )
    waits = (~kinds["any"]).reindex(before, fill_value=False).to_numpy(bool)
    is_late = of_report & pd.MultiIndex.from_frame(taken[SHIFT]).isin(lonely[waits])
    return taken.assign(day=taken["day"].to_numpy() - is_late)


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
