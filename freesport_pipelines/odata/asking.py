"""One page of one entity; and what to do about fields that a configuration does not have (facts/odata, 2.3).

1C refuses a whole request because of one unknown field. What was learnt about an entity is remembered (learnt.py).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from freesport_pipelines.odata.classify import Target
from freesport_pipelines.odata.decoding import Page, RawRow, flattened, is_record_set, page, single
from freesport_pipelines.odata.errors import (
    FieldUnknownError,
    HeavyQueryError,
    IncompleteReadError,
    NoSuchKeyError,
    OnecError,
    SchemaError,
    WhereRefusedError,
)
from freesport_pipelines.odata.fields import Entity
from freesport_pipelines.odata.learnt import Learnt, key_of_entity
from freesport_pipelines.odata.query import Query, resource
from freesport_pipelines.odata.retrying import Requests
from freesport_pipelines.odata.scalars import identity

log = logging.getLogger(__name__)

SMALLEST_PAGE = 20
RECORDER = frozenset({"Recorder", "Recorder_Type"})

Build = Callable[[Entity[Any]], Query]
Path = Callable[[Entity[Any]], str]


class PageSize:
    """How many rows are asked for at once in one reading: less after 1C failed, never more again."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def shrink(self) -> bool:
        """A quarter; False if it is already the least."""
        if self.rows <= SMALLEST_PAGE:
            return False
        self.rows = max(SMALLEST_PAGE, self.rows // 4)
        return True


def counted(page: Page, entity: Entity[Any]) -> int:
    """The count of a page that was asked for it."""
    if page.total is None:
        raise IncompleteReadError("the server does not say how many rows there are", entity=entity.name)
    return page.total


class Asking:
    """Asks for pages, with the fields that exist."""

    def __init__(
        self, requests: Requests, base: str, *, allowed_only: bool = False, learnt: Learnt | None = None
    ) -> None:
        """Begin with what is known.

        :param learnt: the memory of the process; one of its own otherwise
        """
        self.requests = requests
        self.base = base
        self.allowed_only = allowed_only
        self.learnt = learnt or Learnt(requests.pace.clock)
        self._fitted = self.learnt.fitted()

    def fitted(self, entity: Entity[Any]) -> Entity[Any]:
        """The entity with the fields that turned out to exist."""
        return self._fitted.get(key_of_entity(entity), entity)

    def page(
        self,
        entity: Entity[Any],
        build: Build,
        *,
        path: Path = lambda fitted: fitted.name,
        read_seconds: float | None = None,
    ) -> Page:
        """The rows of one request.

        :param build: the query; called again when the entity turned out to be different
        :param path: where the rows are, if not at the entity's name
        """
        entity = self.fitted(entity)
        while True:
            query = build(entity)
            try:
                found = self.requests.get(self._target(entity, query, path(entity)), page, read_seconds=read_seconds)
            except FieldUnknownError as error:
                entity = self._adapt(entity, error, query)
            except WhereRefusedError:
                self.learnt.doubt_filters()
                raise
            else:
                self._choose_by(found.rows, entity, query)
                return found

    def count(self, entity: Entity[Any], build: Build) -> int:
        """How many 1C counts of a query that asks for no row."""
        return counted(self.page(entity, build), entity)

    def sized_page(self, entity: Entity[Any], size: PageSize, build: Build) -> Page:
        """The same, asking for less and less while 1C fails at the amount."""
        while True:
            try:
                return self.page(entity, lambda fitted: build(fitted)._replace(top=size.rows))
            except HeavyQueryError:
                if not size.shrink():
                    raise
                log.warning("%s: 1C fails at the amount, pages now have %d rows", entity.name, size.rows)

    def one(self, entity: Entity[Any], path: str) -> dict[str, Any] | None:
        """A single object by its key; None if there is none."""
        try:
            return self.requests.get(self._target(entity, Query(self.fitted(entity).select), path), single)
        except NoSuchKeyError:
            return None
        except FieldUnknownError:
            self.page(entity, lambda fitted: Query(fitted.select, top=1))
            return self.requests.get(self._target(entity, Query(self.fitted(entity).select), path), single)

    def _choose_by(self, rows: list[RawRow], entity: Entity[Any], query: Query) -> None:
        """Sets of movements come whole, so 1C refuses no field: the first candidate that a movement has is taken."""
        movement = next(flattened(rows), None) if is_record_set(rows) else None
        while movement is not None and entity.chosen_wire and entity.chosen_wire not in movement:
            missing = FieldUnknownError(
                "no movement has the field", entity=entity.name, names=frozenset({entity.chosen_wire})
            )
            entity = self._adapt(entity, missing, query)

    def _target(self, entity: Entity[Any], query: Query, path: str) -> Target:
        query = query._replace(allowed_only=self.allowed_only)
        names = {*query.select, *(name.split(" ")[0] for name in query.order.split(",") if name)}
        names |= {name for name in (entity.chosen_wire, entity.period) if name and name in query.where}
        return Target(resource(self.base, path, query), entity.name, frozenset(names))

    def _adapt(self, entity: Entity[Any], error: FieldUnknownError, query: Query) -> Entity[Any]:
        """The entity to go on with. What ends in an error is forgotten, because somebody will repair it in 1C."""
        try:
            adapted = self._adapted(entity, error, query)
        except OnecError:
            self._fitted.pop(key_of_entity(entity), None)
            self.learnt.forget(entity)
            raise
        self._fitted[key_of_entity(entity)] = adapted
        self.learnt.learn(adapted)
        return adapted

    def _adapted(self, entity: Entity[Any], error: FieldUnknownError, query: Query) -> Entity[Any]:
        """The entity without what 1C does not know, or the error if that is not possible."""
        is_other_table = entity.table and entity.chosen_wire not in error.names
        if entity.period in error.names or is_other_table:  # a virtual table has no fields that could be left out
            raise error
        unknown = error.names or self._probed(entity, query)
        if entity.chosen_wire and entity.chosen_wire in (unknown or query.where):
            return _next_choice(entity, error)
        if unknown & RECORDER and "Recorder" in entity.key:
            return of_one_recorder_type(entity)
        if mandatory := {field.wire for field in entity.fields.values() if field.is_mandatory} & unknown:
            raise SchemaError(f"the field {', '.join(sorted(mandatory))} is missing", entity=entity.name) from error
        if not unknown & set(entity.select):
            raise error
        log.warning("%s: not published, read as nothing: %s", entity.name, ", ".join(sorted(unknown)))
        return entity.without(unknown)

    def _probed(self, entity: Entity[Any], query: Query) -> frozenset[str]:
        """Which fields are unknown, one by one, because the server did not say it."""
        unknown = set()
        for wire in query.select:
            try:
                self.requests.get(self._target(entity, Query((wire,), top=1), entity.name), page)
            except FieldUnknownError:
                unknown.add(wire)
        return frozenset(unknown)


def _next_choice(entity: Entity[Any], error: FieldUnknownError) -> Entity[Any]:
    names = entity.candidates or (entity.chosen_wire,)
    tried = names.index(entity.chosen_wire) + 1 if entity.chosen_wire in names else 0
    if tried < len(names):
        log.info("%s: the field %s is not published, trying %s", entity.name, entity.chosen_wire, names[tried])
        return entity.with_wire(entity.chosen, names[tried])
    if not entity.fields[entity.chosen].is_mandatory:
        return entity.without(frozenset({entity.chosen_wire}))
    raise FieldUnknownError(f"none of the fields {', '.join(names)} is published", entity=entity.name) from error


def of_one_recorder_type(entity: Entity[Any]) -> Entity[Any]:
    """A register that only one type of document writes has Recorder_Key instead of Recorder and Recorder_Type."""
    fields = dict(entity.fields)
    fields["recorder"] = fields["recorder"]._replace(wire="Recorder_Key", kind=identity)
    fields["recorder_type"] = fields["recorder_type"]._replace(is_mandatory=False)
    key = tuple("Recorder_Key" if name == "Recorder" else name for name in entity.key if name != "Recorder_Type")
    return replace(entity, fields=fields, key=key, wanting=entity.wanting | {"Recorder_Type"})
