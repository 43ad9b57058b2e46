"""Find by joins which contragents a session must decide about, and which customers are like them.

Decided about are contragents that are new or changed, those that share an e-mail, a tax number or a phone with a
customer who has no 1C record yet, and those an operator has decided about.
"""

from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.customer_schema import contragents, customers, sync_conflicts

LINK = "link"
PREFIX = "freesport-customer-"
"""How the platform's own ids look in 1C (`domain/contragents.py`)."""

known, resolving = staging.known_contragents, staging.resolving


def list_known(connection: sa.Connection) -> None:
    """All contragents as they will be: the staged ones, and those the drop does not name."""
    staged, live = staging.contragents, contragents
    names = ["onec_id", "matching_tax_id", "kpp", "email", "phone", "platform_id", "is_marked"]
    is_changed = sa.or_(
        live.c.id.is_(None),
        live.c.content_hash.is_distinct_from(staged.c.content_hash),
        live.c.is_active.is_distinct_from(staged.c.wants_active),
    )
    both = staged.outerjoin(live, live.c.onec_id == staged.c.onec_id)
    of_drop = sa.select(*(staged.c[name] for name in names), is_changed).select_from(both)
    of_shop = sa.select(*(live.c[name] for name in names), sa.false()).where(
        ~sa.exists().where(staged.c.onec_id == live.c.onec_id)
    )
    into = [column.name for column in known.columns]
    dialect.index_for_joins(connection, staged, "onec_id")
    connection.execute(known.insert().from_select(into, of_drop))
    connection.execute(known.insert().from_select(into, of_shop))
    for column in ("onec_id", "tax_id", "email", "phone"):
        dialect.index_for_joins(connection, known, column)
    dialect.analyze(connection, known)


def choose(connection: sa.Connection) -> int:
    """Number the contragents to decide about; return how many."""
    unlinked = sa.and_(customers.c.onec_id.is_(None), customers.c.merged_into_id.is_(None), customers.c.is_active)
    shared = [
        sa.select(known.c.onec_id).join(customers, sa.and_(same, unlinked)) for same in _same(connection, known)
    ]
    asked = sa.select(sync_conflicts.c.onec_id).where(
        sync_conflicts.c.decision == LINK, sync_conflicts.c.status == "pending"
    )
    changed = sa.select(known.c.onec_id).where(known.c.is_changed)
    chosen = sa.union(changed, asked, *shared).subquery()
    lone = known.alias("lone")
    live = sa.select(lone).where(sa.not_(lone.c.is_marked)).subquery()

    def shared_by(*names: str) -> Any:
        return sa.select(*(live.c[n] for n in names), sa.func.count().label("n")).group_by(*(live.c[n] for n in names))

    tax, kpp, mail = (shared_by(*names).subquery() for names in (("tax_id",), ("tax_id", "kpp"), ("email",)))
    rows = (
        sa.select(
            sa.func.row_number().over(order_by=known.c.onec_id),
            *known.c,
            sa.func.coalesce(tax.c.n, 0),
            sa.func.coalesce(kpp.c.n, 0),
            sa.func.coalesce(mail.c.n, 0),
        )
        .join(chosen, chosen.c.onec_id == known.c.onec_id)
        .outerjoin(tax, tax.c.tax_id == known.c.tax_id)
        .outerjoin(kpp, sa.and_(kpp.c.tax_id == known.c.tax_id, kpp.c.kpp == known.c.kpp))
        .outerjoin(mail, mail.c.email == known.c.email)
    )
    connection.execute(resolving.insert().from_select([column.name for column in resolving.columns], rows))
    dialect.index_for_joins(connection, resolving, "seq")
    return int(connection.execute(sa.select(sa.func.count()).select_from(resolving)).scalar_one())


def _same(connection: sa.Connection, one: Any) -> list[sa.ColumnElement[bool]]:
    """What a contragent and a customer may have in common, besides an id."""
    tax_id = sa.func.replace(sa.func.replace(customers.c.tax_id, " ", ""), "-", "")
    return [
        sa.func.lower(sa.func.trim(customers.c.email)) == one.c.email,
        tax_id == one.c.tax_id,
        dialect.last_digits(connection, customers.c.phone) == dialect.last_digits(connection, one.c.phone),
    ]


def candidates(connection: sa.Connection, span: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Customers that share something with a contragent of the portion, each once per contragent."""
    free = sa.and_(customers.c.merged_into_id.is_(None), customers.c.is_active)
    ways = [
        (customers.c.onec_id == resolving.c.onec_id, sa.true()),
        ((sa.literal(PREFIX, sa.Text) + sa.cast(customers.c.id, sa.Text)) == resolving.c.platform_id, free),
        *((same, free) for same in _same(connection, resolving)),
    ]
    pairs = sa.union(
        *(sa.select(resolving.c.seq, customers.c.id).where(span, same, allowed) for same, allowed in ways)
    ).subquery()
    theirs = known.alias("theirs")
    return (
        sa.select(pairs.c.seq, customers, theirs.c.is_marked.label("record_is_marked"))
        .join(customers, customers.c.id == pairs.c.id)
        .outerjoin(theirs, theirs.c.onec_id == customers.c.onec_id)
    )
