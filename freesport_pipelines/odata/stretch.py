"""Rows of a window page by page: each page begins at the second of the last row before it (facts/odata, section 2.5).

A time can be compared, a reference cannot; so the rows of that one second come twice, and nothing is lost between two
pages whatever is inserted or deleted meanwhile. Where one second fills much of a page its rows are told apart by
offsets in a total order, which 1C sorts more slowly. Every such page overlaps the one before by one row, so that a
shift is noticed.

Ten pages make a stretch. Its end is counted: the rows read before the last page's first second must be as many as 1C
counted from the first page on, less those that it counts from the last page on. So pages are always full, and the last
one opens the next stretch.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple, Protocol

from freesport_pipelines.odata.decoding import Page, RawRow
from freesport_pipelines.odata.pages import Pages
from freesport_pipelines.odata.predicates import Window

HELD_PAGES = 10
DENSE = 8
"""A second is read by offsets if it fills at least this part of a page, which would come twice otherwise."""

Key = tuple[str, ...]
Rows = dict[Key, RawRow]


class ChangedError(Exception):
    """The rows read and the rows counted disagree: something changed meanwhile, or the server lost something."""


class UnorderedError(Exception):
    """The server does not keep the order that it was asked for."""


class TooManyError(Exception):
    """The window holds more rows than it may."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


class Place(NamedTuple):
    """Where a page begins."""

    start: datetime
    skip: int = 0
    is_total: bool = False
    """In a total order?"""
    follows: Key | None = None
    """The key that the first row must have."""


class Part(NamedTuple):
    """All rows from the start of a window up to `end`."""

    rows: Rows
    end: datetime
    ahead: tuple[Place, Page] | None = None
    """The page that begins at `end`, with the count of what is left of the window; None at the window's end."""


class Source(Protocol):
    """Whom a stretch asks."""

    pages: Pages

    def ask(self, window: Window, place: Place, *, with_count: bool) -> Page:
        """The page at a place in a window."""

    def count(self, window: Window) -> int:
        """How many rows 1C counts in a window."""

    def total(self, page: Page) -> int:
        """The count of a page that was asked for it."""

    def keyed(self, rows: list[RawRow]) -> Rows:
        """Rows by their keys."""

    def period(self, row: RawRow) -> datetime:
        """When a row was."""


class Stretch:
    """One reading of a window, as far as ten pages go."""

    def __init__(self, source: Source, window: Window, check_total: Callable[[int], None]) -> None:
        """Ask nothing yet.

        :param check_total: raises if the window holds too many rows
        """
        self._source = source
        self._window = window
        self._check_total = check_total
        self._held: Rows = {}
        """Before the second at which the page begins."""
        self._open: Rows = {}
        """Of that very second, if it is read by offsets."""
        self._pages = 0

    def read(self, ahead: tuple[Place, Page] | None) -> Part:
        """Read on from a page that is here already, or from the start."""
        place, page = ahead or (Place(self._window.start), None)
        if page is None:
            page = self._ask(place, with_count=True)
            if len(page.rows) < self._source.total(page):
                self._check_total(self._source.total(page))
        total = self._source.total(page)
        while True:
            self._check_order(place, page)
            if part := self._finished(place, page, total):
                return part
            is_stuck = not page.rows or (place.skip > 0 and self._source.keyed(page.rows).keys() <= self._open.keys())
            if is_stuck and page.total is not None:
                raise ChangedError("rows that 1C counts do not come")
            if not is_stuck:
                place = self._advance(place, page)
            left = total - len(self._held) - len(self._open)
            with_count = is_stuck or left <= self._source.pages.expected or self._is_enough(place)
            page = self._ask(place, with_count=with_count)

    def _ask(self, place: Place, *, with_count: bool) -> Page:
        self._pages += 1
        return self._source.ask(Window(place.start, self._window.end), place, with_count=with_count)

    def _is_enough(self, place: Place) -> bool:
        """A stretch ends where a second begins, so that the page there can be counted with all that follows."""
        return self._pages >= HELD_PAGES and place.skip == 0 and bool(self._held)

    def _check_order(self, place: Place, page: Page) -> None:
        periods = [self._source.period(row) for row in page.rows]
        if any(earlier > later for earlier, later in pairwise(periods)):
            raise UnorderedError
        if place.follows and page.rows and place.follows not in self._source.keyed(page.rows[:1]):
            raise ChangedError("rows have moved between two pages")

    def _finished(self, place: Place, page: Page, total: int) -> Part | None:
        """All rows up to the end of the window or of the stretch, if it is reached and the counts agree."""
        found = self._open | self._source.keyed(page.rows)
        is_last = page.total == len(found)
        self._source.pages.came(len(page.rows), is_last=is_last)
        if page.total is None or not (is_last or (self._pages > HELD_PAGES and self._held and not place.skip)):
            return None
        self._check_held(place.start, total - page.total)
        if is_last:
            return Part(self._held | found, self._window.end)
        return Part(self._held, place.start, (place, page))

    def _check_held(self, end: datetime, counted: int) -> None:
        """Rows that were added or removed further on spoil the difference of the counts: then ask for this one."""
        if not self._held or len(self._held) == counted:
            return
        counted = self._source.count(Window(self._window.start, end))
        if len(self._held) != counted:
            raise ChangedError(f"{len(self._held):,} rows were read and {counted:,} counted")

    def _advance(self, place: Place, page: Page) -> Place:
        """Keep what a page holds before its last second; that one is asked for again, or continued by offsets."""
        last = self._source.period(page.rows[-1])
        tail = sum(self._source.period(row) == last for row in page.rows)
        before, at_last = page.rows[:-tail], self._source.keyed(page.rows[-tail:])
        if last > place.start:
            self._held |= self._open | self._source.keyed(before)
            self._open = {}
        is_total = tail * DENSE >= len(page.rows)
        is_continued = place.is_total and is_total and not (self._pages >= HELD_PAGES and last > place.start)
        if not is_continued:
            return Place(last, is_total=is_total)
        self._open |= at_last
        read = tail + (place.skip if last == place.start else 0)
        if len(page.rows) == 1:
            return Place(last, read, is_total=True)
        return Place(last, read - 1, is_total=True, follows=next(reversed(at_last)))
