"""Rows of a register or journal by windows of time, each row once or an error (facts/odata, section 2.5).

Windows bound what 1C has to sort and to count for one page. A server that keeps the order is read page by page
(stretch.py); one that does not, and sets of movements (documents.py), by windows that fit into one page.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from freesport_pipelines.odata.asking import Asking, PageSize, counted
from freesport_pipelines.odata.decoding import Page, RawRow, is_record_set
from freesport_pipelines.odata.errors import (
    ChangedWhileReadError,
    FilterIgnoredError,
    HeavyQueryError,
    IncompleteReadError,
)
from freesport_pipelines.odata.fields import Entity, key_of
from freesport_pipelines.odata.pages import Pages
from freesport_pipelines.odata.plan import Plan
from freesport_pipelines.odata.predicates import SECOND, Wanted, Window, period_of
from freesport_pipelines.odata.query import Query
from freesport_pipelines.odata.stretch import (
    ChangedError,
    Key,
    Part,
    Place,
    Rows,
    Stretch,
    TooManyError,
    UnorderedError,
)
from freesport_pipelines.odata.tally import Tally

log = logging.getLogger(__name__)

FIRST_WIDTH = timedelta(days=31)
"""Of the first window; of one card all is asked for at once, because it is little."""
RESCANS = 2
MEANT_PAGES = 25
"""How many pages of rows a window is meant to hold."""
MOST_PAGES = 120
"""A window with more is narrowed: 1C sorts and counts what is left of it for one page after the other."""
MEANT_OF_A_PAGE = 0.7
"""How full a page is meant to be if the whole window must fit into it."""

Ahead = tuple[Place, Page]


class GroupedRowsError(Exception):
    """The register answers with sets of movements: it must be read as such."""


def counting_rows(entity: Entity[Any], wanted: Wanted | None) -> Query:
    """Asks how many rows there are: of a window, or of the whole register, journal or catalogue."""
    return Query(entity.key, wanted.text(entity) if wanted else "", top=0, with_count=True)


class Windows:
    """One reading of a register by time."""

    is_ordered: ClassVar[bool] = True
    """Is there an order to go by?"""

    def __init__(self, asking: Asking, entity: Entity[Any], pages: Pages, wanted: Wanted) -> None:
        self.pages = pages
        self._asking = asking
        self._entity = entity
        self._wanted = wanted
        self._has_order = self.is_ordered

    def blocks(self) -> Iterator[list[RawRow]]:
        """Some rows after the other, each row once. Raises, if only at the end, when they are not complete."""
        tally = Tally(self.count)
        for window, rows in self._parts():
            movements = self._flat(window, rows)
            tally.take(window, rows, self._keys(rows, movements))
            if movements:
                yield movements
        try:
            tally.check()
        except ChangedError as change:
            raise ChangedWhileReadError(str(change), entity=self._entity.name) from change

    def _parts(self) -> Iterator[tuple[Window, Rows]]:
        """One part of the window after the other, each complete in itself; some are empty."""
        start, end = self._wanted.window
        plan = Plan(end, FIRST_WIDTH if self._wanted.holder is None else end - start)
        ahead: Ahead | None = None
        window, rows = plan.window(start), 0
        while start < end:
            try:
                part = self._part(Window(start, window.end), ahead)
            except UnorderedError:
                log.warning("%s: the server does not keep the order, reading window by window", self._entity.name)
                self._has_order = False
            except TooManyError as error:
                plan.too_many(Window(start, window.end), error.total, self._meant)
            except HeavyQueryError:
                if not plan.failed(Window(start, window.end), FIRST_WIDTH):
                    raise
            else:
                yield Window(start, part.end), part.rows
                start, rows, ahead = part.end, rows + len(part.rows), part.ahead
                if ahead is not None:
                    continue
                plan.done(window, rows, self._meant, self._fitting)
            window, rows, ahead = plan.window(start), 0, None

    @property
    def _meant(self) -> float:
        return MEANT_PAGES * self.pages.size.rows if self._has_order else MEANT_OF_A_PAGE * self.pages.expected

    @property
    def _fitting(self) -> int:
        return MOST_PAGES * self.pages.size.rows if self._has_order else self.pages.expected

    def _part(self, window: Window, ahead: Ahead | None) -> Part:
        """Rows from the start of the window, as many as 1C counts; read again when it does not agree."""
        for _ in range(1 + RESCANS):
            try:
                if self._has_order:
                    return Stretch(self, window, self._check_total).read(ahead)
                return self._one_page(window)
            except ChangedError as change:
                log.warning("%s: %s; reading again", self._entity.name, change)
                ahead, reason = None, str(change)
        raise IncompleteReadError(f"{reason}, {1 + RESCANS} times", entity=self._entity.name)

    def _check_total(self, total: int) -> None:
        if total > self._fitting:
            raise TooManyError(total)

    def _one_page(self, window: Window) -> Part:
        """A window that fits into one page, or TooManyError. Of one second all rows are asked for at once."""
        page = self.ask(window, Place(window.start), with_count=True)
        total = self.total(page)
        is_last = len(page.rows) >= total
        self.pages.came(len(page.rows), is_last=is_last)
        if not is_last and window.width > SECOND:
            raise TooManyError(total)
        if not is_last:
            page = self._page(window, Place(window.start), PageSize(total), with_count=True)
            total = self.total(page)
        rows = self.keyed(page.rows)
        if len(rows) != total:
            raise ChangedError(f"{len(rows):,} rows were read and {total:,} counted")
        return Part(rows, window.end)

    def _flat(self, window: Window, rows: Rows) -> list[RawRow]:
        """The movements in what a window holds."""
        return list(rows.values())

    def _keys(self, rows: Rows, movements: list[RawRow]) -> Iterable[Key]:
        """The keys of these movements."""
        return rows

    def ask(self, window: Window, place: Place, *, with_count: bool) -> Page:
        """A page of rows that are what was asked for."""
        return self._page(window, place, self.pages.size, with_count=with_count)

    def _page(self, window: Window, place: Place, size: PageSize, *, with_count: bool) -> Page:
        wanted = self._wanted.during(window)

        def build(entity: Entity[Any]) -> Query:
            order = entity.total_order if place.is_total else entity.order
            return Query(entity.select, wanted.text(entity), order, skip=place.skip, with_count=with_count)

        page = self._asking.sized_page(self._entity, size, build)
        self.pages.has_come = True
        if not with_count:
            page = page._replace(total=None)
        if is_record_set(page.rows):
            raise GroupedRowsError
        entity = self._asking.fitted(self._entity)
        if not all(wanted.holds(row, entity) for row in page.rows):
            raise FilterIgnoredError("a row outside the filter came back", entity=entity.name)
        return page

    def count(self, window: Window) -> int:
        """How many rows 1C counts in a window."""
        wanted = self._wanted.during(window)
        return self._asking.count(self._entity, lambda entity: counting_rows(entity, wanted))

    def total(self, page: Page) -> int:
        """The count of a page that was asked for it."""
        return counted(page, self._entity)

    def keyed(self, rows: list[RawRow]) -> Rows:
        """Rows by their keys."""
        entity = self._asking.fitted(self._entity)
        return {key_of(row, entity): row for row in rows}

    def period(self, row: RawRow) -> datetime:
        """When a row was."""
        return period_of(row, self._entity)
