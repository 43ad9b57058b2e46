"""Everything that can go wrong between us and 1C, by meaning (facts/odata, sections 2.2-2.3).

An error says what happened, to which entity, and what to do; never a key, a phone, a name or a token.
"""

from typing import ClassVar

from freesport_pipelines.domain.masking import redacted


class OnecError(Exception):
    """The base of all: a problem in words, where it happened, and a remedy for a human."""

    transient: ClassVar[bool] = False
    """May the same request succeed later, without anybody changing anything?"""
    attempts: ClassVar[int] = 1
    """How often, in all, the same request is sent within one call."""
    least_wait: ClassVar[float] = 0
    """Seconds to wait before the next attempt, at least."""
    pauses_all: ClassVar[bool] = False
    """Do the other workers wait as well?"""
    latches: ClassVar[bool] = False
    """Must nothing more be sent with these credentials?"""
    trips: ClassVar[bool] = False
    """Does it count for the circuit breaker?"""
    remedy: ClassVar[str] = ""

    def __init__(
        self,
        problem: str,
        *,
        entity: str = "",
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        names: frozenset[str] = frozenset(),
    ) -> None:
        """Keep what may be shown.

        :param problem: in words; whatever could identify somebody is masked here, whoever wrote it
        :param retry_after: seconds that the server asked us to wait
        :param names: those of the names in our request that the server named
        """
        self.problem = redacted(problem)
        super().__init__(self.problem)
        self.entity = entity
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.names = names

    def __str__(self) -> str:
        marks = [f"HTTP {self.status}"] if self.status is not None else []
        marks += [f"1C code {self.code}"] if self.code is not None else []
        text = ": ".join(filter(None, (self.entity, self.problem))) + (f" ({', '.join(marks)})" if marks else "")
        return f"{text}. {self.remedy}" if self.remedy else text


class NotConfiguredError(OnecError):
    """There is nothing to connect to."""

    remedy = "Set ONEC_API_URL and ONEC_API_TOKEN, or ONEC_API_USER and ONEC_API_PASSWORD (docs/odata.md)."


class TransientError(OnecError):
    """The network, the web server or a proxy failed: the same request is repeated with growing waits."""

    transient = True
    attempts = 5
    trips = True
    remedy = "It was repeated; if it stays, check the network and the state of 1C."


class UnreachableError(TransientError):
    """No connection, or it broke."""


class BusyError(TransientError):
    """502, 503, 504."""


class BrokenBodyError(TransientError):
    """The body is empty or cut short."""


class ThrottledError(TransientError):
    """408, 429: everybody waits as long as the server says."""

    pauses_all = True
    remedy = "1C asks for fewer requests: raise ONEC_PAGE_PAUSE, or run later."


class SessionLimitError(TransientError):
    """All sessions or licences of the application are in use; the smallest tariff of Fresh has two."""

    attempts = 3
    least_wait = 60
    pauses_all = True
    remedy = "Set ONEC_CONCURRENCY=1; в 1С: завершите лишние сеансы или расширьте тариф."


class HeavyQueryError(OnecError):
    """1C failed at the amount of work: after one repetition the reader asks for less."""

    transient = True
    attempts = 2
    remedy = "Lower ONEC_PAGE_SIZE or read shorter periods; в 1С: проверьте место на диске и память сервера."


class TimedOutError(HeavyQueryError):
    """No byte came for too long."""

    remedy = "Lower ONEC_PAGE_SIZE or raise ONEC_TIMEOUT."


class DeadlineError(OnecError):
    """The answer trickled, or attempts took too long in all."""

    transient = True
    remedy = "Raise ONEC_DEADLINE if the line is really so slow."


class MaintenanceError(OnecError):
    """The application is being updated: minutes, so the caller's own retry is the place to wait."""

    transient = True
    remedy = "1C is under maintenance: run again in some minutes (идёт обслуживание базы, повторите позже)."


class CircuitOpenError(OnecError):
    """Too many failures in a row: nothing is sent for a while."""

    transient = True
    remedy = "1C is left in peace for a minute; run again later."


class LoginRefusedError(OnecError):
    """401: nothing more is sent by this process, because each attempt brings the lock of the account nearer."""

    latches = True
    remedy = "Check ONEC_API_TOKEN or user and password, then start again; в 1С: проверьте пользователя OData."


class AccountLockedError(LoginRefusedError):
    """The account is locked."""

    remedy = "Wait, then check the password; в 1С: снимите блокировку учётной записи пользователя OData."


class AccessDeniedError(OnecError):
    """The credentials are right, the rights are not: for this entity only."""

    remedy = (
        "В 1С: дайте пользователю OData право чтения этого объекта. ONEC_ALLOWED_ONLY=true reads only the rows that "
        "it may see, and the others are then silently missing."
    )


class NotPublishedError(OnecError):
    """1C knows no such entity: not published, or misspelt."""

    remedy = "Publish it in 1C: опубликуйте объект в составе OData (Синхронизация данных, Автоматический REST-сервис)."


class NoSuchKeyError(OnecError):
    """There is no object with this key."""


class UrlTooLongError(OnecError):
    """A web server on the way takes no URL of this length."""

    remedy = "The number of keys per request was already halved down to one: check the web server's limits."


class QueryRefusedError(OnecError):
    """1C cannot answer this query, today or tomorrow."""

    remedy = "Repeating does not help: this is a mistake of ours or a difference of your configuration; report it."


class FieldUnknownError(QueryRefusedError):
    """A field or path segment that this configuration does not have."""

    remedy = "Run `freesport doctor` to see which fields are published."


class WhereRefusedError(QueryRefusedError):
    """«Операция не разрешена в предложении ГДЕ» (facts/odata, section 2.4)."""

    remedy = "Run `freesport doctor`: its canary tells whether something on the way changes our URLs."


class RedirectError(OnecError):
    """3xx: a login page, or a wrong address. Never followed, so credentials stay here."""

    remedy = "Check ONEC_API_URL: it ends with /odata/standard.odata."


class FormatError(OnecError):
    """The answer is not what was asked for: HTML, Atom, no list of rows."""

    remedy = "Check ONEC_API_URL and what stands between us and 1C (proxy, login page)."


class TooLargeError(FormatError):
    """The body, or what it unpacks to, is beyond the limit."""

    remedy = "Lower ONEC_PAGE_SIZE."


class SchemaError(OnecError):
    """A field that we cannot do without is missing or has another type."""

    remedy = "Publish it in 1C: проверьте состав OData и версию конфигурации."


class FilterIgnoredError(OnecError):
    """A row came back that the filter excludes: nothing of this read may be used."""

    remedy = "Something on the way drops or rewrites the filter; run `freesport doctor`."


class IncompleteReadError(OnecError):
    """What was read does not agree with what 1C counts: nothing of this read may be used."""

    remedy = "Run again; if it stays, somebody writes to 1C all the time or paging does not work there."


class ChangedWhileReadError(IncompleteReadError):
    """Documents were moved or removed between the first request and the last: the same reading may succeed at once."""

    transient = True
    remedy = "Read it again; документы изменили во время чтения, повторите."


class RepeatedPageError(IncompleteReadError):
    """The server gives the same page again: it ignores $skip."""


class ScanCapError(IncompleteReadError):
    """A scan without a filter became too long."""

    remedy = "1C refuses the filter and the register is too large to read whole: have the filter repaired."
