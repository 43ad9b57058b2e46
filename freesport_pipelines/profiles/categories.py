"""Where a category stands in its tree. Cycles and missing parents end in "unknown" (facts/odata 3.3, check 62)."""

from collections.abc import Mapping

import pandas as pd

from freesport_pipelines.profiles.frames import CATEGORIES, NOBODY, numbered, read

UNKNOWN = "unknown"


def category_paths(categories: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Names from the root down to each category, by its id.

    A category whose ancestors run in a circle or are not there keeps its own name; what should be above is UNKNOWN.
    """
    rows = read(categories, CATEGORIES)
    ids, (own, parent) = numbered(rows["onec_id"], rows["parent_onec_id"])
    names = dict(zip(own.tolist(), rows["name"].tolist(), strict=True))
    parents = dict(zip(own.tolist(), parent.tolist(), strict=True))
    return {str(ids[number]): tuple(_path(number, names, parents)) for number in names}


def _path(number: int, names: Mapping[int, str], parents: Mapping[int, int]) -> list[str]:
    path = [_name(names[number])]
    seen = {number}
    while (number := parents[number]) != NOBODY:
        if number in seen or number not in names:
            return [UNKNOWN, path[-1]]
        seen.add(number)
        path.insert(0, _name(names[number]))
    return path


def _name(text: object) -> str:
    return text if isinstance(text, str) and text else UNKNOWN
