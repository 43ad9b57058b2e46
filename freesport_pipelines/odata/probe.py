"""What can be found out about a base with a few small requests; nothing personal is kept."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from freesport_pipelines.domain.masking import masked
from freesport_pipelines.odata import errors
from freesport_pipelines.odata.asking import RECORDER
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import OnecError
from freesport_pipelines.odata.fields import FLAT, Entity
from freesport_pipelines.odata.metadata import Metadata

LOYALTY = frozenset({"loyalty", "loyalty_accrual"})
UNREAD = frozenset({"loyalty_accrual"})
"""Told about, and read by nothing: profiles sum bonus points up from their own register."""
ENDS_EVERYTHING = (
    errors.LoginRefusedError, errors.UnreachableError, errors.MaintenanceError, errors.CircuitOpenError,
    errors.SessionLimitError,
)  # fmt: skip
NO_ANSWER = (
    *ENDS_EVERYTHING, errors.FormatError, errors.RedirectError, errors.BusyError, errors.ThrottledError,
    errors.BrokenBodyError, errors.DeadlineError, errors.TimedOutError,
)  # fmt: skip
"""Of the metadata alone they may mean that it is large; of a small request too, that 1C cannot be reached."""
BAD_FILTERS = (errors.FilterIgnoredError, errors.QueryRefusedError)


@dataclass(frozen=True)
class EntityFinding:
    """One entity."""

    name: str
    """Ours."""
    entity: str
    """1C's."""
    is_mandatory: bool
    shape: str
    """catalogue, flat register, register by document, journal"""
    problem: str = ""
    kind: str = ""
    """Which error the problem is."""
    rows: int | None = None
    """How many 1C counts; documents, where a register is grouped by them."""
    missing_fields: tuple[str, ...] = ()
    """1C's names of optional fields that are read as nothing."""
    chosen_field: str = ""
    """Which of the candidates exists."""
    example: Mapping[str, str] = field(default_factory=dict)
    """The first row: our names and the shapes of the values."""

    @property
    def is_fatal(self) -> bool:
        return bool(self.problem) and self.is_mandatory


@dataclass(frozen=True)
class Advice:
    """What should be done."""

    russian: str
    english: str


@dataclass(frozen=True)
class Probe:
    """All findings."""

    connection: str
    """Empty, or why nothing could be asked."""
    canary: str
    """Empty, or what is wrong with filters."""
    metadata: str
    """Empty, or why $metadata could not be read; everything else works without it."""
    published: int | None
    """How many entities the base publishes in all."""
    entities: tuple[EntityFinding, ...]
    balance: str
    """Empty, or why the balances of bonus points cannot be asked for."""
    advice: tuple[Advice, ...]

    @property
    def is_fine(self) -> bool:
        return not (self.connection or self.canary or any(finding.is_fatal for finding in self.entities))


def examine(client: OnecClient, *, with_loyalty: bool = True, is_plain_http: bool = False) -> Probe:
    """Ask for the metadata, try the filters, look at the first row of each entity that we use."""
    metadata, metadata_error = _metadata(client)
    canary_error = None if isinstance(metadata_error, ENDS_EVERYTHING) else _error(client.check_filters)
    connection = _no_connection(metadata_error, canary_error)
    if connection:
        return Probe(str(connection), "", "", None, (), "", ())
    entities = {
        name: entity for name, entity in client.entities._asdict().items() if with_loyalty or name not in LOYALTY
    }
    findings = tuple(_look(client, name, entity, metadata) for name, entity in entities.items())
    balance = _error(lambda: client.loyalty_balances(card=str(uuid4()))) if with_loyalty else None
    advice = (*_advice_on_all(canary_error, is_plain_http), *_advice_on(findings, metadata))
    published = metadata.published if metadata else None
    return Probe("", _said(canary_error), _said(metadata_error), published, findings, _said(balance), advice)


def _metadata(client: OnecClient) -> tuple[Metadata | None, OnecError | None]:
    try:
        return client.metadata(), None
    except OnecError as error:
        return None, error


def _no_connection(metadata: OnecError | None, canary: OnecError | None) -> OnecError | None:
    """The error for which nothing else needs to be asked."""
    for error in (metadata, canary):
        if isinstance(error, ENDS_EVERYTHING):
            return error
    return canary if isinstance(metadata, NO_ANSWER) and isinstance(canary, NO_ANSWER) else None


def _error(ask: Callable[[], object]) -> OnecError | None:
    try:
        ask()
    except OnecError as error:
        return error
    return None


def _said(error: OnecError | None) -> str:
    return "" if error is None else str(error)


def _look(client: OnecClient, name: str, entity: Entity[Any], metadata: Metadata | None) -> EntityFinding:
    problem, kind, total = "", "", None
    rows: list[Any] = []
    try:
        _check_published(entity, metadata)
        total, rows = client.peek(entity)
        if entity.is_register:
            now = datetime.now(UTC)
            client.count(entity, now - timedelta(days=1), now)
    except OnecError as error:
        problem, kind = error.problem if name in UNREAD else str(error), type(error).__name__
    fitted = client.fitted(entity)
    return EntityFinding(
        name,
        entity.name,
        entity.is_mandatory,
        _shape(entity),
        problem,
        kind,
        total,
        tuple(sorted(fitted.wanting)),
        fitted.chosen_wire if not problem else "",
        {key: _shown(value) for row in rows for key, value in row._asdict().items()},
    )


def _check_published(entity: Entity[Any], metadata: Metadata | None) -> None:
    """All that is missing at once, where 1C itself would name one field after the other."""
    if metadata is None:
        return
    if entity.name not in metadata.entities:
        raise errors.NotPublishedError("it is not among the published entities", entity=entity.name)
    needed = {field.wire for field in entity.fields.values() if field.is_mandatory}
    missing = needed - metadata.entities[entity.name].fields - RECORDER - {entity.chosen_wire}
    if missing and not entity.is_grouped:
        raise errors.SchemaError(f"these fields are missing: {', '.join(sorted(missing))}", entity=entity.name)


def _shown(value: object) -> str:
    """The shape of a value; of a tabular section only how many lines it has."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{len(value)} lines" if isinstance(value, tuple) else masked(value)


def _shape(entity: Entity[Any]) -> str:
    if not entity.is_register:
        return "catalogue"
    if entity.name.startswith("DocumentJournal_"):
        return "journal"
    return "register by document" if entity.is_grouped else "flat register"


def _advice_on_all(canary: OnecError | None, is_plain_http: bool) -> list[Advice]:
    found = []
    if isinstance(canary, BAD_FILTERS):
        found.append(
            Advice(
                "Фильтры не доходят до 1С: проверьте прокси и веб-сервер, они не должны менять адрес запроса.",
                "Filters do not reach 1C: see whether a proxy or web server rewrites the URL.",
            )
        )
    if is_plain_http:
        found.append(
            Advice("Пароль передаётся открыто: используйте https.", "The password travels in the open: use https.")
        )
    return found


def _advice_on(findings: Collection[EntityFinding], metadata: Metadata | None) -> list[Advice]:
    found = []
    for finding in findings:
        if finding.problem and finding.name in UNREAD:
            found.append(
                Advice(
                    f"{finding.entity}: ничего делать не нужно, этот регистр никем не читается; "
                    "баллы считаются по регистру бонусных баллов.",
                    f"{finding.entity}: nothing needs to be done. No job reads it; bonus points are summed up from "
                    "their own register.",
                )
            )
        elif finding.kind == errors.NotPublishedError.__name__:
            found.append(
                Advice(
                    f"Опубликуйте в 1С объект {finding.entity} (Администрирование, Синхронизация данных, "
                    "состав стандартного интерфейса OData).",
                    f"Publish it in 1C: {finding.entity}" + (" (optional)." if not finding.is_mandatory else "."),
                )
            )
        elif finding.kind == errors.AccessDeniedError.__name__:
            found.append(
                Advice(
                    f"Дайте пользователю OData право чтения: {finding.entity}.",
                    f"Let the user of OData read {finding.entity}.",
                )
            )
        elif finding.rows == 0 and finding.is_mandatory:
            found.append(
                Advice(f"{finding.entity}: записей нет, это верно?", f"{finding.entity} is empty: is that so?")
            )
        if finding.shape == "register by document" and metadata and finding.entity + FLAT in metadata.entities:
            found.append(
                Advice(
                    f"Читайте {finding.entity}{FLAT}: быстрее и полнее.",
                    f"Read {finding.entity}{FLAT} instead: it is faster.",
                )
            )
    return found
