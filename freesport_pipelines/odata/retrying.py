"""A request with all its attempts: waits that grow and jitter, pauses for all, the breaker, the latch."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar, cast

from tenacity import RetryCallState, Retrying, retry_if_exception

from freesport_pipelines.odata.classify import Answer, Target, refusal
from freesport_pipelines.odata.errors import OnecError, SessionLimitError
from freesport_pipelines.odata.pace import LONGEST_PAUSE, Pace
from freesport_pipelines.odata.transport import Transport

log = logging.getLogger(__name__)

JITTER = (0.7, 1.3)
"""Narrow enough that each wait is longer than the one before it, which doubles."""
READ_SECONDS = 120.0
DEADLINE_SECONDS = 600.0

_T = TypeVar("_T")


class Requests:
    """Sends GETs at the pace of the process until one is answered, or may not be sent any more."""

    def __init__(
        self,
        transport: Transport,
        pace: Pace,
        *,
        read_seconds: float = READ_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        """Put the parts together.

        :param read_seconds: how long the server may be silent
        :param deadline_seconds: how long a request may take in all, with its attempts and waits
        """
        self._transport = transport
        self.pace = pace
        self._read_seconds = read_seconds
        self._deadline_seconds = deadline_seconds
        self.sent = 0
        """Attempts so far."""

    def get(self, target: Target, read: Callable[[Answer, Target], _T], *, read_seconds: float | None = None) -> _T:
        """What `read` makes of the answer; a body that it finds broken is asked for again.

        :param read_seconds: more patience, for what is known to be slow
        """
        deadline = self.pace.clock() + self._deadline_seconds
        seconds = max(self._read_seconds, read_seconds or 0.0)
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, OnecError)),
            stop=lambda state: _is_enough(state, deadline - self.pace.clock()),
            wait=_wait,
            before_sleep=self._tell,
            sleep=self.pace.sleep,
            reraise=True,
        )
        return retrying(lambda: self._attempt(target, read, seconds, deadline))

    def _attempt(self, target: Target, read: Callable[[Answer, Target], _T], seconds: float, deadline: float) -> _T:
        """The error is noted before the turn ends, so that the next worker already knows of it."""
        with self.pace.turn():
            try:
                self.sent += 1
                answer = self._transport.get(target, read_seconds=seconds, deadline=deadline)
                if answer.status >= 300:
                    raise refusal(answer, target, time.time())
                result = read(answer, target)
            except OnecError as error:
                self._note(error)
                raise
            self.pace.answered()
            return result

    def _note(self, error: OnecError) -> None:
        if error.pauses_all or error.retry_after is not None:
            self.pace.pause(max(error.least_wait, error.retry_after or 0.0))
        if isinstance(error, SessionLimitError):
            self.pace.narrow(1)
        if error.trips or error.latches:
            self.pace.failed(error)
        elif error.status is not None:
            self.pace.answered()

    def _tell(self, state: RetryCallState) -> None:
        error = _error(state)
        log.warning("attempt %d failed, next in %.1f s: %s", state.attempt_number, state.upcoming_sleep, error)
        if error.pauses_all:
            self.pace.pause(state.upcoming_sleep)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def _error(state: RetryCallState) -> OnecError:
    assert state.outcome is not None  # noqa: S101 (tenacity calls back only after an attempt)
    return cast("OnecError", state.outcome.exception())


def _is_enough(state: RetryCallState, left: float) -> bool:
    error = _error(state)
    wait = state.upcoming_sleep
    return state.attempt_number >= error.attempts or wait > min(left, LONGEST_PAUSE)


def _wait(state: RetryCallState) -> float:
    """1, 2, 4, 8 s, jittered; or what the server or the kind of failure asks for, if that is longer."""
    error = _error(state)
    grown = 2.0 ** (state.attempt_number - 1) * random.uniform(*JITTER)  # noqa: S311
    return max(grown, error.least_wait, error.retry_after or 0.0)
