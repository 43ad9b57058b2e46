"""Rows of a register or journal by windows of time, each window whole or not at all (facts/odata, section 2.5).

A window holds some pages. Within it, a full page is continued at the time of its last row: a time can be compared, a
reference cannot. The rows of that one second come twice and are told apart by their key, so nothing is lost between
two pages, and almost every page is full. What does not fit that is handled apart: more than a page within one second
goes by `$skip`, a server that does not keep the order has the window bisected. At the end of a window the rows
must be as many as 1C counted before.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar

from freesport_pipelines.odata.asking import Asking, PageSize
from freesport_pipelines.odata.decoding import Page, RawRow, is_record_set
from freesport_pipelines.odata.errors import FilterIgnoredError, HeavyQueryError, IncompleteReadError, RepeatedPageError
from freesport_pipelines.odata.fields import Entity, key_of
from freesport_pipelines.odata.predicates import SECOND, Wanted, Window, period_of
from freesport_pipelines.odata.query import Query

log = logging.getLogger(__name__)

FIRST_WIDTH = timedelta(days=31)
"""Of the first window; of one card all is asked for at once, because it is little."""
MOST_GROWTH = 8
RESCANS = 2
HALVINGS = 4
"""How often a window is halved because 1C fails at it, before that is an error."""

Rows = dict[tuple[str, ...], RawRow]


class GroupedRowsError(Exception):
    """The register answers with sets of movements: it must be read as such."""


class _TooManyError(Exception):
    """The window holds more rows than are held in memory."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


class Windows:
    """One reading of a register by time."""

    pages_meant: ClassVar[float] = 9.6
    """How many pages of rows a window is meant to hold: its last page is half empty on average."""
    most_pages: ClassVar[float] = 25
    """A window with more is narrowed before it is read, because a window is held in memory."""

    def __init__(self, asking: Asking, entity: Entity[Any], size: PageSize, wanted: Wanted) -> None:
        self._asking = asking
        self._entity = entity
        self._size = size
        self._wanted = wanted

    def blocks(self) -> Iterator[list[RawRow]]:
        """The rows of one window after the other, each row once. Raises when a window cannot be read completely."""
        start, end = self._wanted.window
        width = FIRST_WIDTH if self._wanted.holder is None else end - start
        growth: float = MOST_GROWTH
        halvings = 0
        while start < end:
            window = Window(start, min(start + width, end) if width < end - start else end)
            try:
                rows = self._whole(window)
            except _TooManyError as error:
                width = _scaled(window.width, self._size.rows * self.pages_meant / error.total)
                continue
            except HeavyQueryError:
                halvings += 1
                if halvings > HALVINGS or window.width <= SECOND:
                    raise
                width, growth = min(_scaled(window.width, 0.5), FIRST_WIDTH), 1
                continue
            if rows:
                yield self._flat(window, rows)
            start, halvings = window.end, 0
            fill = self._size.rows * self.pages_meant / max(len(rows), 1)
            width = _scaled(window.width, min(fill, growth))

    def _flat(self, window: Window, rows: Rows) -> list[RawRow]:
        """The movements in what a window holds."""
        return list(rows.values())

    def _whole(self, window: Window) -> Rows:
        """The rows of a window, as many as 1C counted; read again when it does not agree."""
        for _ in range(1 + RESCANS):
            rows: Rows = {}
            total = self._read(window, rows)
            if len(rows) == total:
                return rows
            log.warning("%s: %d rows read, %d counted; reading again", self._entity.name, len(rows), total)
        raise IncompleteReadError(f"{len(rows):,} rows were read and {total:,} counted", entity=self._entity.name)

    def _read(self, window: Window, rows: Rows) -> int:
        """Collect the rows of a window; return how many 1C counts in it."""
        first = self._ask(window, with_count=True)
        total = self._total(first)
        self._take(rows, first)
        if len(first.rows) >= total or not first.rows:
            return total
        if len(first.rows) < self._size.rows:
            self._size.cap(len(first.rows))
        if total > self.most_pages * self._size.rows and window.width > SECOND:
            raise _TooManyError(total)
        if window.width <= SECOND:
            return self._read_second(window, rows)
        if not self._is_sorted(first):
            return sum(self._read(half, rows) for half in window.halves())
        self._continue(window, rows, first, total)
        return total

    def _continue(self, window: Window, rows: Rows, page: Page, total: int) -> None:
        """Read on from the second of the last row until all are here or nothing new comes."""
        while len(rows) < total and page.rows:
            start = self._period(page.rows[-1])
            if self._is_one_second(page):
                self._read_second(Window(start, start + SECOND), rows)
                start += SECOND
            if start >= window.end:
                return
            rest = Window(start, window.end)
            is_last = total - len(rows) < self._size.rows
            before = len(rows)
            page = self._ask(rest, with_count=is_last)
            self._take(rows, page)
            if not self._is_sorted(page):
                self._read(rest, rows)
                return
            if is_last and len(page.rows) < self._total(page) and len(page.rows) < self._size.rows:
                self._size.cap(len(page.rows))
            elif len(rows) == before and not self._is_one_second(page):
                return

    def _read_second(self, window: Window, rows: Rows) -> int:
        """More than a page within one second: offsets are all that is left."""
        found: Rows = {}
        skip, total = 0, 1
        while skip < total:
            page = self._ask(window, skip=skip, with_count=True, is_total=True)
            total = self._total(page)
            before = len(found)
            self._take(found, page)
            if page.rows and len(found) == before:
                raise RepeatedPageError("the same page came twice", entity=self._entity.name)
            if not page.rows:
                break
            skip += len(page.rows)
        rows.update(found)
        return total

    def _ask(self, window: Window, *, skip: int = 0, with_count: bool = False, is_total: bool = False) -> Page:
        """A page of rows that are what was asked for."""
        wanted = self._wanted.during(window)

        def build(entity: Entity[Any]) -> Query:
            order = entity.total_order if is_total else entity.order
            return Query(entity.select, wanted.text(entity), order, skip=skip, with_count=with_count)

        page = self._asking.sized_page(self._entity, self._size, build)
        if is_record_set(page.rows):
            raise GroupedRowsError
        entity = self._asking.fitted(self._entity)
        if not all(wanted.holds(row, entity) for row in page.rows):
            raise FilterIgnoredError("a row outside the filter came back", entity=entity.name)
        return page

    def _take(self, rows: Rows, page: Page) -> None:
        entity = self._asking.fitted(self._entity)
        rows.update((key_of(row, entity), row) for row in page.rows)

    def _period(self, row: RawRow) -> Any:
        return period_of(row, self._entity)

    def _is_one_second(self, page: Page) -> bool:
        return bool(page.rows) and self._period(page.rows[0]) == self._period(page.rows[-1])

    def _is_sorted(self, page: Page) -> bool:
        periods = [self._period(row) for row in page.rows]
        return all(earlier <= later for earlier, later in pairwise(periods))

    def _total(self, page: Page) -> int:
        if page.total is None:
            raise IncompleteReadError("the server does not say how many rows there are", entity=self._entity.name)
        return page.total


def _scaled(width: timedelta, by: float) -> timedelta:
    """A width in whole seconds, never less than one; a thousand years are for ever."""
    return min(max(SECOND, timedelta(seconds=int(width.total_seconds() * by))), timedelta(days=365_000))
