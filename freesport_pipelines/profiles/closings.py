"""When a shift ended: which receipts a report closes (facts/odata 4, row 7)."""

import pandas as pd

from freesport_pipelines.profiles.frames import NOBODY, Ints

TILL = ["organization", "store"]
LONGEST_DAYS = 1
"""A shift may begin on the local day before its report, not earlier: what is older is another shift's."""


def closings(rows: pd.DataFrame) -> Ints:
    """The shift of each row by number: of a receipt, the first report of its store that was not made before it.

    Reports of one moment close one shift together. NOBODY: no report closes it, or only one of a later day.

    :param rows: organization, store, day, document, moment, is_report
    """
    timed = _as_closed(rows[[*TILL, "day", "document", "moment", "is_report"]])
    ends = timed[timed["is_report"]].drop_duplicates([*TILL, "moment"]).sort_values("moment", kind="stable")
    ends = ends[[*TILL, "moment"]].assign(closing=range(len(ends)), last_day=ends["day"])
    ordered = timed.assign(place=range(len(timed))).sort_values("moment", kind="stable")
    found = pd.merge_asof(ordered, ends, on="moment", by=TILL, direction="forward").sort_values("place")
    numbers: Ints = found["closing"].where(found["day"] >= found["last_day"] - LONGEST_DAYS, NOBODY).to_numpy("int64")
    return numbers


def _as_closed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a report at the last moment of it: it was made then, whole."""
    made = rows[rows["is_report"]].groupby("document")[["moment", "day"]].transform("max")
    return rows.assign(**{name: made[name].reindex(rows.index).fillna(rows[name]) for name in ("moment", "day")})
