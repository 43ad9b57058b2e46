"""Tell 1C about customers it does not know, or does not know well. At-least-once; 1C matches by `<Ид>`.

What a file will tell is written down first, because 1C's answer is recognised by the ids in it; the file then appears
in exchange/outgoing under its name only when it is whole. After a crash in between 1C is told later, as after any
silence. Facts, section 3.3.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from freesport_pipelines.commerceml.contragents_writer import write_contragents
from freesport_pipelines.database import customer_log, exports
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.sessions import Session
from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.cipher import cipher
from freesport_pipelines.domain.rows import SyncLogRow
from freesport_pipelines.exchange.folder import ExchangeFolder
from freesport_pipelines.exchange.paths import private_folder, write_whole
from freesport_pipelines.settings import Settings

EXPORT = "export_to_1c"
GIVEN_UP = (
    "1C was told {attempts} times and the record has not come back as told: look into the exchange in 1C, then set "
    "needs_1c_export again (1С не приняла изменения)"
)


def export_customers(
    database: ShopDatabase, exchange: ExchangeFolder, settings: Settings, session: Session
) -> dict[str, int | str]:
    """Write one file for all that wait; return how many were told, how many are given up, and the file's name."""
    session_id, judged_at = session.id, session.judged_at
    now = datetime.now(UTC)
    key = settings.export_key.get_secret_value() if settings.export_key else None
    encrypt = cipher(key) if key else None
    again_after = timedelta(hours=settings.export_again_hours)
    with database.read() as connection:
        waiting = list(exports.waiting(connection, now, again_after, judged_at))
    told = [customer for customer in waiting if customer.attempts < settings.export_attempts]
    given_up = [customer for customer in waiting if customer.attempts >= settings.export_attempts]
    name = f"contragents_1_{uuid.uuid4()}.xml" if told else ""
    with database.write() as connection:
        exports.remember(connection, told, name, now)
        message = GIVEN_UP.format(attempts=settings.export_attempts)
        exports.give_up(connection, [customer.customer_id for customer in given_up], message, now)
        customer_log.write(connection, session_id, _given_up_lines(given_up, message))
    if told:
        try:
            _write(exchange, name, told, now.astimezone(settings.source_time_zone), encrypt)
        except BaseException:
            with database.write() as connection:
                exports.forget(connection, name)
            raise
        with database.write() as connection:
            customer_log.write(connection, session_id, _told_lines(told, name))
    return {"told": len(told), "given_up": len(given_up), "file": name}


def _write(
    exchange: ExchangeFolder,
    name: str,
    told: list[exports.Waiting],
    local: datetime,
    encrypt: Callable[[str], str] | None,
) -> None:
    buffer = io.BytesIO()
    write_contragents(buffer, (customer.outgoing for customer in told), local.replace(tzinfo=None), encrypt)
    private_folder(exchange.outgoing)
    write_whole(exchange.outgoing / name, buffer.getvalue())


def _told_lines(told: list[exports.Waiting], file: str) -> Iterator[SyncLogRow]:
    for customer in told:
        what = "new_registration" if customer.outgoing.onec_id is None else "changed_profile"
        details = as_json({"file": file, "what": what, "attempt": customer.attempts + 1})
        yield SyncLogRow(EXPORT, "success", None, customer.customer_id, customer.outgoing.onec_id, details, None)


def _given_up_lines(given_up: list[exports.Waiting], message: str) -> Iterator[SyncLogRow]:
    for customer in given_up:
        onec_id = customer.outgoing.onec_id
        yield SyncLogRow(EXPORT, "error", None, customer.customer_id, onec_id, "{}", message)
