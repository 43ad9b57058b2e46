"""What goes wrong, when, and for which set. Every scenario of facts/odata, section 7, is one name here.

A fault strikes instead of an answer, changes the question, changes the answer, or spoils its delivery.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from freesport_pipelines.emulator import errors
from freesport_pipelines.emulator.answer import Answer
from freesport_pipelines.emulator.options import Options

_NUMBER_AS_TEXT = re.compile(rb'"(LineNumber|odata\.count)":"(\d+)"')
When = Callable[[int], bool]
"""Whether the n-th request (from 1) that the fault watches is struck."""


def always(_: int) -> bool:
    """Every request, until the fault is switched off."""
    return True


def nth(*numbers: int) -> When:
    """Only these requests."""
    return lambda number: number in numbers


def first(count: int) -> When:
    """The first so many."""
    return lambda number: number <= count


def every(step: int) -> When:
    """Each n-th."""
    return lambda number: number % step == 0


def after(count: int) -> When:
    """All but the first so many."""
    return lambda number: number > count


@dataclass
class Fault:
    """One scenario; `on = False` switches it off."""

    name: str
    entity: str | None = None
    """The set (the first part of the path, without a key); None: any request."""
    when: When = always
    value: Any = None
    """What the scenario needs, see the table in docs/emulator.md; None: its default."""
    on: bool = True
    seen: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"{self.name}: there is no such fault; choose from {', '.join(NAMES)}")
        if self.name == CHANGE_OF_DATA and not callable(self.value):
            raise ValueError(f"{self.name} needs a function that changes the data")
        if self.value is None:
            self.value = DEFAULTS.get(self.name)

    def strikes(self, path: str) -> bool:
        """Whether this request is struck; counts it."""
        entity = path.partition("/")[0].partition("(")[0]
        if not self.on or (self.entity is not None and self.entity != entity):
            return False
        self.seen += 1
        strikes = self.when(self.seen)
        self.struck += strikes
        return strikes


class Faults:
    """The faults of a server."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._lock = Lock()
        self.all = list(faults)

    def add(self, fault: Fault) -> Fault:
        """One more, from now on."""
        with self._lock:
            self.all.append(fault)
        return fault

    def clear(self) -> None:
        """From now on all goes well."""
        with self._lock:
            self.all.clear()

    def striking(self, path: str) -> list[Fault]:
        """The faults that strike a request for a path (decoded, behind the base)."""
        with self._lock:
            return [fault for fault in self.all if fault.strikes(path)]


def _html(status: int, title: str, text: str, **headers: str) -> Answer:
    return Answer(status, errors.page(title, text), "text/html; charset=utf-8", headers)


def _odata(status: int, code: str, text: str) -> Answer:
    return Answer(status, errors.error_json(code, text), f"{errors.JSON};charset=utf-8")


def _throttled(value: Any) -> Answer:
    return _html(429, "429 Too Many Requests", "Слишком много запросов", **{"Retry-After": str(value)})


ECHO = "Не удалось разобрать строку 70000000042 для aaaaaaaa-0000-4000-8000-00000000c0de «Тестова Анна»"
TENANT_PAGE = "Ошибка приложения 1С:Предприятие 8 в области 1000 абонента anna@example.test, телефон 8 (000) 000-00-42"

INSTEAD: dict[str, Callable[[Any], Answer]] = {
    "throttled": _throttled,
    "unavailable": lambda _: _html(503, "503 Service Unavailable", "Сервис недоступен"),
    "bad_gateway": lambda _: _html(502, "502 Bad Gateway", "nginx"),
    "maintenance": lambda _: Answer(503, errors.exception_json(errors.MAINTENANCE), errors.JSON),
    "maintenance_page": lambda _: _html(200, "Приложение недоступно", errors.MAINTENANCE),
    "no_licence": lambda _: Answer(503, errors.exception_json(errors.NO_LICENCE), errors.JSON),
    "locked": lambda _: Answer(403, errors.exception_json(errors.LOCKED), errors.JSON),
    "unauthorized": lambda _: Answer(401, errors.exception_json(errors.UNKNOWN_USER), errors.JSON),
    "no_rights": lambda _: _odata(401, "20", errors.NO_RIGHTS),
    "server_error": lambda _: _odata(500, "-1", "Превышено время ожидания"),
    "unpublished": lambda _: _odata(404, "8", "Тип сущности не найден!"),
    "uri_too_long": lambda _: _html(414, "414 Request-URI Too Large", "nginx"),
    "error_in_200": lambda _: _odata(200, "-1", "Превышено время ожидания"),
    "login_page": lambda _: _html(200, "Вход в приложение", "Введите имя пользователя и пароль"),
    "redirect": lambda url: _html(302, "302 Found", "Вход в приложение", Location=str(url)),
    "echo": lambda _: _odata(400, "1", ECHO),
    "tenant_page": lambda _: _html(500, "Ошибка", TENANT_PAGE),
    "no_value": lambda body: Answer(200, str(body).encode(), errors.JSON),
}
"""Answers that come before 1C has seen the request."""


def _where_refused(options: Options, status: Any) -> Options:
    """Only a query with a condition has a ГДЕ; the same set without `$filter` can be read."""
    if options.filter is not None:
        raise errors.where_refused(int(status))
    return options


def _top_capped(options: Options, most: Any) -> Options:
    return replace(options, top=int(most) if options.top is None else min(int(most), options.top))


CHANGES: dict[str, Callable[[Options, Any], Options]] = {
    "filter_ignored": lambda options, _: replace(options, filter=None),
    "skip_ignored": lambda options, _: replace(options, skip=0),
    "top_capped": _top_capped,
    "where_refused": _where_refused,
    "atom": lambda options, _: replace(options, format="atom"),
}
"""Options that are carried out otherwise than they were given, or not at all."""


def _device_full(answer: Answer, rows: Any) -> Answer:
    return _odata(500, "-1", errors.DEVICE_FULL) if answer.rows > int(rows) else answer


def _plain_numbers(answer: Answer, _: Any) -> Answer:
    return replace(answer, body=_NUMBER_AS_TEXT.sub(rb'"\1":\2', answer.body))


AFTER: dict[str, Callable[[Answer, Any], Answer]] = {
    "device_full": _device_full,
    "empty_body": lambda answer, _: replace(answer, body=b""),
    "truncated": lambda answer, _: replace(answer, body=answer.body[: len(answer.body) * 2 // 3]),
    "plain_numbers": _plain_numbers,
    "wrong_charset": lambda answer, _: replace(answer, content_type="text/html; charset=windows-1251"),
}
"""Answers that were spoilt on the way out, but are complete HTTP."""

DELIVERIES = ("cut_short", "reset", "drip", "late", "huge_body", "gzip_bomb")
"""Bodies that do not come as their headers say, or not in time; see delivery.py."""
CHANGE_OF_DATA = "rows_inserted"
"""Calls its value before the request is answered."""

DEFAULTS: dict[str, Any] = {
    "throttled": 2, "where_refused": 500, "redirect": "http://localhost/login", "top_capped": 100, "device_full": 250,
    "no_value": "{}", "drip": 0.05, "late": 1.0, "huge_body": 64, "gzip_bomb": 256,
}  # fmt: skip
"""Retry-After in seconds, HTTP status, address, rows, rows, body, seconds per piece, seconds, megabytes twice."""
NAMES = (*INSTEAD, *CHANGES, *AFTER, *DELIVERIES, CHANGE_OF_DATA)


def run_changes_of_data(striking: list[Fault]) -> None:
    """Somebody works in 1C between two requests."""
    for fault in striking:
        if fault.name == CHANGE_OF_DATA:
            fault.value()


def instead(striking: list[Fault]) -> Answer | None:
    """The answer that comes before 1C has seen the request, if any fault has one."""
    return next((INSTEAD[fault.name](fault.value) for fault in striking if fault.name in INSTEAD), None)


def changed(options: Options, striking: list[Fault]) -> Options:
    """The options as they are carried out."""
    for fault in striking:
        if fault.name in CHANGES:
            options = CHANGES[fault.name](options, fault.value)
    return options


def spoilt(answer: Answer, striking: list[Fault]) -> Answer:
    """The answer as it leaves the server."""
    for fault in striking:
        if fault.name in AFTER:
            answer = AFTER[fault.name](answer, fault.value)
    return answer
