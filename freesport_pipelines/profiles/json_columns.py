"""JSON text for many owners at once, without a loop over owners. Money is written out exactly, never as a float."""

from collections.abc import Iterable

import numpy as np
import orjson

from freesport_pipelines.profiles.choices import Texts
from freesport_pipelines.profiles.frames import Ints


def money_text(kopecks: int) -> str:
    """-5 → "-0.05"."""
    sign, whole = ("-", -kopecks) if kopecks < 0 else ("", kopecks)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def quantity_text(thousandths: int) -> str:
    """2000 → "2", 1500 → "1.5"."""
    sign, whole = ("-", -thousandths) if thousandths < 0 else ("", thousandths)
    fraction = f".{whole % 1000:03d}".rstrip("0").rstrip(".")
    return f"{sign}{whole // 1000}{fraction}"


def quoted(values: Iterable[object]) -> list[str]:
    """Each value as JSON."""
    return [orjson.dumps(value).decode() for value in values]


def joined(positions: Ints, entries: list[str], size: int, brackets: str = "[]") -> Texts:
    """The entries of each owner 0 … size-1 between brackets, in the order given.

    :param positions: the owner of each entry, ascending
    """
    texts: Texts = np.full(size, brackets, dtype=object)
    if not entries:
        return texts
    is_first = np.diff(positions, prepend=-1) != 0
    parts = np.array(entries, dtype=object)
    parts[~is_first] = "," + parts[~is_first]
    starts = np.flatnonzero(is_first)
    texts[positions[starts]] = brackets[0] + np.add.reduceat(parts, starts) + brackets[1]
    return texts
