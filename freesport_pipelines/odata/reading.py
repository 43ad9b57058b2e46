"""One reading of one entity: blocks of typed rows, and at the very end a summary.

The summary exists only when everything was read and checked. Whoever stores rows does it in one transaction that is
committed after the last block: an exception out of the iteration means that nothing of it may be kept.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple
from zoneinfo import ZoneInfo

from freesport_pipelines.odata.asking import Asking, PageSize
from freesport_pipelines.odata.decoding import RawRow
from freesport_pipelines.odata.documents import Documents
from freesport_pipelines.odata.errors import (
    FieldUnknownError,
    NotPublishedError,
    WhereRefusedError,
)
from freesport_pipelines.odata.fields import Entity, RowT
from freesport_pipelines.odata.pages import Pages
from freesport_pipelines.odata.predicates import Wanted
from freesport_pipelines.odata.scan import Cap, Scan
from freesport_pipelines.odata.windows import GroupedRowsError, Windows

log = logging.getLogger(__name__)

BLOCK_ROWS = 1000
SCAN_CAP = Cap(rows=500_000, seconds=3600)
"""How far a register is read whole when 1C refuses the filter (facts/odata, section 2.4)."""


class Summary(NamedTuple):
    """How a reading went; for the metadata of a run."""

    entity: str
    rows: int
    requests: int
    """Attempts that were sent, by all readings of this client meanwhile."""
    is_published: bool
    """False: an optional entity that 1C does not publish. There are no rows, which is not the same as zero."""
    is_degraded: bool
    """True: 1C refused the filter, and the register was read whole."""
    allowed_only: bool
    """True: rows that the user may not see are silently missing."""
    chosen_field: str
    """Which of the candidate fields this configuration has; empty where there are none."""
    unpublished_fields: tuple[str, ...]
    """Optional fields that were read as nothing."""


class Reading(Generic[RowT]):
    """Iterate once, to the end."""

    def __init__(
        self,
        asking: Asking,
        entity: Entity[RowT],
        zone: ZoneInfo,
        size: PageSize,
        *,
        wanted: Wanted | None = None,
        ready: Callable[[], None] = lambda: None,
        cap: Cap = SCAN_CAP,
    ) -> None:
        """Ask nothing yet.

        :param wanted: what of a register; None for a whole catalogue
        :param ready: raises if filters cannot be trusted (the canary)
        """
        self._asking = asking
        self._entity = entity
        self._zone = zone
        self._pages = Pages(size)
        self._wanted = wanted
        self._ready = ready
        self._cap = cap
        self._is_degraded = False
        self._is_begun = False
        self._summary: Summary | None = None

    def __iter__(self) -> Iterator[list[RowT]]:
        """Blocks of rows, in the order of time for registers. Raises OnecError when the reading is not complete."""
        if self._is_begun:
            raise RuntimeError("a reading is iterated once")
        self._is_begun = True
        sent, rows, is_published = self._asking.requests.sent, 0, True
        try:
            for block in self._raw_blocks():
                entity = self._asking.fitted(self._entity)
                for first in range(0, len(block), BLOCK_ROWS):
                    part = block[first : first + BLOCK_ROWS]
                    rows += len(part)
                    yield [entity.row(raw, self._zone) for raw in part]
        except NotPublishedError as error:
            if self._entity.is_mandatory or self._pages.has_come:  # what vanishes midway was published
                raise
            log.warning("%s; it is optional and skipped", error)
            is_published = False
        entity = self._asking.fitted(self._entity)
        self._summary = Summary(
            entity.name,
            rows,
            self._asking.requests.sent - sent,
            is_published,
            self._is_degraded,
            self._asking.allowed_only,
            entity.chosen_wire,
            tuple(sorted(entity.wanting)),
        )

    @property
    def summary(self) -> Summary:
        """How it went; RuntimeError before the last block was taken, so that a part never looks like the whole."""
        if self._summary is None:
            raise RuntimeError("this reading has not come to its end")
        return self._summary

    def rows(self) -> list[RowT] | None:
        """Everything at once, for what is small; None if an optional entity is not published."""
        found = [row for block in self for row in block]
        return found if self.summary.is_published else None

    def _raw_blocks(self) -> Iterator[list[RawRow]]:
        if self._wanted is None:
            yield from Scan(self._asking, self._entity, self._pages).pages()
            return
        self._ready()
        if self._entity.is_grouped:
            yield from Documents(self._asking, self._entity, self._pages, self._wanted).blocks()
            return
        windows = Windows(self._asking, self._entity, self._pages, self._wanted).blocks()
        try:
            first = next(windows, None)
        except (GroupedRowsError, FieldUnknownError) as error:
            if isinstance(error, FieldUnknownError) and self._entity.period not in error.names:
                raise
            log.warning("%s answers with sets of movements, read as such", self._entity.name)
            yield from Documents(self._asking, self._entity, self._pages, self._wanted).blocks()
            return
        except WhereRefusedError:
            log.warning("%s: 1C refuses the filter, the register is read whole", self._entity.name)
            self._is_degraded = True
            yield from self._whole_register(self._wanted)
            return
        if first is not None:
            yield first
            yield from windows

    def _whole_register(self, wanted: Wanted) -> Iterator[list[RawRow]]:
        for page in Scan(self._asking, self._entity, self._pages, cap=self._cap).pages():
            yield [row for row in page if wanted.holds(row, self._asking.fitted(self._entity))]
