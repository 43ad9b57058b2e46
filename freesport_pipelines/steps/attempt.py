"""Do one step of a session: give a sign of life meanwhile, and treat errors as the policy says.

Every step can be repeated: it replaces what an earlier attempt staged, and publishing is one transaction.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.database import liveness, sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.transient import is_transient
from freesport_pipelines.domain.error_policy import POLICY, Strategy, Trouble
from freesport_pipelines.exchange.errors import ExchangeError

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 30
T = TypeVar("T")


def trouble_of(error: BaseException) -> Trouble:
    """What kind of trouble an error is."""
    if isinstance(error, PacketError | ExchangeError):
        return Trouble.FILE_PARSE_ERROR
    return Trouble.DATABASE_ERROR if is_transient(error) else Trouble.DEFECT


def attempt(database: ShopDatabase, session_id: int, step: Callable[[], T], attempts: int) -> T:
    """Do the step, again after a pause where the policy says so; raise what stops it.

    :param attempts: how often a step is tried at most
    """

    def alive() -> T:
        sessions.touch(database, session_id)
        with liveness.working_on(database, session_id):
            done = step()
        sessions.touch(database, session_id)
        return done

    return persistently(alive, attempts)


def persistently(step: Callable[[], T], attempts: int) -> T:
    """Do something that needs no session, with the same policy."""
    retrying = Retrying(
        retry=retry_if_exception(lambda error: POLICY[trouble_of(error)] is Strategy.RETRY_WITH_BACKOFF),
        wait=wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE_SECONDS),
        stop=stop_after_attempt(attempts),
        before_sleep=_say,
        reraise=True,
    )
    return retrying(step)


def _say(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0
    reason = str(getattr(error, "orig", error)).strip().splitlines()
    log.warning("the database dropped out (%s); trying again in %.1f s", reason[0] if reason else error, pause)
