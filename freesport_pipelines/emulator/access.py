"""Who may read what: Basic authentication in UTF-8, the lock after wrong attempts, forbidden sets and rows."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from freesport_pipelines.emulator.answer import Answer
from freesport_pipelines.emulator.errors import JSON, LOCKED, UNKNOWN_USER, exception_json, page


@dataclass(frozen=True)
class Access:
    """The service user and its rights."""

    user: str = "СлужебныйПользователь"
    password: str = field(default="эмулятор", repr=False)
    attempts: int = 5
    """So many wrong attempts lock the account."""
    forbidden: frozenset[str] = frozenset()
    """Sets that are published but not for this user: code 20 with HTTP 401."""
    restricted: Mapping[str, int] = field(default_factory=dict)
    """Sets of which every n-th row is hidden from the user; without `allowedOnly` such a row forbids the answer."""


class Door:
    """Lets requests in, and remembers wrong attempts."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = Lock()
        self.wrong_attempts = 0

    def refusal(self, authorization: str | None) -> Answer | None:
        """The answer to somebody who may not come in; None: come in."""
        with self._lock:
            if self.wrong_attempts >= self._access.attempts:
                return Answer(403, exception_json(LOCKED), JSON)
            if authorization is None:
                return _asked_for_a_name()
            if not self._is_right(authorization):
                self.wrong_attempts += 1
                return Answer(401, exception_json(UNKNOWN_USER), JSON, _challenge())
        return None

    def unlock(self) -> None:
        """What the administrator does after a lock."""
        with self._lock:
            self.wrong_attempts = 0

    def _is_right(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        try:
            pair = b64decode(token, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and pair == f"{self._access.user}:{self._access.password}"


def _asked_for_a_name() -> Answer:
    return Answer(401, page("401 Unauthorized", "Требуется вход в приложение"), "text/html", _challenge())


def _challenge() -> dict[str, str]:
    return {"WWW-Authenticate": 'Basic realm="1C:Enterprise 8"'}
