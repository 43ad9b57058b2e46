"""Shift reports repeat the receipts of the shift: counted once, never judged by the hour (facts/odata 4, row 7).

A report is dropped only where it says product by product what receipts say; which receipts may be meant is tried in an
order: those since the report before, which may cross midnight, then those of the local day. Each receipt is repeated
once.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.closings import closings
from freesport_pipelines.profiles.frames import NOBODY, Bools, Ints, summed
from freesport_pipelines.profiles.recorders import Role

SHIFT = ["organization", "store", "day"]
TOTALS = ["reports_kopecks", "receipts_kopecks"]
Shifts = Callable[[pd.DataFrame], Ints]


class ShiftReports(NamedTuple):
    """What became of the reports. The masks have one value per row."""

    is_dropped: Bools
    """Of a report that says product by product what the receipts say: its money must not count again."""
    is_doubtful: Bools
    """Of a report that says something else than the receipts: it counts, and somebody must look."""
    differences: pd.DataFrame
    """The doubtful shifts: SHIFT and TOTALS."""


def compared(rows: pd.DataFrame) -> ShiftReports:
    """Compare the reports of each store with its receipts, product by product.

    Where there are only reports, also for the day before, nothing is dropped: they are all that is known of the day.

    :param rows: dated rows with SHIFT, `document`, `moment`, `product`, `role`, `is_summed_up`, `kopecks`,
        `thousandths`
    """
    is_report = (rows["role"] == Role.REPORT).to_numpy()
    places = np.flatnonzero(is_report | rows["is_summed_up"].to_numpy())
    taken = rows.iloc[places].assign(is_report=is_report[places]).reset_index(drop=True)
    is_repeated = np.zeros(len(taken), bool)
    for stores, shifts_of in _ways(taken):
        rest = taken.assign(store=stores)[~is_repeated]
        if not rest["is_report"].any():
            break
        is_repeated[rest.index[_equal(rest, shifts_of(rest))]] = True
    doubtful, differences = _doubtful(taken.assign(store=_only_stores(taken)), is_repeated)
    return ShiftReports(
        _marked(len(rows), places[is_repeated & taken["is_report"].to_numpy()]),
        _marked(len(rows), places[doubtful]),
        differences,
    )


def _ways(taken: pd.DataFrame) -> Iterator[tuple[pd.Series | Ints, Shifts]]:
    """What may be meant by a shift: first with the stores as they are written, then with those that can be meant."""
    for shifts_of in (closings, _days):
        yield taken["store"], shifts_of
        yield _only_stores(taken), shifts_of


def _only_stores(taken: pd.DataFrame) -> Ints:
    """The store of each row; where 1C says none, the only one of the organization, if it has just one."""
    named = taken[taken["store"] != NOBODY].groupby("organization")["store"].agg(["min", "max"])
    only = named["min"].where(named["min"] == named["max"], NOBODY)
    meant = only.reindex(taken["organization"], fill_value=NOBODY).to_numpy(np.int64)
    store = taken["store"].to_numpy(np.int64)
    found: Ints = np.where(store == NOBODY, meant, store)
    return found


def _days(rest: pd.DataFrame) -> Ints:
    days: Ints = _of_their_day(rest).groupby(SHIFT, sort=True).ngroup().to_numpy(np.int64)
    return days


def _of_their_day(rest: pd.DataFrame) -> pd.DataFrame:
    """A shift that closes after midnight is reported on the next day: its report belongs to the day of its receipts.

    Moved are reports on a day without receipts, after a day that has receipts and no report.
    """
    kinds = rest.groupby(SHIFT)["is_report"].agg(["any", "all"])
    lonely = kinds.index[kinds["all"].to_numpy()]
    before = pd.MultiIndex.from_arrays(
        [lonely.get_level_values(0), lonely.get_level_values(1), lonely.get_level_values(2) - 1], names=SHIFT
    )
    waits = (~kinds["any"]).reindex(before, fill_value=False).to_numpy(bool)
    is_late = rest["is_report"] & pd.MultiIndex.from_frame(rest[SHIFT]).isin(lonely[waits])
    return rest.assign(day=rest["day"] - is_late)


def _equal(rest: pd.DataFrame, shift: Ints) -> Bools:
    """Which rows are of a shift whose reports say what its receipts say.

    :param shift: of each row; NOBODY: of none
    """
    count = shift.max(initial=NOBODY) + 1
    is_report, is_placed = rest["is_report"].to_numpy(bool), shift != NOBODY
    has_both = np.append(
        _seen(shift[is_placed & is_report], count) & _seen(shift[is_placed & ~is_report], count), False
    )
    tried: Bools = has_both[shift]
    equals: Bools = ~np.append(_differing(rest[tried], shift[tried], count), False)
    return tried & equals[shift]


def _seen(shift: Ints, count: int) -> Bools:
    seen = np.zeros(count, bool)
    seen[shift] = True
    return seen


def _differing(rows: pd.DataFrame, shift: Ints, count: int) -> Bools:
    """Which shifts have a product whose amount or quantity in the reports is not that of the receipts."""
    cells = rows.assign(shift=shift).groupby(["shift", "product"], sort=True)
    cell = cells.ngroup().to_numpy()
    sign = np.where(rows["is_report"], 1, -1)
    differs = np.zeros(count, bool)
    for column in ("kopecks", "thousandths"):
        left = summed(cell, sign * rows[column].to_numpy(), cells.ngroups)
        np.logical_or.at(differs, shift, left[cell] != 0)
    return differs


def _doubtful(taken: pd.DataFrame, is_repeated: Bools) -> tuple[Bools, pd.DataFrame]:
    """Reports that repeat no receipts although their day has some, and what both say; by row, and by day."""
    rows = _of_their_day(taken[~is_repeated])
    shifts = rows.groupby(SHIFT, sort=True)
    shift, count = shifts.ngroup().to_numpy(), shifts.ngroups
    is_report = rows["is_report"].to_numpy()
    of_receipts = pd.MultiIndex.from_frame(taken.loc[~taken["is_report"], SHIFT].drop_duplicates())
    has_both = is_report & pd.MultiIndex.from_frame(rows[SHIFT]).isin(of_receipts)
    is_listed = _seen(shift[has_both], count) & _differing(rows, shift, count)
    of_listed = _marked(len(taken), rows.index[is_report & is_listed[shift]].to_numpy())
    return of_listed, _totals(rows)[is_listed].reset_index(drop=True)


def _totals(rows: pd.DataFrame) -> pd.DataFrame:
    kopecks, is_report = rows["kopecks"], rows["is_report"]
    split = rows[SHIFT].assign(
        reports_kopecks=kopecks.where(is_report, 0), receipts_kopecks=kopecks.where(~is_report, 0)
    )
    return split.groupby(SHIFT, sort=True)[TOTALS].sum().reset_index()


def _marked(size: int, places: Ints) -> Bools:
    mask = np.zeros(size, bool)
    mask[places] = True
    return mask
