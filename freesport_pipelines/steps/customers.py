"""Stage the contragents of a drop, and find the drop whose contragents come next."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from upath import UPath

from freesport_pipelines.commerceml.contragents_writer import NODE
from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.commerceml.packet import read_header
from freesport_pipelines.database import conflicts, customer_dashboard, customer_log, exports, staging, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.contragents import PLATFORM_ID_BEGINS, shape_contragent
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.rows import SyncLogRow
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.claim import claimed_drops
from freesport_pipelines.exchange.drop import Drop, DropFile, DropMode
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import scan
from freesport_pipelines.steps import opening
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.packets import Tally, stage_records

NO_DROP = "-"
"""Drop id of a synchronisation without new files: registrations and decided conflicts alone."""
LOOK_BACK = 1_000
"""Archived drops among which unread contragents are looked for: with stocks every quarter of an hour, ten days."""

Figures = dict[str, dict[str, Any]]


def stage_contragents(context: ImportContext) -> Figures:
    """contragents → staged_contragents, normalised by the rules."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.contragents.delete())
        stage_records(context, connection, Kind.CONTRAGENTS, staging.contragents, shape_contragent, tally)
        own = _set_aside_own_registrations(context, connection)
    tally.rows -= own
    return {str(Kind.CONTRAGENTS): tally.as_figures(own_registrations=own)}


def _set_aside_own_registrations(context: ImportContext, connection: sa.Connection) -> int:
    """A file of ours that came back unread is no answer of 1C: its registrations still bear our ids; how many."""
    packets = enumerate(context.drop.packets(Kind.CONTRAGENTS), 1)
    ours = [number for number, file in packets if _is_our_own(context, file)]
    table = staging.contragents.c
    own = sa.and_(table.packet.in_(ours), table.onec_id.startswith(PLATFORM_ID_BEGINS))
    return connection.execute(staging.contragents.delete().where(own)).rowcount if ours else 0


def _is_our_own(context: ImportContext, file: DropFile) -> bool:
    with (context.drop.root / file.path).open("rb") as stream:
        return read_header(stream, file.path).exchange == NODE


def find_drop(order: opening.Order, exchange: ExchangeFolder, archive: Archive, database: ShopDatabase) -> Drop:
    """The drop that is meant: a named one, or the oldest whose contragents were not read yet, or none."""
    if order.drop == NO_DROP:
        return no_drop(archive)
    if order.drop != opening.LATEST:
        return opening.find_drop(order, exchange, archive)
    drop_id = next(iter(unread(exchange, archive, database)), None)
    if drop_id is None and _lie_in(exchange.incoming):
        try:
            drop_id = opening.claim_now(exchange)
        except opening.NothingToImport:
            drop_id = None  # still being written: the next synchronisation takes them
    if drop_id is None:
        return no_drop(archive)
    return opening.find_drop(opening.Order(drop_id), exchange, archive)


def no_drop(archive: Archive) -> Drop:
    """A drop without files."""
    return Drop(NO_DROP, DropMode.DELTA, False, "folder", datetime.now(UTC), (), None, UPath(archive.root))


def load_drop(archive: Archive, drop_id: str) -> Drop:
    """The archived drop of a session."""
    return no_drop(archive) if drop_id == NO_DROP else archive.load(drop_id)


def unread(exchange: ExchangeFolder, archive: Archive, database: ShopDatabase) -> list[str]:
    """Drops with contragents that no synchronisation has read, oldest first."""
    settled = unfinished.settled_drops(database, of_customers=True)
    claimed = [drop.drop_id for drop in claimed_drops(exchange) if Kind.CONTRAGENTS in drop.kinds]
    newest = [drop_id for drop_id in islice(archive.folders(), LOOK_BACK) if drop_id not in settled]
    return sorted({*claimed, *(drop_id for drop_id in newest if _has_contragents(archive, drop_id))} - settled)


def _has_contragents(archive: Archive, drop_id: str) -> bool:
    try:
        return _brought_contragents(archive, drop_id)
    except LookupError:
        return False


@lru_cache(maxsize=2 * LOOK_BACK)
def _brought_contragents(archive: Archive, drop_id: str) -> bool:
    """Did the exchange folder bring contragents with this drop? A drop never changes, so it is looked at once."""
    if not archive.holds(drop_id):
        raise LookupError(drop_id)  # not complete yet: not to be remembered
    drop = archive.load(drop_id)
    return drop.source == "exchange" and Kind.CONTRAGENTS in drop.kinds


def _lie_in(incoming: UPath) -> bool:
    names: Iterable[str] = (file.path for file in scan(incoming).files)
    parsed = (parse_file_name(name) for name in names)
    return any(name is not None and name.kind is Kind.CONTRAGENTS for name in parsed)


def is_anything_new(database: ShopDatabase, again_after: timedelta) -> bool:
    """Would a synchronisation without files have anything to do?

    :param again_after: how long 1C is given to answer
    """
    with database.read() as connection:
        waits = exports.waiting(connection, datetime.now(UTC), again_after)
        return customer_dashboard.is_anything_new(connection) or any(True for _ in waits)


def note_decision(database: ShopDatabase, number: int, decision: str) -> None:
    """Write down what an operator decided about a question.

    :raises NoConflict: if it cannot be answered so
    """
    with database.write() as connection:
        decided = conflicts.decide(connection, number, decision)
        details = as_json({"conflict": number, "decision": decision})
        line = SyncLogRow(
            "conflict_resolution", "success", "manual", decided["customer_id"], decided["onec_id"], details, None
        )
        customer_log.write(connection, None, [line])
