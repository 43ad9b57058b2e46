"""Users of the site out of discount cards: login = phone, one per owner, all cards of an owner together.

A phone that cards of several owners bear is nobody's login: it is reported and never merged. A customer who logs in
with a card's phone already gets the card, unless he is blocked or merged: that is reported too. Nobody is ever moved
from one owner to another. A user made here has the neutral role, and logs in with the phone that 1C has today; the
login of somebody who has registered is his own.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import customer_log, dialect
from freesport_pipelines.database.customer_schema import customers, sync_conflicts
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import discount_cards
from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.card_logins import Decided, Login, Owner, decide
from freesport_pipelines.domain.card_phones import card_phone
from freesport_pipelines.domain.customers import NEW_ROLE, PENDING, RESOLVED, SYNCED
from freesport_pipelines.domain.identity import STRATEGY, ConflictType
from freesport_pipelines.domain.person_names import person_name
from freesport_pipelines.domain.rows import SyncLogRow
from freesport_pipelines.steps import profile_frames

SHARED_PHONE = str(ConflictType.PHONE)
OPERATION = "import_discount_cards"
PORTION = 500
OBSOLETE = "obsolete"
"""The decision of a question that went away by itself."""


class Users(NamedTuple):
    """What came of the cards."""

    created: int
    linked: int
    """Customers of the site who got their cards."""
    known: int
    renamed: int
    """Users who log in with another phone now."""
    conflicts: int
    cards_of_users: int


def _owner(owner: Any, phone: Any, name: Any) -> Owner:
    return Owner(str(owner), str(phone), name if isinstance(name, str) else None)


def make_users(database: ShopDatabase) -> Users:
    """Bring users and cards in step, in one transaction."""
    from freesport_pipelines.profiles.cards import phone_conflicts
    from freesport_pipelines.profiles.people import contacts

    now = datetime.now(UTC)
    with database.publishing() as connection:
        cards = profile_frames.cards(connection)
        people = contacts(cards, profile_frames.counterparties(connection))
        usable = people[people["phone"].notna() & ~people["is_phone_shared"]]
        owners = list(map(_owner, usable.index, usable["phone"], usable["name"]))
        of_owner = _customers_of_owners(connection)
        found = decide(owners, of_owner, _logins(connection), _phones_of_owners(cards))
        created = _create(connection, found.new, now)
        _rename(connection, found.renamed)
        written = _give_cards(connection, of_owner | found.linked | created)
        shared = phone_conflicts(cards)["owner_onec_ids"].tolist()
        conflicts = _report(connection, [*shared, *found.refused], now)
        customer_log.write(connection, None, _lines(created, found))
    return Users(len(created), len(found.linked), len(of_owner), len(found.renamed), conflicts, written)


def _phones_of_owners(cards: Any) -> dict[str, set[str]]:
    """{owner: the phones of all valid cards}."""
    from freesport_pipelines.profiles.cards import valid_cards

    found: dict[str, set[str]] = {}
    for holder, phone in valid_cards(cards)[["holder", "phone"]].itertuples(index=False):
        found.setdefault(holder, set()).add(phone)
    return found


def _customers_of_owners(connection: sa.Connection) -> dict[str, int]:
    """{owner, or card without one: the user that an earlier run has made for him}.

    A card that has another owner today is no card of that user any more. Whom the shop has merged into another
    customer is that one.
    """
    c = discount_cards.c
    query = sa.select(c.user_owner_onec_id, sa.func.min(c.customer_id)).where(c.customer_id.is_not(None))
    merged = sa.select(customers.c.id, customers.c.merged_into_id).where(customers.c.merged_into_id.is_not(None))
    heirs = {number: heir for number, heir in connection.execute(merged)}  # noqa: C416
    return {owner: _heir(number, heirs) for owner, number in connection.execute(query.group_by(c.user_owner_onec_id))}


def _heir(number: int, heirs: Mapping[int, int]) -> int:
    """Who stands for a merged customer in the end."""
    seen = {number}
    while (heir := heirs.get(number)) is not None and heir not in seen:
        number = heir
        seen.add(heir)
    return number


def _logins(connection: sa.Connection) -> dict[str, Login]:
    """{phone: who logs in with it, in whatever mask}: one who may, if there is one."""
    c = customers.c
    usable = sa.and_(c.is_active, c.merged_into_id.is_(None))
    is_ours = sa.and_(c.created_in_1c, c.onec_id.is_(None), c.phone == sa.literal("+") + c.login)
    query = sa.select(c.login, c.id, usable, is_ours).where(c.login.is_not(None))
    found: dict[str, Login] = {}
    for text, *of_customer in connection.execute(query.order_by(sa.case((usable, 0), else_=1), c.id)):
        phone = card_phone(text)
        if phone is not None:
            found.setdefault(phone, Login(of_customer[0], bool(of_customer[1]), bool(of_customer[2])))
    return found


def _rename(connection: sa.Connection, renamed: Mapping[int, Owner]) -> None:
    """Write today's phones of users made out of cards: few at a time."""
    for number, owner in renamed.items():
        one = customers.update().where(customers.c.id == number)
        connection.execute(one.values(login=owner.phone, phone=f"+{owner.phone}"))


def _create(connection: sa.Connection, owners: list[Owner], now: datetime) -> dict[str, int]:
    rows = [_new_customer(owner, now) for owner in owners]
    for start in range(0, len(rows), PORTION):
        connection.execute(customers.insert(), rows[start : start + PORTION])
    found: dict[str, int] = {}
    for start in range(0, len(owners), PORTION):
        by_phone = {owner.phone: owner.onec_id for owner in owners[start : start + PORTION]}
        query = sa.select(customers.c.login, customers.c.id).where(customers.c.login.in_(by_phone))
        found.update({by_phone[login]: number for login, number in connection.execute(query)})
    return found


def _new_customer(owner: Owner, now: datetime) -> dict[str, Any]:
    person = person_name(owner.name) if owner.name else None
    return {
        "login": owner.phone,
        "phone": f"+{owner.phone}",
        "last_name": person.last if person else None,
        "first_name": person.first if person else None,
        "middle_name": person.middle if person else None,
        "company_name": None if person else owner.name,
        "role": NEW_ROLE,
        "created_in_1c": True,
        "sync_status": SYNCED,
        "last_sync_at": now,
    }


def _give_cards(connection: sa.Connection, customer_of: Mapping[str, int]) -> int:
    """Write the user of each owner on all of the owner's cards; how many cards changed."""
    c = discount_cards.c
    users = sa.Table(
        "card_users_today",
        sa.MetaData(),
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        prefixes=["TEMPORARY"],
    )
    users.create(connection, checkfirst=False)
    dialect.bulk_load(connection, users, sorted(customer_of.items()))
    dialect.plan_for(connection, len(customer_of))
    mine = users.c.owner == sa.func.coalesce(c.owner_onec_id, c.onec_id)
    number = sa.select(users.c.customer_id).where(mine).scalar_subquery()
    made_for = sa.select(users.c.owner).where(mine).scalar_subquery()
    is_other = sa.or_(c.customer_id.is_distinct_from(number), c.user_owner_onec_id.is_distinct_from(made_for))
    given = discount_cards.update().where(is_other).values(customer_id=number, user_owner_onec_id=made_for)
    changed = connection.execute(given).rowcount
    users.drop(connection, checkfirst=False)
    return changed


def _report(connection: sa.Connection, owners_of_phones: list[list[str]], now: datetime) -> int:
    """Keep a question per phone that several owners, or a blocked customer, claim; close those that are none any more.

    A question that went away by itself is open again when its cause is back; what a person has decided stays decided.
    """
    wanted = {f"{SHARED_PHONE}|{'|'.join(owners)}": owners for owners in owners_of_phones}
    c = sync_conflicts.c
    query = sa.select(c.key, c.status, c.decision).where(c.conflict_type == SHARED_PHONE)
    known = {key: (status, decision) for key, status, decision in connection.execute(query)}
    new = [
        {
            "key": key, "conflict_type": SHARED_PHONE, "strategy": STRATEGY[ConflictType.PHONE], "status": PENDING,
            "method": "phone", "customer_id": None, "onec_id": owners[0], "details": {"owners": owners},
            "created_at": now, "updated_at": now, "session_id": 0,
        }
        for key, owners in wanted.items()
        if key not in known
    ]  # fmt: skip
    if new:
        connection.execute(sync_conflicts.insert(), new)
    over = [key for key, (status, _) in known.items() if status == PENDING and key not in wanted]
    back = [key for key, (_, decision) in known.items() if decision == OBSOLETE and key in wanted]
    _set(connection, over, status=RESOLVED, decision=OBSOLETE, updated_at=now)
    _set(connection, back, status=PENDING, decision=None, updated_at=now)
    return len(wanted)


def _set(connection: sa.Connection, keys: list[str], **values: Any) -> None:
    for start in range(0, len(keys), PORTION):
        these = sync_conflicts.c.key.in_(keys[start : start + PORTION])
        connection.execute(sync_conflicts.update().where(these).values(**values))


def _lines(created: Mapping[str, int], found: Decided) -> Iterator[SyncLogRow]:
    renamed = {owner.onec_id: number for number, owner in found.renamed.items()}
    for outcome, of_owner in (("created", created), ("linked", found.linked), ("renamed", renamed)):
        for owner, number in of_owner.items():
            details = as_json({"outcome": outcome, "owner": owner})
            yield SyncLogRow(OPERATION, "success", "login", number, None, details, None)
