"""Which customers 1C must be told about, and what it has been told. Facts, section 3.3: two-way exchange.

Told are registrations the shop has flagged (`needs_1c_export`) and linked customers whose profile says more than
1C's record. What came from 1C is equal to its record and is never sent back. Delivery is at-least-once: a profile is
told again after a while until the record comes back; a customer about whom a question is open waits for the answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import staging
from freesport_pipelines.database.customer_schema import contragents, customer_exports, customers, sync_conflicts
from freesport_pipelines.domain.canonical import content_hash
from freesport_pipelines.domain.customer_merge import PROFILE, is_ahead
from freesport_pipelines.domain.customers import profile_of_contragent
from freesport_pipelines.domain.identity import ConflictType
from freesport_pipelines.domain.outgoing import OutgoingCustomer

PREFIX = "freesport-customer-"
"""How the platform's own ids look in 1C; an `<Ид>` that is no id of 1C's."""
PORTION = 500


class Waiting(NamedTuple):
    """A customer on the way to 1C."""

    customer_id: int
    fingerprint: int
    attempts: int
    """How often this very profile was told without an answer."""
    outgoing: OutgoingCustomer


def waiting(connection: sa.Connection, now: datetime, again_after: timedelta) -> Iterator[Waiting]:
    """Customers to tell now, in the order in which they came; those told lately are left for a while."""
    told = _told(connection)
    for found_row in connection.execute(_candidates()).mappings():
        row: dict[str, Any] = {**found_row}
        theirs = _of(row, "theirs_")
        is_flagged = row["needs_1c_export"]
        if not is_flagged and (row["sync_status"] == "error" or not is_ahead(theirs, row)):
            continue  # given up until the shop flags it again, or in step with 1C
        found = Waiting(row["id"], fingerprint(row), 0, outgoing(row))
        attempts = [at for number, print_, at in told.get(row["id"], ()) if print_ == found.fingerprint]
        if not attempts or max(attempts) <= now - again_after:
            yield found._replace(attempts=len(attempts))


def fingerprint(customer: Any) -> int:
    """Of the profile that is told."""
    return content_hash(*(customer[name] for name in (*PROFILE, "onec_id", "is_active")))


def outgoing(customer: Any) -> OutgoingCustomer:
    """A row of `customers` as the writer takes it."""
    return OutgoingCustomer(
        platform_id=f"{PREFIX}{customer['id']}",
        onec_id=customer["onec_id"],
        customer_type=customer["customer_type"],
        is_marked=False,
        **{name: customer[name] for name in PROFILE},
    )


def _candidates() -> sa.Select[Any]:
    """Flagged customers, and linked ones that differ from 1C's record as texts; the rest is compared in Python."""
    asked = sa.exists().where(
        sync_conflicts.c.customer_id == customers.c.id,
        sync_conflicts.c.status == "pending",
        sync_conflicts.c.conflict_type.in_((ConflictType.EMAIL, ConflictType.DUPLICATE)),
    )
    shared = [name for name in PROFILE if name != "company_name"]
    differs = sa.or_(*(customers.c[name].is_distinct_from(contragents.c[name]) for name in shared))
    named_otherwise = customers.c.company_name.is_distinct_from(
        sa.func.coalesce(contragents.c.company_name, contragents.c.name)
    )
    theirs = [contragents.c[name].label(f"theirs_{name}") for name in (*PROFILE, "name")]
    return (
        sa.select(customers, *theirs)
        .select_from(customers.outerjoin(contragents, contragents.c.onec_id == customers.c.onec_id))
        .where(
            customers.c.is_active,
            customers.c.merged_into_id.is_(None),
            ~asked,
            sa.or_(
                customers.c.needs_1c_export,
                sa.and_(contragents.c.id.is_not(None), sa.or_(differs, named_otherwise)),
            ),
        )
        .order_by(customers.c.id)
    )


def _of(row: Any, prefix: str) -> dict[str, str | None]:
    return profile_of_contragent({name: row[f"{prefix}{name}"] for name in (*PROFILE, "name")})


def _told(connection: sa.Connection) -> dict[int, list[tuple[int, int, datetime]]]:
    """{customer: [(customer, fingerprint, when)]} of what was told and not answered yet."""
    table = customer_exports.c
    query = sa.select(table.customer_id, table.fingerprint, table.exported_at).where(table.acknowledged_at.is_(None))
    told: dict[int, list[tuple[int, int, datetime]]] = {}
    for row in connection.execute(query):
        told.setdefault(row.customer_id, []).append((row.customer_id, row.fingerprint, row.exported_at))
    return told


def remember(connection: sa.Connection, told: Iterable[Waiting], file: str, now: datetime) -> None:
    """Note what a file tells."""
    rows = [
        {"customer_id": w.customer_id, "fingerprint": w.fingerprint, "file": file, "exported_at": now} for w in told
    ]
    if rows:
        connection.execute(customer_exports.insert(), rows)
        flagged = sa.select(customer_exports.c.customer_id).where(customer_exports.c.file == file)
        # flagged until the record comes back; the shop's own edits have no flag before
        connection.execute(
            customers.update()
            .where(customers.c.id.in_(flagged), sa.not_(customers.c.needs_1c_export))
            .values(needs_1c_export=True)
        )


def give_up(connection: sa.Connection, customer_ids: Sequence[int], message: str) -> None:
    """1C has not answered for too long: the customers are errors now, until the shop flags them again."""
    failed = {"sync_status": "error", "sync_error_message": message, "needs_1c_export": False}
    for start in range(0, len(customer_ids), PORTION):
        ids = customer_ids[start : start + PORTION]
        connection.execute(customers.update().where(customers.c.id.in_(ids)).values(failed))
        unanswered = sa.and_(customer_exports.c.customer_id.in_(ids), customer_exports.c.acknowledged_at.is_(None))
        connection.execute(customer_exports.delete().where(unanswered))


def acknowledge(connection: sa.Connection) -> None:
    """In the transaction that publishes a session: records that came back answer what was told about them."""
    came_back = sa.select(customers.c.id).where(
        customers.c.onec_id.in_(sa.select(staging.contragents.c.onec_id)), sa.not_(customers.c.needs_1c_export)
    )
    connection.execute(
        customer_exports.update()
        .where(customer_exports.c.acknowledged_at.is_(None), customer_exports.c.customer_id.in_(came_back))
        .values(acknowledged_at=datetime.now(UTC))
    )
