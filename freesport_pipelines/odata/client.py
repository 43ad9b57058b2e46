"""The entrance: open_client, and what may be asked of a client.

A client is shared by all workers of a process; how many requests are under way at once is limited for all of them.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from freesport_pipelines.odata import canary, literals, register_entities
from freesport_pipelines.odata.asking import Asking, PageSize
from freesport_pipelines.odata.balances import read_balances
from freesport_pipelines.odata.classify import Target
from freesport_pipelines.odata.decoding import flattened, is_record_set
from freesport_pipelines.odata.documents import by_document, counting_documents
from freesport_pipelines.odata.entities import Entities
from freesport_pipelines.odata.errors import (
    AccessDeniedError,
    FilterIgnoredError,
    NotConfiguredError,
    NotPublishedError,
    WhereRefusedError,
)
from freesport_pipelines.odata.fields import FLAT, Entity, RowT
from freesport_pipelines.odata.keys import Found, Keys
from freesport_pipelines.odata.learnt import Learnt, shared_memory
from freesport_pipelines.odata.metadata import Metadata, read_metadata
from freesport_pipelines.odata.pace import Pace, shared_pace
from freesport_pipelines.odata.predicates import Wanted, Window, period_of
from freesport_pipelines.odata.query import Query, base_url
from freesport_pipelines.odata.reading import SCAN_CAP, Reading
from freesport_pipelines.odata.register_entities import LoyaltyBalance
from freesport_pipelines.odata.retrying import Requests
from freesport_pipelines.odata.scan import Cap
from freesport_pipelines.odata.transport import Transport
from freesport_pipelines.odata.windows import counting_rows

log = logging.getLogger(__name__)

METADATA_SECONDS = 180.0
EARLIEST = datetime(2000, 1, 1)  # noqa: DTZ001 (the tenant's local time is naive)
"""No shop has entries from before."""


class Connection(Protocol):
    """What open_client needs to know. OnecSettings is one."""

    @property
    def api_url(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def concurrency(self) -> int: ...
    @property
    def page_size(self) -> int: ...
    @property
    def page_pause(self) -> float: ...
    @property
    def timeout(self) -> float: ...
    @property
    def deadline(self) -> float: ...
    @property
    def allowed_only(self) -> bool: ...
    @property
    def ib_session(self) -> bool: ...
    @property
    def scan_limit(self) -> int: ...
    def authorization(self) -> str:
        """The value of the header, or an empty text."""

    def endpoints(self) -> Mapping[str, str]:
        """Our names of entities to the names in the URL."""

    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """Our names of entities to the fields that are tried in order."""


def open_client(settings: Connection, *, pace: Pace | None = None) -> "OnecClient":
    """A client; nothing is sent yet. Raises NotConfiguredError without an address or credentials.

    :param pace: the limiter, with its clock, and then nothing is shared with other clients; otherwise pace and memory
        are those that this process has for the base and the credentials
    """
    if not settings.api_url:
        raise NotConfiguredError("ONEC_API_URL is not set")
    authorization = settings.authorization()
    if not authorization:
        raise NotConfiguredError("there are no credentials")
    base = base_url(settings.api_url)
    if settings.allowed_only:
        log.warning("ONEC_ALLOWED_ONLY is set: rows that the user may not see are silently missing")
    key = hashlib.sha256(f"{base} {authorization}".encode()).hexdigest()
    learnt = shared_memory(key) if pace is None else Learnt(pace.clock)
    pace = pace or shared_pace(key, settings.concurrency, settings.page_pause)
    transport = Transport(base, authorization, clock=pace.clock, session=settings.ib_session)
    requests = Requests(transport, pace, read_seconds=settings.timeout, deadline_seconds=settings.deadline)
    return OnecClient(
        Asking(requests, base, allowed_only=settings.allowed_only, learnt=learnt),
        Entities.configured(settings.endpoints(), settings.choices()),
        ZoneInfo(settings.time_zone),
        page_size=settings.page_size,
        cap=SCAN_CAP._replace(rows=settings.scan_limit),
    )


def _first_row(entity: Entity[Any]) -> Query:
    if entity.is_grouped:
        return Query(by_document(entity), top=1, with_count=True)
    return Query(entity.select, order=entity.order, top=1, with_count=True)


class OnecClient:
    """Reads what 1C publishes: completely, or with an error."""

    def __init__(
        self, asking: Asking, entities: Entities, zone: ZoneInfo, *, page_size: int, cap: Cap = SCAN_CAP
    ) -> None:
        """Use open_client."""
        self.entities = entities
        self.zone = zone
        """The tenant's: all times of 1C are local."""
        self._asking = asking
        self._page_size = page_size
        self._cap = cap
        self._canary = Lock()
        self._is_canary_alive = False

    def catalogue(self, entity: Entity[RowT]) -> Reading[RowT]:
        """Every object of a catalogue, the marked and the folders too."""
        return Reading(self._asking, entity, self.zone, PageSize(self._page_size))

    def register(
        self, entity: Entity[RowT], start: datetime, end: datetime, *, holder: str | None = None
    ) -> Reading[RowT]:
        """The rows of a register or journal from `start` on and before `end` (both aware).

        :param holder: only those whose chosen field is this guid
        """
        wanted = Wanted(self._window(start, end), holder and literals.canonical(holder))
        size = PageSize(self._page_size)
        return Reading(self._asking, entity, self.zone, size, wanted=wanted, ready=self.check_filters, cap=self._cap)

    def by_keys(self, entity: Entity[RowT], keys: Iterable[str]) -> Found[RowT]:
        """Objects of a catalogue by their keys, and which keys do not exist."""
        wanted = [literals.canonical(key) for key in keys]
        self.check_filters()
        return Keys(self._asking, entity, self.zone).all(wanted)

    def by_key(self, entity: Entity[RowT], key: str) -> RowT | None:
        """One object; None if there is none."""
        return Keys(self._asking, entity, self.zone).one(key)

    def count(self, entity: Entity[Any], start: datetime | None = None, end: datetime | None = None) -> int:
        """How many rows 1C counts, in a window or in all; cheap enough to detect drift month by month.

        Without a window no filter is sent, so that rows of the year 209 and those without a date are counted too. Of a
        register that is grouped by document, how many documents: one with rows in two months is counted in both.
        """
        wanted = Wanted(self._window(start, end)) if start is not None and end is not None else None
        if wanted is not None:
            self.check_filters()

        counting = counting_documents if entity.is_grouped else counting_rows
        return self._asking.count(entity, lambda fitted: counting(fitted, wanted))

    def first_moment(self, entity: Entity[Any]) -> datetime | None:
        """When a register or journal begins, in UTC; None if it is empty or 1C cannot tell.

        Sets of movements heed no order, and a filter that is refused leaves no way either. Whatever lies before
        EARLIEST is a slip of the keyboard or an empty date, not the beginning.
        """
        if entity.is_grouped:
            return None
        self.check_filters()

        def build(fitted: Entity[Any]) -> Query:
            where = f"{fitted.period} ge {literals.wall_clock(EARLIEST)}"
            return Query((*fitted.key, fitted.period), where, fitted.order, top=1)

        try:
            page = self._asking.page(entity, build)
        except WhereRefusedError:
            return None
        if not page.rows or is_record_set(page.rows):
            return None
        first = period_of(page.rows[0], entity)
        if first < EARLIEST:
            raise FilterIgnoredError("a row before the beginning came back", entity=entity.name)
        return first.replace(tzinfo=self.zone).astimezone(UTC)

    def loyalty_balances(self, *, card: str | None = None, at: datetime | None = None) -> list[LoyaltyBalance]:
        """What 1C itself says of bonus points: of one card, or of all at a moment. Slow.

        Raises NoBalancesError where the register keeps none.
        """
        register = self._asking.fitted(self.entities.loyalty)
        table = register_entities.LOYALTY_BALANCES.named(register.name).choosing_from(register.candidates)
        entity = table.with_wire(table.chosen, register.chosen_wire)
        return read_balances(self._asking, entity, self.zone, holder=card, at=at)

    def metadata(self) -> Metadata:
        """Which of our entities the base publishes, with their fields. Large: once a day at most."""
        names = {name for entity in self.entities for name in (entity.name, entity.name + FLAT)}
        target = Target(f"{self._asking.base}/$metadata", "$metadata")
        return self._asking.requests.get(
            target, lambda answer, asked: read_metadata(answer, asked, names), read_seconds=METADATA_SECONDS
        )

    def check_filters(self) -> None:
        """The canary, once per process and hour: raise if filters are dropped or damaged on their way to 1C."""
        with self._canary:
            if not (self._is_canary_alive or self._asking.learnt.is_canary_alive):
                self._send_canary()
            self._is_canary_alive = True

    def _send_canary(self) -> None:
        """Any catalogue will do that is published; without one every row is still checked when it comes."""
        catalogues = (self.entities.discount_cards, self.entities.customers, self.entities.products)
        for catalogue in catalogues:
            try:
                canary.check_filters(self._asking, catalogue)
            except (NotPublishedError, AccessDeniedError):
                continue
            return self._asking.learnt.canary_came_through()
        log.warning("no catalogue is published that filters could be tried on")
        return None

    def _window(self, start: datetime, end: datetime) -> Window:
        window = Window(literals.local(start, self.zone), literals.local(end, self.zone))
        if window.end < window.start:
            raise ValueError("the window ends before it begins")
        return window

    def peek(self, entity: Entity[RowT]) -> tuple[int | None, list[RowT]]:
        """How many rows (or sets of movements) there are, and the first of them to look at."""
        page = self._asking.page(entity, _first_row)
        fitted = self._asking.fitted(entity)
        return page.total, [fitted.row(row, self.zone) for row in islice(flattened(page.rows), 1)]

    def fitted(self, entity: Entity[RowT]) -> Entity[RowT]:
        """The entity with the fields that turned out to exist."""
        return self._asking.fitted(entity)

    def close(self) -> None:
        """Close the connection."""
        self._asking.requests.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
