"""Find months of a register that 1C has changed since they were read, by counting, and read them again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.windows import WindowRead, count_rows, windows_read
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import NotPublishedError
from freesport_pipelines.steps.onec_reading import Outcome, read_window
from freesport_pipelines.steps.onec_rows import BY_TABLE


class Mended(NamedTuple):
    """A month of a register that was read again."""

    table: str
    start: datetime
    outcome: Outcome


class Drift(NamedTuple):
    """What was found and mended."""

    compared: int
    mended: list[Mended]
    elsewhere: dict[str, int]
    """By table: what 1C counts outside all months that were read, such as documents of the year 0205."""


def mend_drift(database: ShopDatabase, client: OnecClient, tables: Sequence[str], run_id: str | None) -> Drift:
    """Count the rows of every window that was read; read again those that differ.

    A register that was not published when a window was read is looked for again.
    """
    compared, mended, elsewhere = 0, [], {}
    for table in tables:
        entity = getattr(client.entities, BY_TABLE[table].entity)
        windows, inside = windows_read(database, table), 0
        try:
            for window in windows:
                counted = client.count(entity, window.start, window.end)
                inside += counted
                if counted != _known(database, client, table, window) or not window.is_published:
                    mended.append(_mend(database, client, table, window, run_id))
            if windows and (rest := client.count(entity) - inside) > 0:
                elsewhere[table] = rest
        except NotPublishedError:
            continue
        compared += len(windows)
    return Drift(compared, mended, elsewhere)


def read_again(
    database: ShopDatabase, client: OnecClient, tables: Sequence[str], moments: Collection[datetime], run_id: str | None
) -> list[Mended]:
    """Read those windows of all registers that hold one of the moments, if they were read before.

    What a document changed in one register it has changed in the others: together they stay one truth.
    """
    return [
        _mend(database, client, table, window, run_id)
        for table in tables
        for window in windows_read(database, table)
        if any(window.start <= moment < window.end for moment in moments)
    ]


def _mend(database: ShopDatabase, client: OnecClient, table: str, window: WindowRead, run_id: str | None) -> Mended:
    return Mended(table, window.start, read_window(database, client, table, window.start, window.end, run_id))


def _known(database: ShopDatabase, client: OnecClient, table: str, window: WindowRead) -> int:
    """What the shop has of a window; a register that is grouped by document is counted by documents, as 1C does."""
    mirror = BY_TABLE[table]
    grouped = client.fitted(getattr(client.entities, mirror.entity)).is_grouped
    return count_rows(database, mirror.table, mirror.period, window.start, window.end, documents=grouped)
