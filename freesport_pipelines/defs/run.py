"""Which import a run works on, and how a failure is written down."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from freesport_pipelines.defs.resources import Shop

CLICK_JOB = (
    "This asset is one step of an import and has no session in this run. Launch the job catalog_import (or "
    "stock_update) from Jobs → Launchpad: it takes the next drop of the exchange folder, or the folder named in its "
    "configuration. (Запустите задание catalog_import.)"
)


def session_key(context: dg.AssetExecutionContext) -> str:
    """The root run's id: a re-execution from failure finds the staging of the run it repeats."""
    return context.run.root_run_id or context.run.run_id


def current_import(context: dg.AssetExecutionContext, shop: Shop):  # type: ignore[no-untyped-def]
    """The `ImportContext` this run opened; fails with what to click instead where there is none."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.steps.context import ImportContext

    session = sessions.of_run(shop.database, session_key(context))
    if session is None:
        raise dg.Failure(CLICK_JOB, allow_retries=False)
    return ImportContext(shop.database, shop.archive.load(session.drop_id), session, shop.settings)


@contextmanager
def failing_session(shop: Shop, session_id: int) -> Iterator[None]:
    """Mark the session failed when a step raises; the error reaches the operator with its cause."""
    from freesport_pipelines.database import sessions

    try:
        yield
    except dg.Failure as failure:
        sessions.fail(shop.database, session_id, failure.description or str(failure))
        raise
    except Exception as error:
        sessions.fail(shop.database, session_id, f"{type(error).__name__}: {error}")
        raise dg.Failure(f"{error}", metadata={"session": session_id}, allow_retries=False) from error
