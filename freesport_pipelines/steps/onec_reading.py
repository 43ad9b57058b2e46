"""Read an entity of 1C completely into its table: a catalogue as a whole, a register by windows, one card's history.

Nothing is changed by a reading that does not come to its end (`database/mirroring.py`).
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from freesport_pipelines.database import mirroring, windows
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.mirroring import Counts, Read
from freesport_pipelines.database.purchase_schema import discount_cards, loyalty_balances, sales_by_card
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import ChangedWhileReadError, OnecError
from freesport_pipelines.odata.reading import Reading, Summary
from freesport_pipelines.progress import Progress
from freesport_pipelines.steps.onec_rows import BY_TABLE, Mirror

log = logging.getLogger(__name__)

_when_changed = retry(
    retry=retry_if_exception_type((ChangedWhileReadError, mirroring.RepeatedRows)),
    stop=stop_after_attempt(3),
    reraise=True,
)
"""Read again at once what somebody changed meanwhile."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing in a register is older (facts/odata, section 1.2: garbage years). Points are read from here on."""
LONGEST_BATCH = timedelta(minutes=90)
"""Of card refreshes in a night; Dagster ends a run after two hours (dagster.yaml)."""
GIVE_UP_AFTER = 3


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


@_when_changed
def read_catalogue(database: ShopDatabase, client: OnecClient, table: str, *, allow_vanishing: bool = False) -> Outcome:
    """Replace a catalogue by a complete scan.

    :raises SuspiciousScan: if 1C shows much less than before
    :raises OnecError: if the scan could not be completed
    """
    mirror, now = BY_TABLE[table], datetime.now(UTC)
    reading = client.catalogue(getattr(client.entities, mirror.entity))
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        _gather(gathered, reading, mirror)
        if not reading.summary.is_published:  # optional: what is known stays known
            return Outcome(Counts(), reading.summary)
        counts = mirroring.replace_catalogue(gathered, now, allow_vanishing=allow_vanishing)
    return Outcome(counts, reading.summary)


@_when_changed
def read_window(
    database: ShopDatabase, client: OnecClient, table: str, start: datetime, end: datetime, run_id: str | None = None
) -> Outcome:
    """Replace a window of a register, `start` inclusive, `end` exclusive, both aware."""
    mirror, now = BY_TABLE[table], datetime.now(UTC)
    reading = client.register(getattr(client.entities, mirror.entity), start, end)
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        _gather(gathered, reading, mirror)
        summary = reading.summary
        read = Read(start, end, now, run_id, summary.is_degraded, summary.is_published)
        if not summary.is_published and windows.count_rows(database, mirror.table, mirror.period, start, end):
            raise mirroring.SuspiciousScan(
                f"{table}: 1C no longer publishes {summary.entity}, of which rows are known: publish it again in 1C"
            )
        counts = mirroring.replace_window(gathered, mirror.period, read)
    return Outcome(counts, summary)


@_when_changed
def refresh_card(database: ShopDatabase, client: OnecClient, card: str, start: datetime, now: datetime) -> Outcome:
    """Read all sales of one card again, from the first month of purchases on."""
    mirror = BY_TABLE[sales_by_card.name]
    reading = client.register(client.entities.sales_by_card, start, now, holder=card)
    done = discount_cards.update().where(discount_cards.c.onec_id == card).values(refreshed_at=now)
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        _gather(gathered, reading, mirror)
        of_card = sales_by_card.c.card_onec_id == card
        period = sales_by_card.c.period
        inside = sa.and_(period >= sa.literal(start, period.type), period < sa.literal(now, period.type))
        counts = mirroring.replace_part(gathered, sa.and_(of_card, inside), [done])
    return Outcome(counts, reading.summary)


def cards_to_refresh(database: ShopDatabase, limit: int) -> list[str]:
    """Cards whose history was read longest ago, never first."""
    c = discount_cards.c
    never_first = sa.case((c.refreshed_at.is_(None), 0), else_=1)
    query = sa.select(c.onec_id).where(c.missing_since.is_(None)).order_by(never_first, c.refreshed_at, c.onec_id)
    with database.read() as connection:
        return list(connection.execute(query.limit(limit)).scalars())


def refresh_cards(
    database: ShopDatabase,
    client: OnecClient,
    limit: int,
    start: datetime,
    now: datetime,
    *,
    longest: timedelta = LONGEST_BATCH,
) -> dict[str, int]:
    """Refresh so many cards, one transaction each: stopped half-way, the next night goes on where this one ended.

    If 1C refuses to filter by card, every card would be a scan of the whole register: then the batch ends at once. A
    card that cannot be read holds up no other, unless three in a row fail: then it is 1C that does.

    :raises OnecError: the first failure, after everything else was done
    """
    cards = cards_to_refresh(database, limit)
    progress = Progress("cards", len(cards), "cards")
    changed = refreshed = in_a_row = 0
    failures: list[OnecError] = []
    until = time.monotonic() + longest.total_seconds()
    for card in cards:
        try:
            outcome = refresh_card(database, client, card, start, now)
        except OnecError as error:
            failures.append(error)
            in_a_row += 1
            log.warning("card %s could not be refreshed: %s", card, error)
            if error.latches or in_a_row == GIVE_UP_AFTER:
                raise
            continue
        changed, refreshed, in_a_row = changed + outcome.counts.changed, refreshed + 1, 0
        progress.move(1)
        if outcome.summary.is_degraded:
            log.warning("1C does not filter this register by card: no more cards are refreshed one by one")
            break
        if time.monotonic() > until:
            log.warning("%s are over: the other cards are left for the next night", longest)
            break
    progress.end(f"{refreshed} cards refreshed")
    if failures:
        raise failures[0]
    return {"cards": refreshed, "changed_rows": changed, "left_for_later": len(cards) - refreshed}


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


def _gather(gathered: mirroring.Gathered, reading: Reading[Any], mirror: Mirror) -> None:
    for block in reading:
        gathered.add(_rows(block, mirror, gathered))


def _rows(block: Iterable[Any], mirror: Mirror, gathered: mirroring.Gathered) -> list[Any]:
    return [mirror.row(row, gathered.moment) for row in block]
