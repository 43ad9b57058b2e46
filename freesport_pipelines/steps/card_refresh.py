"""Compare the history of discount cards with 1C, some every night, and read the months again that differ.

Counting finds no document that only got another amount or another card (`drift.py`): its rows are as many as before.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from freesport_pipelines.database import mirroring
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import discount_cards, sales_by_card
from freesport_pipelines.database.windows import windows_read
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.errors import OnecError
from freesport_pipelines.progress import Progress
from freesport_pipelines.steps.drift import Mended, read_again
from freesport_pipelines.steps.onec_reading import gather, when_changed
from freesport_pipelines.steps.onec_rows import BY_TABLE

log = logging.getLogger(__name__)

LONGEST_BATCH = timedelta(minutes=90)
"""Of a night; Dagster ends a run after two hours (dagster.yaml)."""
GIVE_UP_AFTER = 3


@dataclass
class Refreshed:
    """What a batch did."""

    cards: int = 0
    left_for_later: int = 0
    mended: list[Mended] = field(default_factory=list)


def cards_to_refresh(database: ShopDatabase, limit: int) -> list[str]:
    """Cards whose history was compared longest ago, never first."""
    c = discount_cards.c
    never_first = sa.case((c.refreshed_at.is_(None), 0), else_=1)
    query = sa.select(c.onec_id).where(c.missing_since.is_(None)).order_by(never_first, c.refreshed_at, c.onec_id)
    with database.read() as connection:
        return list(connection.execute(query.limit(limit)).scalars())


def refresh_cards(
    database: ShopDatabase,
    client: OnecClient,
    tables: Sequence[str],
    limit: int,
    now: datetime,
    *,
    run_id: str | None = None,
    longest: timedelta = LONGEST_BATCH,
) -> Refreshed:
    """Refresh so many cards: stopped half-way, the next night goes on where this one ended.

    If 1C refuses to filter by card, every card would be a scan of the whole register: then the batch ends at once. A
    card that cannot be read holds up no other, unless three in a row fail: then it is 1C that does.

    :param tables: registers whose months are read again together
    :raises OnecError: the first failure, after everything else was done
    """
    cards = cards_to_refresh(database, limit)
    progress = Progress("cards", len(cards), "cards")
    done, failures, in_a_row = Refreshed(left_for_later=len(cards)), list[OnecError](), 0
    until = time.monotonic() + longest.total_seconds()
    for card in cards:
        try:
            moments, is_degraded = _differences(database, client, card, now)
            done.mended += read_again(database, client, tables, moments, run_id)
        except OnecError as error:
            failures.append(error)
            in_a_row += 1
            log.warning("card %s could not be refreshed: %s", card, error)
            if error.latches or in_a_row == GIVE_UP_AFTER:
                raise
            continue
        _note(database, card, now)
        done.cards, done.left_for_later, in_a_row = done.cards + 1, done.left_for_later - 1, 0
        progress.move(1)
        if is_degraded:
            log.warning("1C does not filter this register by card: no more cards are refreshed one by one")
            break
        if time.monotonic() > until:
            log.warning("%s are over: the other cards are left for the next night", longest)
            break
    progress.end(f"{done.cards} cards refreshed")
    if failures:
        raise failures[0]
    return done


@when_changed
def _differences(database: ShopDatabase, client: OnecClient, card: str, now: datetime) -> tuple[list[datetime], bool]:
    """When sales of a card are otherwise in 1C than here, in the months that were read; did 1C refuse the filter?"""
    mirror = BY_TABLE[sales_by_card.name]
    windows = windows_read(database, sales_by_card.name)
    if not windows:
        return [], False
    reading = client.register(client.entities.sales_by_card, windows[0].start, now, holder=card)
    with mirroring.gathering(database, mirror.table, mirror.columns) as gathered:
        gather(gathered, reading, mirror)
        c = sales_by_card.c
        start, end = (sa.literal(moment, c.period.type) for moment in (windows[0].start, now))
        mine = sa.and_(c.card_onec_id == card, c.period >= start, c.period < end)
        moments = mirroring.differing(gathered, mine, mirror.period)
    return moments, reading.summary.is_degraded


def _note(database: ShopDatabase, card: str, now: datetime) -> None:
    mine = discount_cards.c.onec_id == card
    with database.write() as connection:
        connection.execute(discount_cards.update().where(mine).values(refreshed_at=now))
