"""Read an entity of 1C completely into its table: a catalogue as a whole, a register by windows.

Nothing is changed by a reading that does not come to its end (`database/mirroring.py`).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from freesport_pipelines.database import mirroring, windows
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.mirroring import Counts, Read
from freesport_pipelines.database.purchase_schema import loyalty_balances
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import ChangedWhileReadError, OnecError
from freesport_pipelines.odata.reading import Reading, Summary
from freesport_pipelines.steps.onec_rows import BY_TABLE, Mirror

log = logging.getLogger(__name__)

when_changed = retry(
    retry=retry_if_exception_type((ChangedWhileReadError, mirroring.RepeatedRows)),
    stop=stop_after_attempt(3),
    reraise=True,
)
"""Read again at once what somebody changed meanwhile."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing in a register is older (facts/odata, section 1.2: garbage years). Points are read from here on."""


@dataclass(frozen=True)
class Outcome:
    """What a reading brought."""

    counts: Counts
    summary: Summary

    def as_metadata(self) -> dict[str, Any]:
        """Figures for people and plots; no personal values."""
        counts, summary = self.counts, self.summary
        return {
            "rows": counts.rows,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "deleted": counts.deleted,
            "requests": summary.requests,
            "entity": summary.entity,
            "is_published": summary.is_published,
            "degraded": "full_scan" if summary.is_degraded else "no",
            "allowed_only": summary.allowed_only,
            "chosen_field": summary.chosen_field or "-",
            "fields_not_published": ", ".join(summary.unpublished_fields) or "-",
        }


@when_changed
def read_catalogue(database: ShopDatabase, client: OnecClient, table: str, *, allow_vanishing: bool = False) -> Outcome:
    """Replace a catalogue by a complete scan.

    :raises SuspiciousScan: if 1C shows much less than before
    :raises OnecError: if the scan could not be completed
    """
    mirror, now = BY_TABLE[table], datetime.now(UTC)
    reading = client.catalogue(getattr(client.entities, mirror.entity))
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        gather(gathered, reading, mirror)
        if not reading.summary.is_published:  # optional: what is known stays known
            return Outcome(Counts(), reading.summary)
        counts = mirroring.replace_catalogue(gathered, now, allow_vanishing=allow_vanishing)
    return Outcome(counts, reading.summary)


@when_changed
def read_window(
    database: ShopDatabase, client: OnecClient, table: str, start: datetime, end: datetime, run_id: str | None = None
) -> Outcome:
    """Replace a window of a register, `start` inclusive, `end` exclusive, both aware."""
    mirror, now = BY_TABLE[table], datetime.now(UTC)
    reading = client.register(getattr(client.entities, mirror.entity), start, end)
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        gather(gathered, reading, mirror)
        summary = reading.summary
        read = Read(start, end, now, run_id, summary.is_degraded, summary.is_published)
        if not summary.is_published and windows.count_rows(database, mirror.table, mirror.period, start, end):
            raise mirroring.SuspiciousScan(
                f"{table}: 1C no longer publishes {summary.entity}, of which rows are known: publish it again in 1C"
            )
        counts = mirroring.replace_window(gathered, mirror.period, read)
    return Outcome(counts, summary)


def read_balances(database: ShopDatabase, client: OnecClient, at: datetime) -> Outcome | None:
    """Replace what 1C itself says of bonus points; None if it does not: then nothing is compared, and nothing stale.

    The balance is a cross-check: profiles do not wait for it. Only a refused login is an error here.
    """
    try:
        balances = client.loyalty_balances(at=at)
    except OnecError as error:
        if error.latches:
            raise
        log.warning("%s; balances are not compared", error)
        balances = None
    columns = ("card_onec_id", "balance", "at")
    rows = {b.card: b.accrued - b.to_write_off for b in balances or () if b.card is not None}
    with mirroring.gathering(database, loyalty_balances, columns) as gathered:
        gathered.add([(card, balance, gathered.moment(at)) for card, balance in sorted(rows.items())])
        counts = mirroring.replace_part(gathered, sa.true())
    if balances is None:
        return None
    summary = Summary(loyalty_balances.name, len(rows), 1, True, False, False, "", ())
    return Outcome(counts, summary)


def gather(gathered: mirroring.Gathered, reading: Reading[Any], mirror: Mirror) -> None:
    """Keep all rows of a reading as they will be stored."""
    for block in reading:
        gathered.add(_rows(block, mirror, gathered))


def _rows(block: Iterable[Any], mirror: Mirror, gathered: mirroring.Gathered) -> list[Any]:
    return [mirror.row(row, gathered.moment) for row in block]
