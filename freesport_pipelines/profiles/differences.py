"""The shape of a finding of the reconciliation."""

from collections.abc import Iterable

import pandas as pd

DIFFERENCE = ["check", "subject", "expected_kopecks", "found_kopecks"]


def difference(
    check: str, subjects: Iterable[str], expected: Iterable[int] | None, found: Iterable[int] | None
) -> pd.DataFrame:
    """Rows of DIFFERENCE: 1C ids, and what should be and is there of each; None where nobody can say."""
    rows = pd.DataFrame({"subject": list(subjects)}, dtype=object)
    for name, kopecks in (("expected_kopecks", expected), ("found_kopecks", found)):
        rows[name] = pd.Series([None] * len(rows) if kopecks is None else list(kopecks), dtype="Int64")
    return rows.assign(check=check)[DIFFERENCE]
