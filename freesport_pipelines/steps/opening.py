"""Open a session on a drop: find or archive the drop, recognise content that the shop already has."""

import hashlib
import json
import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from upath import UPath

from freesport_pipelines.database import sessions, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE, SYNC_CUSTOMERS
from freesport_pipelines.domain.kinds import CUSTOMER_KINDS, STOCK_KINDS, Kind
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.claim import claim, claimed_drops
from freesport_pipelines.exchange.drop import Drop, DropMode
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.incoming import judge, scan
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps.context import ImportContext

log = logging.getLogger(__name__)

LATEST = "latest"
LOOK_AGAIN_SECONDS = 2
FLUSHED_EARLY_BYTES = 100_000_000
RULES_VERSION = 1
"""Raise it when a rule changes what the same drop means: unchanged content is then compared again."""


KINDS_READ = {
    CATALOG_IMPORT: frozenset(Kind) - CUSTOMER_KINDS,
    STOCK_UPDATE: STOCK_KINDS,
    SYNC_CUSTOMERS: CUSTOMER_KINDS,
}
"""What of a drop each job reads."""


class NothingToImport(LookupError):
    """No drop waits and none is archived."""


@dataclass(frozen=True)
class Order:
    """What the operator, the sensor or the command line asks for."""

    drop: str = LATEST
    """"latest", a drop id, or the path of a folder or zip file to import as it is."""
    mode: str | None = None
    only: tuple[str, ...] = ()
    dry_run: bool = False
    force: bool = False
    allow_older: bool = False
    prepares: bool = False
    """The run ends before the publishing step: what it judged waits for an operator."""


def find_drop(order: Order, exchange: ExchangeFolder, archive: Archive) -> Drop:
    """The drop that is meant, archived if it was not yet."""
    if order.drop == LATEST:
        return _latest(exchange, archive)
    if order.drop in {claimed.drop_id for claimed in claimed_drops(exchange)}:
        return archive.store_claimed(exchange, order.drop)
    if archive.holds(order.drop):
        return archive.load(order.drop)
    # what the order says belongs to the session; the archived drop says what its own manifest declares
    only = [Kind(kind) for kind in order.only] or None
    drop = archive.store_folder(_as_path(order.drop), None, dry_run=False, now=datetime.now(UTC), only=only)
    _begin_flush(archive, drop)
    return drop


def _begin_flush(archive: Archive, drop: Drop) -> None:
    """Let a large drop reach the disk while it is read; `publishing.judge_staged` waits for what is left."""
    if sum(file.size for file in drop.files if file.is_archived) > FLUSHED_EARLY_BYTES:
        threading.Thread(target=archive.flush, args=(drop,), name="flush", daemon=True).start()


def _latest(exchange: ExchangeFolder, archive: Archive) -> Drop:
    """The oldest drop that waits, else what lies complete in the incoming folder, else the newest archived drop."""
    waiting = [claimed.drop_id for claimed in claimed_drops(exchange)]
    if waiting:
        return archive.store_claimed(exchange, min(waiting))
    drop_id = claim_now(exchange)
    if drop_id is not None:
        return archive.store_claimed(exchange, drop_id)
    newest = archive.latest()
    if newest is None:
        raise NothingToImport(
            f"there is nothing to import: no drop waits in {exchange.root}, none is in the archive; put an export "
            f"into {exchange.incoming}, or name a folder in the run configuration of exchange/drop "
            "(положите файлы выгрузки в папку incoming)"
        )
    return newest


def claim_now(exchange: ExchangeFolder) -> str | None:
    """Claim the files of the incoming folder for an operator who will not wait for the sensor's next looks."""
    first = scan(exchange.incoming)
    if not first.files:
        return None
    time.sleep(LOOK_AGAIN_SECONDS)
    again = scan(exchange.incoming, first)
    now = datetime.now(UTC)
    verdict = judge(first, again, now, settle_seconds=0)
    if not verdict.ready:
        raise NothingToImport(f"{exchange.incoming} holds files that are not ready: {verdict.reason}")
    return claim(exchange, verdict.ready, now)


def _as_path(text: str) -> UPath:
    return UPath(text) if "://" in text else UPath(Path(text).expanduser().resolve())


def open_import(
    database: ShopDatabase, drop: Drop, order: Order, settings: Settings, *, job: str, run_id: str
) -> ImportContext:
    """Open the session and say at once when the shop already has this very content."""
    drop = drop.only([Kind(kind) for kind in order.only])
    mode = DropMode(order.mode) if order.mode else drop.mode
    unfinished.mark_dead(database, settings.stale_after_seconds)
    session = sessions.open_session(
        database,
        kind=job,
        drop_id=drop.drop_id,
        run_id=run_id,
        mode=str(mode),
        dry_run=order.dry_run or drop.dry_run,
        options={
            "force": order.force,
            "allow_older": order.allow_older,
            "only": list(order.only),
            "prepares": order.prepares,
            "tried": order.dry_run,
        },
        content_digest=_digest(drop, job, mode, settings),
        formed_at=_formed_at(drop, KINDS_READ[job]),
    )
    unfinished.discard_areas(database)
    if session.status not in sessions.DONE:
        database.open_area(session.id)
    return ImportContext(database, drop, session, settings)


def note_unknown_files(context: ImportContext) -> None:
    """Say in the report which XML files have names that no kind of packet has: they are archived and not read."""
    unknown = [file.path for file in context.drop.others if file.path.lower().endswith(".xml")]
    if unknown:
        note = f"archived, not read, their names are not those of CommerceML 3.1 packets: {', '.join(unknown[:10])}"
        figures = {"packets": 0, "records": 0, "files": len(unknown), "note": note}
        sessions.record_figures(context.database, context.session.id, "other files", figures)


def note_contragents(context: ImportContext) -> None:
    """Say in the report of a catalogue import that its drop holds more than this job reads."""
    packets = len(context.drop.packets(Kind.CONTRAGENTS))
    if packets and context.session.kind != SYNC_CUSTOMERS:
        note = "archived; the job sync_customers reads them"
        figures = {"packets": packets, "records": 0, "note": note}
        sessions.record_figures(context.database, context.session.id, str(Kind.CONTRAGENTS), figures)


def already_published(context: ImportContext) -> sessions.Session | None:
    """The session that published this very content, if nothing was published since (DESIGN decision 7)."""
    if context.session.status in sessions.DONE:
        return context.session  # a run that published is re-executed
    if context.session.dry_run or context.session.options.get("force"):
        return None
    if context.session.kind == SYNC_CUSTOMERS:
        return None  # the same file again, but perhaps other registrations
    if unfinished.others_at_work(context.database, context.session.id):
        return None  # to those at work it must say which rows it names, so they are read
    last = sessions.last_published(context.database)
    same = last is not None and last.content_digest == context.session.content_digest
    return last if same else None


def _digest(drop: Drop, job: str, mode: DropMode, settings: Settings) -> str:
    rules = [RULES_VERSION, job, str(mode), sorted(settings.catalog_roots), sorted(settings.price_types.items())]
    return hashlib.sha256(f"{drop.content_digest}{json.dumps(rules)}".encode()).hexdigest()


def _formed_at(drop: Drop, read: frozenset[Kind]) -> dict[str, str]:
    """{kind: newest ДатаФормирования} of the kinds the job reads, in the tenant's local time as 1C writes it."""
    newest: dict[str, str] = {}
    for file in drop.files:
        if file.kind in read and file.formed_at is not None:
            moment = file.formed_at.isoformat()
            newest[str(file.kind)] = max(moment, newest.get(str(file.kind), moment))
    return newest
