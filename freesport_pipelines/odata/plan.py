"""How wide the next window is."""

from datetime import datetime, timedelta

from freesport_pipelines.odata.predicates import SECOND, Window

MOST_GROWTH = 8
GROWTH_AFTER_FAILURE = 2
"""Of empty windows, after 1C failed at the amount; the others stay as they are."""
HALVINGS = 4
"""How often a window is halved because 1C fails at it, before that is an error."""


class Plan:
    """The widths of one reading; what is known of the rows ahead is used."""

    def __init__(self, end: datetime, width: timedelta) -> None:
        self._end = end
        self._width = width
        self._has_failed = False
        self._halvings = 0
        self._known_end: datetime | None = None
        self._known_rows = 0
        """Between here and `_known_end`."""

    def window(self, start: datetime) -> Window:
        """The window that begins here."""
        return Window(start, start + self._width if self._width < self._end - start else self._end)

    def too_many(self, window: Window, total: int, meant: float) -> None:
        """The window holds more than fits: narrow it."""
        self._known_end, self._known_rows = window.end, total
        self._width = scaled(window.width, min(0.7, meant / total))

    def failed(self, window: Window, widest: timedelta) -> bool:
        """1C fails at the window: halve it; False if that is of no use."""
        self._halvings += 1
        self._has_failed = True
        self._width = min(scaled(window.width, 0.5), widest)
        return self._halvings <= HALVINGS and window.width > SECOND

    def done(self, window: Window, rows: int, meant: float, fitting: int) -> None:
        """A window was read. One that fitted is never followed by a narrower one, an empty one by a wider one.

        :param meant: how many rows a window should have
        :param fitting: how many rows a window can have
        """
        self._halvings = 0
        growth = MOST_GROWTH if not self._has_failed else GROWTH_AFTER_FAILURE if not rows else 1
        self._width = scaled(window.width, max(1, min(growth, meant / rows if rows else growth)))
        self._known_rows -= rows
        if self._known_end is None or self._known_end <= window.end or self._known_rows <= 0:
            self._known_end = None
            return
        left = self._known_end - window.end
        if self._known_rows <= fitting:
            self._width = left if not self._has_failed else min(left, self._width)
        elif self._width >= left:
            self._width = scaled(left, 0.5)


def scaled(width: timedelta, by: float) -> timedelta:
    """A width in whole seconds, never less than one; a thousand years are for ever."""
    return min(max(SECOND, timedelta(seconds=int(width.total_seconds() * by))), timedelta(days=365_000))
