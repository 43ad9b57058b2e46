"""Users of the site out of discount cards: login = phone, one per owner, all cards of an owner together.

A phone that cards of several owners bear is nobody's login: it is reported and never merged. A customer who logs in
with a card's phone already gets the card, unless he is blocked or merged: that is reported too. Nobody is ever moved
from one owner to another. A user made here has the neutral role.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import customer_log
from freesport_pipelines.database.customer_schema import customers, sync_conflicts
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import discount_cards
from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.customers import NEW_ROLE, SYNCED
from freesport_pipelines.domain.identity import STRATEGY, ConflictType
from freesport_pipelines.domain.person_names import person_name
from freesport_pipelines.domain.rows import SyncLogRow
from freesport_pipelines.profiles.cards import card_phone
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
    conflicts: int
    cards_of_users: int


class _Owner(NamedTuple):
    onec_id: str
    phone: str
    name: str | None


class _Login(NamedTuple):
    customer_id: int
    is_usable: bool


def _owner(owner: Any, phone: Any, name: Any) -> _Owner:
    return _Owner(str(owner), str(phone), name if isinstance(name, str) else None)


def make_users(database: ShopDatabase, today: date) -> Users:
    """Bring users and cards in step, in one transaction."""
    from freesport_pipelines.profiles.cards import phone_conflicts
    from freesport_pipelines.profiles.people import contacts

    now = datetime.now(UTC)
    with database.publishing() as connection:
        cards = profile_frames.cards(connection)
        people = contacts(cards, profile_frames.counterparties(connection), today)
        shared = phone_conflicts(cards)["owner_onec_ids"].tolist()
        usable = people[people["phone"].notna() & ~people["is_phone_shared"]]
        owners = list(map(_owner, usable.index, usable["phone"], usable["name"]))
        of_owner = _customers_of_owners(connection)
        logins = _logins(connection)
        taken = {number: owner for owner, number in of_owner.items()}
        new, linked = [], {}
        refused: list[list[str]] = []
        for owner in owners:
            if owner.onec_id in of_owner:
                continue
            login = logins.get(owner.phone)
            if login is None:
                new.append(owner)
            elif login.customer_id in taken:  # the phone went from one owner's card to another's
                refused.append(sorted([owner.onec_id, taken[login.customer_id]]))
            elif not login.is_usable:
                refused.append([owner.onec_id])
            else:
                linked[owner.onec_id] = login.customer_id
                taken[login.customer_id] = owner.onec_id
        created = _create(connection, new, now)
        written = _give_cards(connection, of_owner | linked | created)
        conflicts = _report(connection, [*shared, *refused], now)
        customer_log.write(connection, None, _lines(created, linked))
    return Users(len(created), len(linked), len(of_owner), conflicts, written)


def _customers_of_owners(connection: sa.Connection) -> dict[str, int]:
    """{owner, or card without one: the user that an earlier run has made for him}.

    A card that has another owner today is no card of that user any more.
    """
    c = discount_cards.c
    query = sa.select(c.user_owner_onec_id, sa.func.min(c.customer_id)).where(c.customer_id.is_not(None))
    query = query.group_by(c.user_owner_onec_id)
    return {owner: number for owner, number in connection.execute(query)}  # noqa: C416


def _logins(connection: sa.Connection) -> dict[str, _Login]:
    """{phone: who logs in with it, in whatever mask}: one who may, if there is one."""
    c = customers.c
    usable = sa.and_(c.is_active, c.merged_into_id.is_(None))
    query = sa.select(c.login, c.id, usable).where(c.login.is_not(None))
    found: dict[str, _Login] = {}
    for text, number, is_usable in connection.execute(query.order_by(sa.case((usable, 0), else_=1), c.id)):
        phone = card_phone(text)
        if phone is not None:
            found.setdefault(phone, _Login(number, bool(is_usable)))
    return found


def _create(connection: sa.Connection, owners: list[_Owner], now: datetime) -> dict[str, int]:
    rows = [_new_customer(owner, now) for owner in owners]
    for start in range(0, len(rows), PORTION):
        connection.execute(customers.insert(), rows[start : start + PORTION])
    found: dict[str, int] = {}
    for start in range(0, len(owners), PORTION):
        by_phone = {owner.phone: owner.onec_id for owner in owners[start : start + PORTION]}
        query = sa.select(customers.c.login, customers.c.id).where(customers.c.login.in_(by_phone))
        found.update({by_phone[login]: number for login, number in connection.execute(query)})
    return found


def _new_customer(owner: _Owner, now: datetime) -> dict[str, Any]:
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
    holder = sa.func.coalesce(c.owner_onec_id, c.onec_id)
    changed = 0
    rows = []
    for card, owner, number, made_for in connection.execute(
        sa.select(c.onec_id, holder, c.customer_id, c.user_owner_onec_id)
    ):
        wanted = (customer_of[owner], owner) if owner in customer_of else (None, None)
        if (number, made_for) != wanted:
            rows.append({"card": card, "number": wanted[0], "made_for": wanted[1]})
    one_card = discount_cards.update().where(c.onec_id == sa.bindparam("card"))
    statement = one_card.values(customer_id=sa.bindparam("number"), user_owner_onec_id=sa.bindparam("made_for"))
    for start in range(0, len(rows), PORTION):
        connection.execute(statement, rows[start : start + PORTION])
        changed += len(rows[start : start + PORTION])
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
            "key": key, "conflict_type": SHARED_PHONE, "strategy": STRATEGY[ConflictType.PHONE], "status": "pending",
            "method": "phone", "customer_id": None, "onec_id": owners[0], "details": {"owners": owners},
            "created_at": now, "updated_at": now, "session_id": 0,
        }
        for key, owners in wanted.items()
        if key not in known
    ]  # fmt: skip
    if new:
        connection.execute(sync_conflicts.insert(), new)
    over = [key for key, (status, _) in known.items() if status == "pending" and key not in wanted]
    back = [key for key, (_, decision) in known.items() if decision == OBSOLETE and key in wanted]
    _set(connection, over, status="resolved", decision=OBSOLETE, updated_at=now)
    _set(connection, back, status="pending", decision=None, updated_at=now)
    return len(wanted)


def _set(connection: sa.Connection, keys: list[str], **values: Any) -> None:
    for start in range(0, len(keys), PORTION):
        these = sync_conflicts.c.key.in_(keys[start : start + PORTION])
        connection.execute(sync_conflicts.update().where(these).values(**values))


def _lines(created: Mapping[str, int], linked: Mapping[str, int]) -> Iterator[SyncLogRow]:
    for outcome, found in (("created", created), ("linked", linked)):
        for owner, number in found.items():
            details = as_json({"outcome": outcome, "owner": owner})
            yield SyncLogRow(OPERATION, "success", "login", number, None, details, None)
