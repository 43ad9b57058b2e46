"""Registers whose rows come grouped by their document (facts/odata, section 1.5 a): by windows that fit into one page.

Sets of movements heed no order, so there is no second page: a window that holds more documents than a page is
narrowed. A set comes whole, with its rows outside the window, and those are left to their own window.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from freesport_pipelines.odata.asking import PageSize
from freesport_pipelines.odata.decoding import Page, RawRow, flattened
from freesport_pipelines.odata.errors import FilterIgnoredError
from freesport_pipelines.odata.fields import Entity, key_of
from freesport_pipelines.odata.predicates import Wanted, Window
from freesport_pipelines.odata.query import Query
from freesport_pipelines.odata.stretch import Key, Place, Rows
from freesport_pipelines.odata.windows import Windows

BY_DOCUMENT = ("Recorder", "Recorder_Type", "RecordSet")
KEY = ("Recorder_Type", "Recorder", "Recorder_Key")


def by_document(entity: Entity[Any]) -> tuple[str, ...]:
    """What to ask a grouped register for, given the *fitted* entity.

    A register that only one type of document writes has Recorder_Key instead of Recorder and Recorder_Type. Whoever
    asks for sets of movements (counting_documents, client.peek) builds the select with this within its `build`, so that
    it is made anew when the entity turned out to be different; BY_DOCUMENT is the usual case only.
    """
    return ("Recorder_Key", "RecordSet") if "Recorder_Key" in entity.key else BY_DOCUMENT


def counting_documents(entity: Entity[Any], wanted: Wanted | None) -> Query:
    """Asks how many documents there are: of a window, or of the whole register."""
    where = wanted.text_of_documents(entity) if wanted else ""
    return Query(by_document(entity), where, top=0, with_count=True)


class Documents(Windows):
    """One reading of a register by its documents; counts are of documents."""

    is_ordered: ClassVar[bool] = False

    def _page(self, window: Window, place: Place, size: PageSize, *, with_count: bool) -> Page:
        wanted = self._wanted.during(window)
        page = self._asking.sized_page(
            self._entity,
            size,
            lambda entity: Query(by_document(entity), wanted.text_of_documents(entity), with_count=with_count),
        )
        self.pages.has_come = True
        if not all(self._movements(recorded, wanted) for recorded in page.rows):
            raise FilterIgnoredError("a document outside the filter came back", entity=self._entity.name)
        return page

    def _movements(self, recorded: RawRow, wanted: Wanted) -> list[RawRow]:
        entity = self._asking.fitted(self._entity)
        return [row for row in flattened([recorded]) if wanted.holds(row, entity)]

    def keyed(self, rows: list[RawRow]) -> Rows:
        """Sets of movements by their documents."""
        return {tuple(str(row.get(name, "")).lower() for name in KEY): row for row in rows}

    def _flat(self, window: Window, rows: Rows) -> list[RawRow]:
        wanted = self._wanted.during(window)
        return [movement for recorded in rows.values() for movement in self._movements(recorded, wanted)]

    def _keys(self, rows: Rows, movements: list[RawRow]) -> Iterable[Key]:
        entity = self._asking.fitted(self._entity)
        return (key_of(row, entity) for row in movements)

    def count(self, window: Window) -> int:
        """How many documents 1C counts in a window."""
        wanted = self._wanted.during(window)
        return self._asking.count(self._entity, lambda entity: counting_documents(entity, wanted))
