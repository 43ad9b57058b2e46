"""Which customers 1C must be told about, and what it has been told. Facts, section 3.3: two-way exchange.

Told are registrations the shop has flagged (`needs_1c_export`) and linked customers whose profile says more than
1C's record. What came from 1C is equal to its record and is never sent back. Delivery is at-least-once: a profile is
told again after a while until the record comes back; a customer about whom a question is open waits for the answer.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import staging
from freesport_pipelines.database.customer_schema import contragents, customer_exports, customers, sync_conflicts
from freesport_pipelines.domain.canonical import content_hash
from freesport_pipelines.domain.contragents import PLATFORM_ID_BEGINS
from freesport_pipelines.domain.customer_merge import LEGAL_ENTITY, PROFILE, is_ahead, is_company, person_of
from freesport_pipelines.domain.customers import PENDING, profile_of_contragent
from freesport_pipelines.domain.identity import ConflictType
from freesport_pipelines.domain.outgoing import OutgoingCustomer

PORTION = 500
_TOLD = (*PROFILE, "name", "customer_type")


class Waiting(NamedTuple):
    """A customer on the way to 1C."""

    customer_id: int
    fingerprint: int
    attempts: int
    """How often this very profile was told without an answer."""
    outgoing: OutgoingCustomer


class _Told(NamedTuple):
    platform_id: str
    fingerprint: int
    exported_at: datetime
    is_open: bool
    """Neither answered nor given up."""
    is_given_up: bool


def waiting(
    connection: sa.Connection, now: datetime, again_after: timedelta, judged_at: datetime | None = None
) -> Iterator[Waiting]:
    """Customers to tell now, in the order in which they came; those told lately are left for a while.

    :param judged_at: when the session compared customers with contragents: registrations that came or changed since
        wait for the next one
    """
    told = _told(connection)
    for found in connection.execute(_candidates()).mappings():
        row: dict[str, Any] = {**found}
        if row["onec_id"] is None and judged_at is not None and row["updated_at"] > judged_at:
            continue
        before, print_ = told.get(row["id"], []), fingerprint(row)
        if not row["needs_1c_export"]:
            was_given_up = any(it.is_given_up and it.fingerprint == print_ for it in before)
            if was_given_up or not is_ahead(_theirs(row), row):
                continue  # until the shop flags it again or changes it, or in step with 1C
        attempts = [it.exported_at for it in before if it.is_open and it.fingerprint == print_]
        if not attempts or max(attempts) <= now - again_after:
            platform_id = before[-1].platform_id if before else new_platform_id(row["id"])
            yield Waiting(row["id"], print_, len(attempts), outgoing(row, platform_id))


def new_platform_id(customer_id: int) -> str:
    """Under which 1C is told of a customer, again and again; nobody else can know it."""
    return f"{PLATFORM_ID_BEGINS}{customer_id}-{secrets.token_hex(6)}"


def fingerprint(customer: Any) -> int:
    """Of the profile that is told."""
    return content_hash(*(customer[name] for name in (*PROFILE, "onec_id", "is_active")))


def outgoing(customer: Any, platform_id: str) -> OutgoingCustomer:
    """A row of `customers` as the writer takes it."""
    company = is_company(customer)
    registrant = person_of(customer) if company and customer["company_name"] else None
    return OutgoingCustomer(
        platform_id=platform_id,
        onec_id=customer["onec_id"],
        customer_type=LEGAL_ENTITY if company else customer["customer_type"],
        is_marked=customer["marked_in_1c"],
        **{name: customer[name] for name in PROFILE if name != "contact_person"},
        contact_person=customer["contact_person"] or registrant or None,
    )


def _candidates() -> sa.Select[Any]:
    """Flagged customers, and linked ones that differ from 1C's record as texts; the rest is compared in Python."""
    asked = sa.exists().where(
        sync_conflicts.c.customer_id == customers.c.id,
        sync_conflicts.c.status == PENDING,
        sync_conflicts.c.conflict_type.in_((ConflictType.EMAIL, ConflictType.DUPLICATE)),
    )
    shared = [name for name in PROFILE if name != "company_name"]
    differs = sa.or_(*(customers.c[name].is_distinct_from(contragents.c[name]) for name in shared))
    named_otherwise = customers.c.company_name.is_distinct_from(
        sa.func.coalesce(contragents.c.company_name, contragents.c.name)
    )
    theirs = [contragents.c[name].label(f"theirs_{name}") for name in _TOLD]
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


def _theirs(row: Any) -> dict[str, Any]:
    return profile_of_contragent({name: row[f"theirs_{name}"] for name in _TOLD})


def _told(connection: sa.Connection) -> dict[int, list[_Told]]:
    """{customer: what 1C was told of it, oldest first}."""
    c = customer_exports.c
    is_open = sa.and_(c.acknowledged_at.is_(None), c.given_up_at.is_(None))
    query = sa.select(
        c.customer_id, c.platform_id, c.fingerprint, c.exported_at, is_open, c.given_up_at.is_not(None)
    ).order_by(c.id)
    told: dict[int, list[_Told]] = {}
    for customer_id, *rest in connection.execute(query):
        told.setdefault(customer_id, []).append(_Told(*rest))
    return told


def remember(connection: sa.Connection, told: Iterable[Waiting], file: str, now: datetime) -> None:
    """Note what a file will tell: 1C's answer is recognised by it."""
    rows = [
        {
            "customer_id": w.customer_id,
            "platform_id": w.outgoing.platform_id,
            "fingerprint": w.fingerprint,
            "file": file,
            "exported_at": now,
        }
        for w in told
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


def forget(connection: sa.Connection, file: str) -> None:
    """The file could not be written after all."""
    connection.execute(customer_exports.delete().where(customer_exports.c.file == file))


def give_up(connection: sa.Connection, customer_ids: Sequence[int], message: str, now: datetime) -> None:
    """1C has not answered for too long: the customers are errors now, until the shop flags or changes them."""
    failed = {"sync_status": "error", "sync_error_message": message, "needs_1c_export": False}
    for start in range(0, len(customer_ids), PORTION):
        ids = customer_ids[start : start + PORTION]
        connection.execute(customers.update().where(customers.c.id.in_(ids)).values(failed))
        unanswered = sa.and_(customer_exports.c.customer_id.in_(ids), customer_exports.c.acknowledged_at.is_(None))
        connection.execute(customer_exports.update().where(unanswered).values(given_up_at=now))


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
