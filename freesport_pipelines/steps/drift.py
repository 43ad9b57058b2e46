"""Find months of a register that 1C has changed since they were read, by counting, and read them again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.windows import count_rows, windows_read
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import NotPublishedError
from freesport_pipelines.steps.onec_reading import Outcome, read_window
from freesport_pipelines.steps.onec_rows import BY_TABLE


class Drift(NamedTuple):
    """What was found and mended."""

    compared: int
    mended: list[tuple[str, datetime, Outcome]]
    """(table, begin of the window, how it was read again)."""


def mend_drift(
    database: ShopDatabase, client: OnecClient, tables: Sequence[str], since: datetime, run_id: str | None
) -> Drift:
    """Count the rows of every window that was read and ends after `since`; read again those that differ.

    A register that was not published when a window was read is looked for again.
    """
    compared, mended = 0, []
    for table in tables:
        mirror = BY_TABLE[table]
        entity = getattr(client.entities, mirror.entity)
        for window in windows_read(database, table):
            if window.end <= since:
                continue
            try:
                counted = client.count(entity, window.start, window.end)
            except NotPublishedError:
                break
            compared += 1
            # a register that is grouped by document counts documents
            grouped = client.fitted(entity).is_grouped
            known = count_rows(database, mirror.table, mirror.period, window.start, window.end, documents=grouped)
            if counted != known or not window.is_published:
                outcome = read_window(database, client, table, window.start, window.end, run_id)
                mended.append((table, window.start, outcome))
    return Drift(compared, mended)
