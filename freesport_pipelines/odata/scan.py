"""All rows of an entity by `$skip`, whole or not at all (facts/odata, section 2.5).

Nothing is given out before the keys read agree with 1C's count at the start and at the end. Counts alone do not show
that a row deleted before the cursor and another one inserted behind it pushed a third one out: so pages overlap by one
row, which must be the same. Until then the rows wait packed, so that memory stays small; a scan that does not agree is
repeated.
"""

import json
import logging
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from freesport_pipelines.odata.asking import Asking, counted
from freesport_pipelines.odata.decoding import Page, RawRow
from freesport_pipelines.odata.errors import IncompleteReadError, RepeatedPageError, ScanCapError
from freesport_pipelines.odata.fields import Entity, key_of
from freesport_pipelines.odata.pages import Pages
from freesport_pipelines.odata.query import Query

log = logging.getLogger(__name__)

RESCANS = 2
"""How often a scan is repeated before it is given up."""


class Cap(NamedTuple):
    """How far a scan without a filter may go."""

    rows: int
    seconds: float


class Scan:
    """One reading of an entity by offsets."""

    def __init__(
        self,
        asking: Asking,
        entity: Entity[Any],
        pages: Pages,
        *,
        cap: Cap | None = None,
    ) -> None:
        """Say what to read.

        :param cap: raise ScanCapError beyond it
        """
        self._asking = asking
        self._entity = entity
        self._pages = pages
        self._cap = cap
        self._deadline = asking.requests.pace.clock() + cap.seconds if cap else float("inf")

    def pages(self) -> Iterator[list[RawRow]]:
        """The rows, each once. Raises before the first one if they cannot be had completely."""
        for _ in range(1 + RESCANS):
            attempt = _Attempt()
            self._run(attempt)
            if attempt.is_whole:
                yield from attempt.unpacked()
                return
            log.warning("%s: %s; scanning again", self._entity.name, attempt)
        raise IncompleteReadError(f"{attempt}, {1 + RESCANS} times", entity=self._entity.name)

    def _run(self, attempt: "_Attempt") -> None:
        """Read until the end, or until rows turn out to have moved."""
        previous: list[tuple[str, ...]] = []
        while not attempt.is_at_end:
            page = self._page(attempt)
            self._check_count(page)
            entity = self._asking.fitted(self._entity)
            keys = [key_of(row, entity) for row in page.rows]
            if keys and keys == previous:
                raise RepeatedPageError("the same page came twice", entity=self._entity.name)
            attempt.take(page, keys)
            self._pages.came(len(keys), is_last=attempt.is_at_end)
            self._check_cap(attempt)
            if not keys or attempt.has_moved:
                return
            previous = keys

    def _page(self, attempt: "_Attempt") -> Page:
        """Counting costs 1C a full pass, so it is asked on the first and on the last page only."""
        with_count = not attempt.totals or attempt.skip + self._pages.expected >= attempt.totals[0]
        page = self._asking.sized_page(
            self._entity,
            self._pages.size,
            lambda entity: Query(
                entity.select,
                order=entity.total_order,
                skip=attempt.skip,
                with_count=with_count,
            ),
        )
        self._pages.has_come = True
        if with_count:
            counted(page, self._entity)
        return page if with_count else page._replace(total=None)

    def _check_count(self, page: Page) -> None:
        """Not one page more of what cannot be read to its end."""
        if self._cap is not None and page.total is not None and page.total > self._cap.rows:
            raise ScanCapError(
                f"{page.total:,} rows are more than may be read without a filter", entity=self._entity.name
            )

    def _check_cap(self, attempt: "_Attempt") -> None:
        if self._cap is None:
            return
        if attempt.read > self._cap.rows or self._asking.requests.pace.clock() > self._deadline:
            raise ScanCapError("the scan without a filter reached its cap", entity=self._entity.name)


class _Attempt:
    """What one pass has read."""

    def __init__(self) -> None:
        self.skip = 0
        """Where the next page begins."""
        self.read = 0
        self.totals: list[int] = []
        self.keys: set[tuple[str, ...]] = set()
        self.has_moved = False
        """Did a page not begin with the row with which the one before ended?"""
        self.is_at_end = False
        self._last: tuple[str, ...] | None = None
        """The key of the row with which the next page must begin."""
        self._packed: list[bytes] = []

    def take(self, page: Page, keys: list[tuple[str, ...]]) -> None:
        """Keep what is new of a page."""
        self.has_moved = self._last is not None and keys[:1] != [self._last]
        fresh = {key: row for key, row in zip(keys, page.rows, strict=True) if key not in self.keys}
        self.keys |= fresh.keys()
        self._packed.append(zlib.compress(json.dumps(list(fresh.values()), default=str).encode(), 1))
        self.read = self.skip + len(keys)
        if page.total is not None:
            self.totals.append(page.total)
        self.is_at_end = page.total is not None and self.read >= page.total
        # a server that gives single rows leaves no room for an overlap
        self.skip, self._last = (self.read - 1, keys[-1]) if len(keys) > 1 else (self.read, None)

    @property
    def is_whole(self) -> bool:
        return self.is_at_end and not self.has_moved and {len(self.keys)} == set(self.totals)

    def unpacked(self) -> Iterator[list[RawRow]]:
        for packed in self._packed:
            yield json.loads(zlib.decompress(packed))

    def __str__(self) -> str:
        counted = " then ".join(f"{total:,}" for total in self.totals)
        moved = ", and rows have moved meanwhile" if self.has_moved else ""
        return f"{len(self.keys):,} different rows were read and {counted} counted{moved}"
