"""The service without sockets: a request in, an answer out (facts/odata, sections 1 and 2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from freesport_pipelines.emulator import errors
from freesport_pipelines.emulator.access import Access
from freesport_pipelines.emulator.answer import Answer, Asked
from freesport_pipelines.emulator.balance import balance
from freesport_pipelines.emulator.errors import Refusal
from freesport_pipelines.emulator.evaluate import AnyOf
from freesport_pipelines.emulator.keys import by_key
from freesport_pipelines.emulator.metadata import edmx, service_document
from freesport_pipelines.emulator.options import Options, Plus, decoded, read_options
from freesport_pipelines.emulator.paging import Page, matching, page
from freesport_pipelines.emulator.recordsets import record_sets
from freesport_pipelines.emulator.table import RECORD_TYPE, Table
from freesport_pipelines.emulator.target import BASE, Limits, Resource, resource, stopped_early
from freesport_pipelines.emulator.wire import Level, entity, feed, level_of

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Manners:
    """How this base behaves where real ones differ."""

    plus: Plus = "refused"
    bom: bool = True
    """JSON bodies begin with a byte order mark."""
    content_type: str | None = None
    """A wrong Content-Type for all data, such as `text/html; charset=windows-1251`."""
    shuffled: bool = True
    """Rows without an order, and rows that are equal in it, come differently each time."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A request that has been read."""

    resource: Resource
    options: Options
    level: Level
    base: str
    """The address of the service, as the client wrote it."""
    number: int


Change = Callable[[Options], Options]


class Service:
    """Answers requests from the tables of a base."""

    def __init__(
        self, tables: Callable[[], Mapping[str, Table]], access: Access, limits: Limits, manners: Manners
    ) -> None:
        self._tables, self._access, self._limits, self._manners = tables, access, limits, manners

    def answer(self, asked: Asked, change: Change) -> Answer:
        """The answer to a request that was let in.

        :param change: what a fault makes of the options before they are carried out
        """
        early = stopped_early(asked, self._limits)
        if early is not None:
            return early
        level: Level = "atom"
        try:
            level = level_of(decoded(asked.query).get("$format"), asked.headers.get("accept", ""))
            options = change(read_options(asked.query, self._manners.plus))
            level = level_of(options.format, asked.headers.get("accept", ""))
            base = f"http://{asked.headers.get('host', 'localhost')}{BASE}"
            return self._routed(_Question(resource(asked), options, level, base, asked.number))
        except Refusal as refusal:
            return self._refused(refusal, level)

    def _refused(self, refusal: Refusal, level: Level) -> Answer:
        """JSON for those who asked for it; XML for the others, and when the format was not understood."""
        if level == "atom":
            return Answer(refusal.status, errors.error_xml(refusal.code, refusal.text), f"{errors.XML};charset=utf-8")
        body = self._marked(errors.error_json(refusal.code, refusal.text))
        return Answer(refusal.status, body, f"{errors.JSON};charset=utf-8")

    def _routed(self, question: _Question) -> Answer:
        tables, name = self._tables(), question.resource.name
        if not name:
            return self._data(service_document(tables.values(), question.level, question.base), question.level)
        if name == "$metadata":
            return Answer(200, edmx(tables.values()), f"{errors.XML};charset=utf-8")
        table, any_of = self._published(tables, name)
        if {name, name + RECORD_TYPE} & self._access.forbidden:
            raise errors.no_rights()
        if question.resource.key is not None:
            return self._one(table, question)
        rest = question.resource.rest
        if rest and rest[0] != "$count" and name + RECORD_TYPE in tables:
            table, any_of, rest = balance(tables[name + RECORD_TYPE], rest[0]), None, rest[1:]
        if len(rest) > 1:
            raise errors.extra_segments()
        if rest and rest[0] != "$count":
            raise errors.no_segment(rest[0])
        table = self._allowed(table, question.options, any_of)
        if rest:
            return self._count(len(matching(table, question.options.filter, any_of)))
        return self._many(table, any_of, question)

    @staticmethod
    def _published(tables: Mapping[str, Table], name: str) -> tuple[Table, AnyOf | None]:
        if name in tables:
            return tables[name], None
        if name + RECORD_TYPE not in tables:
            raise errors.no_set(name)
        sets = record_sets(tables[name + RECORD_TYPE])
        return sets.table, sets.any_of

    def _one(self, table: Table, question: _Question) -> Answer:
        if question.resource.rest:
            raise errors.extra_segments()
        key = question.resource.key or ""
        found = page(by_key(table, key), Options(select=question.options.select), None)
        return self._data(entity(found, question.level, question.base), question.level, rows=1)

    def _many(self, table: Table, any_of: AnyOf | None, question: _Question) -> Answer:
        """Rows; record sets heed no order."""
        options = question.options if any_of is None else replace(question.options, orderby=())
        chance = question.number if self._manners.shuffled else None
        found = page(table, options, chance, any_of)
        self._check_size(found)
        body = feed(found, question.level, question.base, with_total=options.inlinecount)
        return self._data(body, question.level, rows=len(found.rows))

    def _allowed(self, table: Table, options: Options, any_of: AnyOf | None) -> Table:
        """Without `allowedOnly` a restricted row in the selection forbids the answer, with it such rows vanish."""
        every = self._access.restricted.get(table.name)
        if every is None:
            return table
        hidden = np.arange(len(table)) % every == every - 1
        if options.allowed_only:
            return table.take(~hidden)
        if hidden[matching(table, options.filter, any_of)].any():
            raise errors.no_rights()
        return table

    def _check_size(self, found: Page) -> None:
        if self._limits.page_rows is not None and len(found.rows) > self._limits.page_rows:
            raise Refusal(500, "-1", errors.DEVICE_FULL)

    def _data(self, body: bytes, level: Level, rows: int = 0) -> Answer:
        kind = "application/atom+xml;type=feed;charset=utf-8" if level == "atom" else f"{errors.JSON};charset=utf-8"
        body = body if level == "atom" else self._marked(body)
        return Answer(200, body, self._manners.content_type or kind, {"DataServiceVersion": "3.0"}, rows)

    def _count(self, rows: int) -> Answer:
        return Answer(200, self._marked(str(rows).encode()), "text/plain;charset=utf-8")

    def _marked(self, body: bytes) -> bytes:
        return BOM + body if self._manners.bom else body
