"""When a request may be sent: one at a time or two, not during a pause, and never after a refused login.

One Pace serves all workers of a process that talk to the same base with the same credentials (facts/odata, 2.3).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock

from freesport_pipelines.odata.errors import CircuitOpenError, OnecError, ThrottledError

MOST_CONCURRENT = 2
"""The smallest tariff of Fresh has two sessions."""
LONGEST_PAUSE = 600.0
"""Seconds. A longer wait is left to whoever called."""
BREAKS_AFTER = 10
"""So many transient failures in a row open the circuit …"""
BREAK_SECONDS = 60.0
"""… for so long."""


class Pace:
    """The limiter, the pause, the circuit breaker and the latch."""

    def __init__(
        self,
        concurrency: int = 1,
        *,
        spacing: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with nothing known.

        :param spacing: seconds between the starts of two requests
        """
        self.clock = clock
        self.sleep = sleep
        self._spacing = spacing
        self._concurrency = min(concurrency, MOST_CONCURRENT)
        self._changed = Condition()
        self._running = 0
        self._is_proven = False
        self._latched: OnecError | None = None
        self._failures = 0
        self._open_until = self._resume_at = self._next_start = clock()

    def narrow(self, concurrency: int = 1) -> None:
        """Never more than so many at once from now on."""
        with self._changed:
            self._concurrency = min(self._concurrency, concurrency)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a request may be sent; raise if none may."""
        with self._changed:
            self._check()
            while self._running >= self._limit:
                self._changed.wait()
                self._check()
            self._running += 1
        try:
            self._wait_out()
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @property
    def _limit(self) -> int:
        """One until the credentials are proven, so that a wrong password is tried once and not by every worker."""
        return self._concurrency if self._is_proven else 1

    def _check(self) -> None:
        """Raise if nothing may be sent now."""
        if self._latched is not None:
            raise type(self._latched)(
                "nothing is sent any more: " + self._latched.problem, status=self._latched.status
            ) from None
        if self._resume_at - self.clock() > LONGEST_PAUSE:
            raise ThrottledError("the server asked for a long pause", retry_after=self._resume_at - self.clock())
        if self.clock() < self._open_until:
            raise CircuitOpenError("too many failures in a row")

    def _wait_out(self) -> None:
        while True:
            with self._changed:
                self._check()
                wait = max(self._resume_at, self._next_start) - self.clock()
                if wait <= 0:
                    self._next_start = self.clock() + self._spacing
                    return
            self.sleep(wait)

    def pause(self, seconds: float) -> None:
        """Nobody sends anything for so long."""
        with self._changed:
            self._resume_at = max(self._resume_at, self.clock() + seconds)

    def answered(self) -> None:
        """1C accepted the credentials and said something, be it a refusal."""
        with self._changed:
            self._is_proven = True
            self._failures = 0

    def failed(self, error: OnecError) -> None:
        """Take note of a failure."""
        with self._changed:
            if error.latches:
                self._latched = error
            elif error.trips:
                self._failures += 1
                if self._failures >= BREAKS_AFTER:
                    self._open_until = self.clock() + BREAK_SECONDS
                    self._failures = BREAKS_AFTER - 1


_SHARED: dict[str, Pace] = {}
_GUARD = Lock()


def shared_pace(key: str, concurrency: int, spacing: float) -> Pace:
    """The pace of this process for a base and its credentials.

    The narrowest concurrency that anybody asked for holds for all.
    """
    with _GUARD:
        pace = _SHARED.setdefault(key, Pace(concurrency, spacing=spacing))
    pace.narrow(concurrency)
    return pace
