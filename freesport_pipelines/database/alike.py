"""Find by joins which contragents a session must decide about, and which customers are like them.

Decided about are contragents that are new or changed, those that share an e-mail, a tax number or a phone with a
customer who has no 1C record yet, and those about which a question is open. Both sides are first listed with normalised
keys, so that equal keys are looked up and never compared with each other.
"""

from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.customer_schema import contragents, customer_exports, customers, sync_conflicts
from freesport_pipelines.domain.customers import PENDING
from freesport_pipelines.domain.emails import email as normal_email
from freesport_pipelines.domain.identity import ConflictType
from freesport_pipelines.domain.phones import phone as normal_phone
from freesport_pipelines.domain.values import without_spaces

PORTION = 10_000
PHONE_DIGITS = 10
"""So many at the end of a number are compared."""
SHARED_BY_MANY = 50
"""A number or address that more customers share than this tells nobody apart."""
KEYS = ("email", "tax_id", "phone")

known, known_customers, resolving = staging.known_contragents, staging.known_customers, staging.resolving


def list_known(connection: sa.Connection) -> None:
    """All contragents as they will be, and all customers who may be one of them."""
    _list_contragents(connection)
    _list_customers(connection)
    for table, columns in ((known, ("onec_id", *KEYS)), (known_customers, ("id", "platform_id", *KEYS))):
        for column in columns:
            dialect.index_for_joins(connection, table, column)
        dialect.analyze(connection, table)


def _list_contragents(connection: sa.Connection) -> None:
    """The staged ones, and those the drop does not name."""
    staged, live = staging.contragents, contragents
    is_changed = sa.or_(
        live.c.id.is_(None),
        live.c.content_hash.is_distinct_from(staged.c.content_hash),
        live.c.is_active.is_distinct_from(staged.c.wants_active),
    )
    both = staged.outerjoin(live, live.c.onec_id == staged.c.onec_id)
    of_drop = sa.select(*_keys(connection, staged), is_changed).select_from(both)
    of_shop = sa.select(*_keys(connection, live), sa.false()).where(
        ~sa.exists().where(staged.c.onec_id == live.c.onec_id)
    )
    into = [column.name for column in known.columns]
    dialect.index_for_joins(connection, staged, "onec_id")
    connection.execute(known.insert().from_select(into, of_drop))
    connection.execute(known.insert().from_select(into, of_shop))


def _keys(connection: sa.Connection, table: sa.Table) -> list[sa.ColumnElement[Any]]:
    c = table.c
    phone = dialect.last_characters(connection, c.phone, PHONE_DIGITS)
    return [c.onec_id, c.matching_tax_id, c.kpp, c.email, phone, c.platform_id, c.is_marked]


def _list_customers(connection: sa.Connection) -> None:
    """Those the shop has not made inactive itself, under keys as the rules write them."""
    c = customers.c
    exported = sa.select(
        customer_exports.c.customer_id, sa.func.max(customer_exports.c.platform_id).label("platform_id")
    )
    told = exported.group_by(customer_exports.c.customer_id).subquery()
    query = (
        sa.select(c.id, told.c.platform_id, c.email, c.tax_id, c.phone, c.onec_id.is_(None))
        .outerjoin(told, told.c.customer_id == c.id)
        .where(c.merged_into_id.is_(None), sa.or_(c.is_active, c.hidden_by_1c))
    )
    for rows in connection.execute(query.execution_options(yield_per=PORTION)).partitions():
        dialect.bulk_load(connection, known_customers, map(_normalised, rows))
    for name in KEYS:
        column = known_customers.c[name]
        shared = sa.select(column).group_by(column).having(sa.func.count() > SHARED_BY_MANY)
        connection.execute(known_customers.update().where(column.in_(shared)).values({name: None}))


def _normalised(customer: Any) -> tuple[Any, ...]:
    number, platform_id, email, tax_id, phone, is_unlinked = customer
    return (
        number,
        platform_id,
        normal_email(email) if email else None,
        without_spaces(tax_id).replace("-", "") if tax_id else None,
        (normal_phone(phone) or phone)[-PHONE_DIGITS:] if phone else None,
        is_unlinked,
    )


def choose(connection: sa.Connection) -> int:
    """Number the contragents to decide about; return how many."""
    shared = [
        sa.select(known.c.onec_id).join(
            known_customers, sa.and_(known_customers.c[name] == known.c[name], known_customers.c.is_unlinked)
        )
        for name in KEYS
    ]
    asked = sa.select(sync_conflicts.c.onec_id).where(
        sync_conflicts.c.status == PENDING,
        sync_conflicts.c.conflict_type.in_((ConflictType.EMAIL, ConflictType.DUPLICATE)),
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
    dialect.analyze(connection, resolving)
    return int(connection.execute(sa.select(sa.func.count()).select_from(resolving)).scalar_one())


def candidates(connection: sa.Connection, span: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Customers that share something with a contragent of the portion, each once per contragent."""
    by_record = sa.select(resolving.c.seq, customers.c.id).join(customers, customers.c.onec_id == resolving.c.onec_id)
    by_key = [
        sa.select(resolving.c.seq, known_customers.c.id).join(
            known_customers, sa.and_(known_customers.c[name] == resolving.c[name], resolving.c[name].is_not(None))
        )
        for name in ("platform_id", *KEYS)
    ]
    pairs = sa.union(*(query.where(span) for query in (by_record, *by_key))).subquery()
    theirs = known.alias("theirs")
    return (
        sa.select(pairs.c.seq, customers, theirs.c.is_marked.label("record_is_marked"), known_customers.c.platform_id)
        .join(customers, customers.c.id == pairs.c.id)
        .outerjoin(known_customers, known_customers.c.id == pairs.c.id)
        .outerjoin(theirs, theirs.c.onec_id == customers.c.onec_id)
    )
