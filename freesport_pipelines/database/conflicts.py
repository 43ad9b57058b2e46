"""The queue of questions about customers: list them, show the two sides, write an operator's decision down.

A decision to link is carried out by the next synchronisation, so that it is journaled and can be rolled back.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database.customer_schema import contragents, customers, sync_conflicts
from freesport_pipelines.domain.customers import LINK, PENDING, RESOLVED, SEEN, SEPARATE, has_account
from freesport_pipelines.domain.identity import ConflictType

DECISIONS = {
    ConflictType.EMAIL: (LINK, SEPARATE),
    ConflictType.DUPLICATE: (LINK, SEPARATE),
    ConflictType.ROLE: (SEEN,),
    ConflictType.MARKED: (SEEN,),
    ConflictType.DATA: (SEEN,),
    ConflictType.PHONE: (SEEN,),
}
"""What can be said about which conflict; `seen` closes a question whose answer is the shop's own (a role, a mark)."""
SHOWN = ("customer_type", "last_name", "first_name", "company_name", "tax_id", "kpp", "email", "phone", "legal_address")


class NoConflict(LookupError):
    """There is no such question, or it cannot be answered like this; the message says why."""


def listed(connection: sa.Connection, *, status: str | None, limit: int) -> list[dict[str, Any]]:
    """Questions, oldest first: number, type, strategy, what the two have in common, both ids."""
    c = sync_conflicts.c
    query = sa.select(
        c.id, c.status, c.conflict_type, c.strategy, c.method, c.customer_id, c.onec_id, c.details, c.decision
    )
    query = query.where(sa.true() if status is None else c.status == status).order_by(c.id).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def get(connection: sa.Connection, number: int) -> dict[str, Any]:
    """One question."""
    row = connection.execute(sync_conflicts.select().where(sync_conflicts.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NoConflict(f"there is no conflict {number}: freesport conflicts list")
    return dict(row)


def sides(connection: sa.Connection, conflict: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """{"customer": …, "contragent": …}: what the operator compares. Personal data: for the terminal alone."""
    customer = _first(connection, customers, customers.c.id == conflict["customer_id"])
    record = _first(connection, contragents, contragents.c.onec_id == conflict["onec_id"])
    found: dict[str, dict[str, Any]] = {}
    if customer is not None:
        more = {name: customer[name] for name in ("role", "is_verified", "onec_id")}
        found["customer"] = {**{name: customer[name] for name in SHOWN}, **more}
    if record is not None:
        more = {name: record[name] for name in ("name", "is_buyer", "is_marked", "price_type_onec_id")}
        found["contragent"] = {**{name: record[name] for name in SHOWN}, **more}
    return found


def _first(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> dict[str, Any] | None:
    row = connection.execute(table.select().where(where)).mappings().first()
    return None if row is None else {**row}


def is_linked(connection: sa.Connection, conflict: dict[str, Any]) -> bool:
    """Does the customer of a question bear the contragent's id?"""
    mine = sa.and_(customers.c.id == conflict["customer_id"], customers.c.onec_id == conflict["onec_id"])
    return _first(connection, customers, mine) is not None


def decide(connection: sa.Connection, number: int, decision: str) -> dict[str, Any]:
    """Write the decision down; a link stays pending until the next synchronisation makes it.

    :raises NoConflict: if the question is answered already or cannot be answered so
    """
    conflict = get(connection, number)
    possible = DECISIONS[ConflictType(conflict["conflict_type"])]
    if conflict["status"] != PENDING:
        raise NoConflict(f"conflict {number} is answered already: {conflict['decision'] or conflict['status']}")
    if decision not in possible:
        raise NoConflict(f"a {conflict['conflict_type']} can be answered with {' or '.join(possible)}")
    if decision == LINK:
        _refuse_unless_linkable(connection, conflict)
    status = PENDING if decision == LINK else RESOLVED
    values = {"decision": decision, "status": status, "decided_at": datetime.now(UTC)}
    connection.execute(sync_conflicts.update().where(sync_conflicts.c.id == number).values(values))
    return {**conflict, **values}


def _refuse_unless_linkable(connection: sa.Connection, conflict: dict[str, Any]) -> None:
    c = sync_conflicts.c
    same = sa.or_(c.onec_id == conflict["onec_id"], c.customer_id == conflict["customer_id"])
    waits = sa.and_(c.decision == LINK, c.status == PENDING, c.id != conflict["id"], same)
    if (other := _first(connection, sync_conflicts, waits)) is not None:
        raise NoConflict(f"conflict {other['id']} is to link one of the two already: synchronise first")
    customer = _first(connection, customers, customers.c.id == conflict["customer_id"])
    if customer is None or customer["merged_into_id"] is not None:
        raise NoConflict(f"customer {conflict['customer_id']} is gone: answer with {SEPARATE}")
    if customer["onec_id"] is not None:
        raise NoConflict(f"customer {conflict['customer_id']} is linked already: answer with {SEPARATE}")
    owner = _first(connection, customers, customers.c.onec_id == conflict["onec_id"])
    if owner is not None and has_account(owner):
        raise NoConflict(
            f"contragent {conflict['onec_id']} belongs to the account of customer {owner['id']} already; two accounts "
            f"are merged in the shop, not here: answer with {SEPARATE}"
        )
