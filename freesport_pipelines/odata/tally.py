"""Is what the parts of one reading gave still so when the last of them has come? (facts/odata, section 2.5)

Each part agrees with 1C's counts by itself (windows.py, stretch.py). But a document that is given another time may
leave a part still to be read for one that was read: then no part misses it. Or the other way: then it comes twice. So
in the end 1C counts again what was read, and no row may have come twice. The newest rows are left out of that count,
because the shop sells there all the time; a sale that is missing is found by the next reading.

Not noticed: a document moved back while another one vanishes from what was read.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from freesport_pipelines.odata.errors import HeavyQueryError
from freesport_pipelines.odata.predicates import Window
from freesport_pipelines.odata.stretch import ChangedError, Key

Hashes: TypeAlias = "array[int]"
"""Of keys: eight bytes each, where the keys themselves would fill the memory."""


class Taken(NamedTuple):
    """What 1C counts in a part that was read: rows, or sets of movements."""

    window: Window
    counted: Hashes


class Tally:
    """Keeps account of one reading."""

    def __init__(self, count: Callable[[Window], int]) -> None:
        """Nothing is read yet.

        :param count: how many rows (or sets of movements) 1C counts in a window
        """
        self._count = count
        self._parts: list[Taken] = []
        self._rows = array("q")

    def take(self, window: Window, counted: Iterable[Key], rows: Iterable[Key]) -> None:
        """Take note of the next part: the keys of what 1C counts, and those of the rows."""
        self._parts.append(Taken(window, array("q", map(hash, counted))))
        self._rows.extend(map(hash, rows))

    def check(self) -> None:
        """Raise ChangedError if rows came twice, or if 1C now counts something else than what was read."""
        if repeated := len(self._rows) - _different(self._rows):
            raise ChangedError(f"{repeated:,} rows came twice")
        newest = max((n for n, part in enumerate(self._parts) if part.counted), default=0)
        self._compare(self._parts[:newest])
        if len(self._parts) - newest > 1:  # empty parts, into which or out of which something may have moved
            self._compare(self._parts[newest:])

    def _compare(self, parts: Sequence[Taken]) -> None:
        """Count parts at once, or in smaller spans where 1C fails at the amount."""
        if not parts:
            return
        try:
            counted = self._count(Window(parts[0].window.start, parts[-1].window.end))
        except HeavyQueryError:
            if len(parts) == 1:
                raise
            middle = len(parts) // 2
            self._compare(parts[:middle])
            self._compare(parts[middle:])
            return
        read = _different(array("q", (key for part in parts for key in part.counted)))  # a set may lie in several
        if read != counted:
            raise ChangedError(f"{read:,} were read and {counted:,} are counted now")


def _different(hashes: Hashes) -> int:
    """How many different ones there are."""
    import numpy as np

    return len(np.unique(np.frombuffer(hashes, np.int64))) if hashes else 0
