"""Registers whose rows come grouped by their document (facts/odata, section 1.5 a): by windows that fit into one page.

Sets of movements heed no order, so there is no second page: a window that holds more documents than a page is
narrowed. A set comes whole, with its rows outside the window, and those are left to their own window.
"""

from typing import ClassVar

from freesport_pipelines.odata.asking import PageSize
from freesport_pipelines.odata.decoding import Page, RawRow, flattened
from freesport_pipelines.odata.errors import FilterIgnoredError
from freesport_pipelines.odata.predicates import Wanted, Window
from freesport_pipelines.odata.query import Query
from freesport_pipelines.odata.windows import Rows, Windows

BY_DOCUMENT = ("Recorder", "Recorder_Type", "RecordSet")
KEY = ("Recorder_Type", "Recorder", "Recorder_Key")


class Documents(Windows):
    """One reading of a register by its documents; counts are of documents."""

    pages_meant: ClassVar[float] = 0.7
    most_pages: ClassVar[float] = 1

    def _ask(self, window: Window, *, skip: int = 0, with_count: bool = False, is_total: bool = False) -> Page:
        return self._page(window, self._size)

    def _page(self, window: Window, size: PageSize) -> Page:
        wanted = self._wanted.during(window)
        page = self._asking.sized_page(
            self._entity,
            size,
            lambda entity: Query(BY_DOCUMENT, wanted.text_of_documents(entity), with_count=True),
        )
        if not all(self._movements(recorded, wanted) for recorded in page.rows):
            raise FilterIgnoredError("a document outside the filter came back", entity=self._entity.name)
        return page

    def _movements(self, recorded: RawRow, wanted: Wanted) -> list[RawRow]:
        return [row for row in flattened([recorded]) if wanted.holds(row, self._entity)]

    def _take(self, rows: Rows, page: Page) -> None:
        rows.update((tuple(str(row.get(name, "")).lower() for name in KEY), row) for row in page.rows)

    def _flat(self, window: Window, rows: Rows) -> list[RawRow]:
        wanted = self._wanted.during(window)
        return [movement for recorded in rows.values() for movement in self._movements(recorded, wanted)]

    def _read_second(self, window: Window, rows: Rows) -> int:
        """More documents than a page within one second: all of them at once."""
        page = self._page(window, PageSize(self._total(self._ask(window))))
        self._take(rows, page)
        return self._total(page)
