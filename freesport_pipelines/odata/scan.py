"""All rows of an entity by `$skip`, whole or not at all (facts/odata, section 2.5).

Nothing is given out before the keys read agree with 1C's count at the start and at the end. Until then the rows wait
packed, so that memory stays small; a scan that does not agree is repeated.
"""

import json
import logging
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from freesport_pipelines.odata.asking import Asking, PageSize
from freesport_pipelines.odata.decoding import Page, RawRow
from freesport_pipelines.odata.errors import IncompleteReadError, RepeatedPageError, ScanCapError
from freesport_pipelines.odata.fields import Entity, key_of
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
        size: PageSize,
        *,
        cap: Cap | None = None,
    ) -> None:
        """Say what to read.

        :param cap: raise ScanCapError beyond it
        """
        self._asking = asking
        self._entity = entity
        self._size = size
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
            log.warning("%s: %d rows read, %s counted; scanning again", self._entity.name, len(attempt.keys), attempt)
        raise IncompleteReadError(
            f"{len(attempt.keys):,} different rows were read and {attempt} counted, {1 + RESCANS} times",
            entity=self._entity.name,
        )

    def _run(self, attempt: "_Attempt") -> None:
        previous: list[tuple[str, ...]] = []
        while not attempt.is_at_end:
            page = self._page(attempt)
            entity = self._asking.fitted(self._entity)
            keys = [key_of(row, entity) for row in page.rows]
            if keys and keys == previous:
                raise RepeatedPageError("the same page came twice", entity=self._entity.name)
            previous = keys
            attempt.take(page, keys)
            self._check_cap(attempt)
            if not page.rows:
                return
            if len(page.rows) < self._size.rows and not attempt.is_at_end:
                self._size.cap(len(page.rows))

    def _page(self, attempt: "_Attempt") -> Page:
        """Counting costs 1C a full pass, so it is asked on the first and on the last page only."""
        with_count = not attempt.totals or attempt.skip + self._size.rows >= attempt.totals[0]
        page = self._asking.sized_page(
            self._entity,
            self._size,
            lambda entity: Query(
                entity.select,
                order=entity.total_order,
                skip=attempt.skip,
                with_count=with_count,
            ),
        )
        if with_count and page.total is None:
            raise IncompleteReadError("the server does not say how many rows there are", entity=self._entity.name)
        return page

    def _check_cap(self, attempt: "_Attempt") -> None:
        if self._cap is None:
            return
        if attempt.skip > self._cap.rows or self._asking.requests.pace.clock() > self._deadline:
            raise ScanCapError("the scan without a filter reached its cap", entity=self._entity.name)


class _Attempt:
    """What one pass has read."""

    def __init__(self) -> None:
        self.skip = 0
        self.totals: list[int] = []
        self.keys: set[tuple[str, ...]] = set()
        self._packed: list[bytes] = []

    def take(self, page: Page, keys: list[tuple[str, ...]]) -> None:
        fresh = {key: row for key, row in zip(keys, page.rows, strict=True) if key not in self.keys}
        self.keys |= fresh.keys()
        self._packed.append(zlib.compress(json.dumps(list(fresh.values()), default=str).encode(), 1))
        self.skip += len(page.rows)
        if page.total is not None:
            self.totals.append(page.total)

    @property
    def is_at_end(self) -> bool:
        return bool(self.totals) and self.skip >= self.totals[-1]

    @property
    def is_whole(self) -> bool:
        return {len(self.keys)} == set(self.totals)

    def unpacked(self) -> Iterator[list[RawRow]]:
        for packed in self._packed:
            yield json.loads(zlib.decompress(packed))

    def __str__(self) -> str:
        return " then ".join(f"{total:,}" for total in self.totals)
