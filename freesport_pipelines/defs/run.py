"""Which import a run works on, and how a failure is written down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import dagster as dg

from freesport_pipelines.defs.resources import Shop

if TYPE_CHECKING:
    from freesport_pipelines.database.sessions import Session

T = TypeVar("T")

CLICK_JOB = (
    "This asset is one step of an import and has no session in this run. Open Jobs → catalog_import (or stock_update) "
    "and press Materialize all; the arrow beside it opens the launchpad, where a folder can be named. The job takes "
    "the next drop of the exchange folder. (Запустите задание catalog_import.)"
)


def session_key(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> str:
    """The root run's id: a re-execution from failure finds the staging of the run it repeats."""
    return context.run.root_run_id or context.run.run_id


def current_import(context: dg.AssetExecutionContext, shop: Shop):  # type: ignore[no-untyped-def]
    """The `ImportContext` this run opened; fails with what to click instead where there is none."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.domain.kinds import Kind
    from freesport_pipelines.steps.context import ImportContext
    from freesport_pipelines.steps.customers import load_drop

    session = sessions.of_run(shop.database, session_key(context))
    if session is None:
        raise dg.Failure(CLICK_JOB, allow_retries=False)
    session = resumed(context, shop, session)
    drop = load_drop(shop.archive, session.drop_id).only([Kind(kind) for kind in session.options.get("only", ())])
    return ImportContext(shop.database, drop, session, shop.settings)


def resumed(context: dg.AssetExecutionContext, shop: Shop, session: "Session") -> "Session":
    """The session, at work again if an earlier run of it failed and this one re-executes that run from its failure."""
    from freesport_pipelines.database import sessions

    if session.status != sessions.FAILED or not context.run.parent_run_id:
        return session
    record = context.instance.get_run_record_by_id(context.run.run_id)
    failed_before = record is None or session.finished_at is None or session.finished_at < record.create_timestamp
    return sessions.take_up_again(shop.database, session.id) if failed_before else session


@contextmanager
def readable_failure() -> Iterator[None]:
    """Let an error reach the operator as the first line of the failed step, not below Dagster's frames.

    Where the same may succeed in some minutes without anybody's doing (1C under maintenance, out of sessions, not
    reachable), Dagster may try again by the asset's policy; repeating anything else is idle.
    """
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        again = getattr(error, "transient", False)
        raise dg.Failure(str(error) or type(error).__name__, allow_retries=again) from error


def session_step(shop: Shop, session_id: int, step: Callable[[], T]) -> T:
    """Do a step of a session; if it fails for good, so does the session."""
    from sqlalchemy.exc import SQLAlchemyError

    from freesport_pipelines.database import sessions
    from freesport_pipelines.domain.error_policy import Trouble
    from freesport_pipelines.steps.attempt import trouble_of

    try:
        return plain_step(shop, session_id, step)
    except dg.Failure as failure:
        # a database that is still away leaves the session to those who look for dead ones
        with suppress(SQLAlchemyError):
            again = trouble_of(failure.__cause__ or failure) is Trouble.DATABASE_ERROR
            sessions.fail(shop.database, session_id, failure.description or "", again=again)
        raise


def publishing_step(shop: Shop, session_id: int, step: Callable[[], T]) -> T:
    """Do a step that publishes: when it fails nothing was changed and the judgement stands for a retry."""
    from sqlalchemy.exc import SQLAlchemyError

    from freesport_pipelines.database import sessions

    try:
        return plain_step(shop, session_id, step)
    except dg.Failure as failure:
        with suppress(SQLAlchemyError):
            sessions.update(shop.database, session_id, error=failure.description or "")
        raise


def plain_step(shop: Shop, session_id: int, step: Callable[[], T]) -> T:
    """Do a step without writing a failure down: a refused approval is no matter of the session."""
    from freesport_pipelines.steps.attempt import attempt

    with readable_failure():
        return attempt(shop.database, session_id, step, shop.settings.database_attempts)
