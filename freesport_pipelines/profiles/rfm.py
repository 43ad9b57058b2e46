"""Recency, frequency, monetary value, and the segment they make (facts/odata 4, row 22). F counts receipts."""

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.choices import chosen
from freesport_pipelines.profiles.rules import Rfm


def rfm(days_since: pd.Series, receipts: pd.Series, net_kopecks: pd.Series, rules: Rfm) -> pd.DataFrame:
    """rfm_recency, rfm_frequency, rfm_monetary (1-5 each), rfm_total and segment of each owner.

    All are missing for whoever has no dated sale receipt: a shift report does not say how many receipts it holds.
    """
    is_known = (receipts > 0) & days_since.notna()
    limits = [100 * roubles for roubles in rules.net_revenue]
    scores = pd.DataFrame(
        {
            "rfm_recency": 5 - np.searchsorted(rules.recency_days, days_since.fillna(0), side="left"),
            "rfm_frequency": 1 + np.searchsorted(rules.receipts, receipts, side="right"),
            "rfm_monetary": 1 + np.searchsorted(limits, net_kopecks, side="right"),
        },
        index=receipts.index,
    )
    scores["rfm_total"] = scores.sum(axis=1)
    segment = chosen(len(scores), *((scores["rfm_total"] >= lowest, name) for name, lowest in rules.segments))
    out = scores.astype("Int64").where(is_known)
    out["segment"] = chosen(len(out), (is_known, segment))
    return out
