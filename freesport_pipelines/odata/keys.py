"""Objects by their keys: there is no `in`, so keys are joined by `or`, as many as a URL holds (facts/odata, 1.3)."""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, NamedTuple
from zoneinfo import ZoneInfo

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.odata import literals
from freesport_pipelines.odata.asking import Asking
from freesport_pipelines.odata.decoding import RawRow
from freesport_pipelines.odata.errors import FilterIgnoredError, IncompleteReadError, UrlTooLongError
from freesport_pipelines.odata.fields import Entity, RowT
from freesport_pipelines.odata.query import URL_LIMIT, Query, resource

MEASURED = 20
"""Keys in the URL by which the room for one is measured."""


class Found(NamedTuple, Generic[RowT]):
    """Which of the keys exist."""

    rows: list[RowT]
    unknown: tuple[str, ...]
    """Keys that 1C does not know (any more)."""


class Keys(Generic[RowT]):
    """Reads objects of one entity by key."""

    def __init__(self, asking: Asking, entity: Entity[RowT], zone: ZoneInfo) -> None:
        self._asking = asking
        self._entity = entity
        self._zone = zone

    def all(self, keys: Iterable[str]) -> Found[RowT]:
        """Every object of the list, once. Raises ValueError for a malformed key before anything is sent."""
        wanted = list(dict.fromkeys(literals.canonical(key) for key in keys))
        raw: dict[str, RawRow] = {}
        for batch in self._batches(wanted):
            raw |= self._read(batch)
        entity = self._asking.fitted(self._entity)
        rows = [entity.row(raw[key], self._zone) for key in wanted if key in raw]
        return Found(rows, tuple(key for key in wanted if key not in raw))

    def one(self, key: str) -> RowT | None:
        """One object; None if there is none."""
        raw = self._asking.one(self._entity, f"{self._entity.name}({literals.guid(key)})")
        if raw is None:
            return None
        if str(raw.get("Ref_Key", "")).lower() != literals.canonical(key):
            raise FilterIgnoredError("another object came back", entity=self._entity.name)
        row: RowT = self._asking.fitted(self._entity).row(raw, self._zone)
        return row

    def _batches(self, keys: list[str]) -> Iterator[list[str]]:
        """As many keys as a URL holds; each takes the same room in it."""
        one, many = self._length([ZERO_GUID]), self._length([ZERO_GUID] * MEASURED)
        most = max(1, 1 + (URL_LIMIT - one) * (MEASURED - 1) // (many - one))
        for first in range(0, len(keys), most):
            yield keys[first : first + most]

    def _length(self, batch: list[str]) -> int:
        """Of the whole URL, in bytes: it is ASCII."""
        entity = self._asking.fitted(self._entity)
        return len(resource(self._asking.base, entity.name, self._query(batch, entity)))

    def _query(self, batch: list[str], entity: Entity[Any]) -> Query:
        """One row more than asked for may come, so that an ignored filter is noticed cheaply."""
        where = " or ".join(f"Ref_Key eq {literals.guid(key)}" for key in batch)
        return Query(entity.select, where, top=len(batch) + 1, with_count=True)

    def _read(self, batch: list[str]) -> dict[str, RawRow]:
        try:
            page = self._asking.page(self._entity, lambda entity: self._query(batch, entity))
        except UrlTooLongError:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            return self._read(batch[:middle]) | self._read(batch[middle:])
        found = {str(row.get("Ref_Key", "")).lower(): row for row in page.rows}
        if not found.keys() <= set(batch):
            raise FilterIgnoredError("an object outside the list came back", entity=self._entity.name)
        if len(found) == page.total:
            return found
        if len(batch) == 1:
            raise IncompleteReadError("fewer objects came than 1C counts", entity=self._entity.name)
        middle = len(batch) // 2
        return self._read(batch[:middle]) | self._read(batch[middle:])
