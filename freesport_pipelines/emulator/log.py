"""What was asked, in the order of arrival: the witness of every test of a client. It holds no credentials."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from freesport_pipelines.emulator.answer import Asked
from freesport_pipelines.emulator.options import decoded


@dataclass(slots=True)
class Logged:
    """One request; status and seconds are filled in when it has been answered."""

    number: int
    method: str
    target: str
    """Path and query as they came, byte for byte."""
    path: str
    """The decoded path behind the base address, without its first slash."""
    options: dict[str, str]
    """The decoded options; a `+` stays a `+`."""
    began: float
    """When it came, by the server's clock in seconds."""
    in_flight: int
    """How many requests were under way when it came, itself included."""
    connection: int
    """Requests of one connection have one number."""
    authorized: bool
    """Whether it had an Authorization header."""
    cookie: str | None
    status: int | None = None
    rows: int = 0
    seconds: float | None = None
    faults: list[str] = field(default_factory=list)
    """The faults that struck it."""


class Log:
    """All requests of one server, and how many are under way."""

    def __init__(self, clock: Callable[[], float], base: str) -> None:
        self._clock, self._base, self._lock = clock, base, Lock()
        self._requests: list[Logged] = []
        self._under_way = 0
        self._most = 0

    @property
    def requests(self) -> list[Logged]:
        """The requests so far."""
        with self._lock:
            return list(self._requests)

    @property
    def most_in_flight(self) -> int:
        """The largest number of requests that were under way at once."""
        return self._most

    def clear(self) -> None:
        """Forget what has been, but for what is under way."""
        with self._lock:
            self._requests.clear()
            self._most = self._under_way

    def arrived(self, asked: Asked, connection: int) -> Logged:
        """A request has come."""
        with self._lock:
            self._under_way += 1
            self._most = max(self._most, self._under_way)
            entry = Logged(
                number=asked.number,
                method=asked.method,
                target=asked.target,
                path=asked.decoded_path.removeprefix(self._base).lstrip("/"),
                options=decoded(asked.query),
                began=self._clock(),
                in_flight=self._under_way,
                connection=connection,
                authorized="authorization" in asked.headers,
                cookie=asked.headers.get("cookie"),
            )
            self._requests.append(entry)
            return entry

    def left(self, entry: Logged, status: int, rows: int) -> None:
        """The answer is about to be complete: the session is free for the next request."""
        with self._lock:
            if entry.status is None:
                self._under_way -= 1
                entry.status, entry.rows, entry.seconds = status, rows, self._clock() - entry.began
