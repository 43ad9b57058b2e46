"""Which error an answer means: by its text first, then by 1C's code, then by the HTTP status (facts/odata, 2.2-2.3)."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.error_bodies import ErrorBody, named_in, read_error, shown
from freesport_pipelines.odata.errors import OnecError

LONG_URL = 1000
"""A 404 of a web server for a URL longer than this may mean its length."""
GAVE_UP = re.compile(r"превышено время ожидания", re.IGNORECASE)


class PerhapsTooLongError(errors.UrlTooLongError):
    """404 for a long URL, by something before 1C that does not say why: shorter ones are tried."""

    remedy = (
        "Either the web server takes no URL of this length (shorter lists of keys were already tried where there is "
        "one: check its limits), or nothing is published there: check ONEC_API_URL, опубликуйте объект в составе OData."
    )


PHRASES: tuple[tuple[re.Pattern[str], type[OnecError], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, problem)
    for pattern, kind, problem in (
        (r"уч[её]тная запись[^.]{0,40}заблокирован|account[^.]{0,20}locked", errors.AccountLockedError,
         "the account is locked"),
        (r"идентификация пользователя не выполнена|неправильное имя пользователя|user identification failed",
         errors.LoginRefusedError, "1C refuses user or password"),
        (r"свободная лицензия|количество сеансов|достигнут предел|license (?:not|is not) found",
         errors.SessionLimitError, "no free session or licence"),
        (r"выполняется обновление|временно недоступн|начало сеанса с информационной базой запрещено",
         errors.MaintenanceError, "the application is under maintenance"),
        (r"предложении\W{0,4}(?:ГДЕ|WHERE)\b|\bin\W{0,4}WHERE\W{0,4}clause", errors.WhereRefusedError,
         "the filter is not allowed (ГДЕ)"),
        (r"нельзя сравнивать|синтаксическая ошибка|syntax error|AUTOORDER", errors.QueryRefusedError,
         "the query cannot be executed"),
    )
)  # fmt: skip
CODES: Mapping[str, tuple[type[OnecError], str]] = {
    "6": (errors.FieldUnknownError, "a field or path segment is unknown"),
    "8": (errors.NotPublishedError, "the entity is not published"),
    "9": (errors.NoSuchKeyError, "there is no object with this key"),
    "10": (errors.FieldUnknownError, "a field is unknown"),
    "11": (errors.FieldUnknownError, "a method is unknown"),
    "14": (errors.QueryRefusedError, "1C cannot parse the query options"),
    "20": (errors.AccessDeniedError, "the rights of the user are not enough"),
    **dict.fromkeys(
        ("0", "1", "2", "3", "4", "5", "7", "12", "13", "15", "16", "17", "18", "19", "21"),
        (errors.QueryRefusedError, "the request is refused"),
    ),
}  # fmt: skip
STATUSES: Mapping[int, tuple[type[OnecError], str]] = {
    401: (errors.LoginRefusedError, "1C refuses user or password"),
    403: (errors.AccessDeniedError, "access is forbidden"),
    404: (errors.NotPublishedError, "nothing is published at this address"),
    408: (errors.ThrottledError, "the server gave up waiting"),
    414: (errors.UrlTooLongError, "the URL is too long"),
    429: (errors.ThrottledError, "too many requests"),
    500: (errors.HeavyQueryError, "1C failed while executing the query"),
    502: (errors.BusyError, "the server is unavailable"),
    503: (errors.BusyError, "the server is unavailable"),
    504: (errors.BusyError, "the server is unavailable"),
}


class Target(NamedTuple):
    """A request as errors may speak of it."""

    url: str
    entity: str
    names: frozenset[str] = frozenset()
    """The names of fields in it."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def refusal(answer: Answer, target: Target, now: float, found: ErrorBody | None = None) -> OnecError:
    """The error that an answer means.

    :param now: seconds since the epoch, for a Retry-After that is a date
    :param found: the error inside a body with status 200, if it was already read
    """
    body = read_error(answer.body) if found is None else found
    kind, problem = _meaning(answer, target, body)
    said = shown(body, target.names)
    return kind(
        f"{problem}: {said}" if said else problem,
        entity=target.entity,
        status=answer.status,
        code=body.code,
        retry_after=seconds_to_wait(answer.headers.get("retry-after"), now),
        names=named_in(body.text, target.names),
    )


def _meaning(answer: Answer, target: Target, body: ErrorBody) -> tuple[type[OnecError], str]:
    for pattern, kind, problem in PHRASES:
        if pattern.search(body.text):
            return kind, problem
    if body.is_odata and GAVE_UP.search(body.text):
        return errors.TimedOutError, "1C gave up waiting"
    if body.code is not None and body.code in CODES:
        return CODES[body.code]
    if 300 <= answer.status < 400:
        return errors.RedirectError, "the server redirects"
    if answer.status == 404 and not body.is_odata:
        return _not_found(target, body)
    if answer.status == 401 and body.is_odata and "прав" in body.text.casefold():
        return CODES["20"]
    if answer.status in STATUSES:
        return STATUSES[answer.status]
    if answer.status >= 500 and answer.status != 501:
        return STATUSES[500]
    return errors.QueryRefusedError, "the request is refused"


def _not_found(target: Target, body: ErrorBody) -> tuple[type[OnecError], str]:
    """What a web server before 1C means by 404."""
    if "404.15" in body.text or "404.14" in body.text:
        return STATUSES[414]
    if len(target.url) > LONG_URL:
        return PerhapsTooLongError, "the URL is too long, or there is nothing at this address"
    return STATUSES[404]


def seconds_to_wait(header: str | None, now: float) -> float | None:
    """Retry-After, in seconds or as an HTTP date; None if it is absent or nonsense."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, TypeError):
        return None
