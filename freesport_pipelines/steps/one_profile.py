"""One stored profile: for the UI, and as the requirement's JSON with the buyer's contacts and purchases."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import discount_cards, purchase_profiles
from freesport_pipelines.settings import OnecSettings
from freesport_pipelines.steps import profile_frames
from freesport_pipelines.steps.profiling_rules import rules_of

_MONEY = (
    "gross_revenue", "receipt_revenue", "report_revenue", "returns", "net_revenue", "opening_revenue",
    "lifetime_revenue", "item_count", "average_check", "average_line", "bonus_balance",
)  # fmt: skip


def stored_profile(database: ShopDatabase, owner: str) -> dict[str, Any] | None:
    """A profile as `profiles.build` made it: money as Decimal, its JSON columns as texts."""
    from freesport_pipelines.profiles.build import COLUMNS

    query = sa.select(sa.cast(purchase_profiles.c.profile, sa.Text)).where(purchase_profiles.c.owner_onec_id == owner)
    with database.read() as connection:
        text = connection.execute(query).scalar_one_or_none()
    if text is None:
        return None
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    for name in _MONEY:
        found[name] = None if found[name] is None else Decimal(found[name])
    for name, what in COLUMNS.items():
        if what.startswith("JSON"):
            found[name] = orjson.dumps(found[name], default=_plain).decode()
    return found


def _plain(value: Any) -> Any:
    return orjson.Fragment(str(value)) if isinstance(value, Decimal) else str(value)


def owner_of_customer(database: ShopDatabase, customer_id: int) -> str | None:
    """The owner whose cards made this customer of the shop a user."""
    c = discount_cards.c
    query = sa.select(sa.func.coalesce(c.owner_onec_id, c.onec_id)).where(c.customer_id == customer_id)
    with database.read() as connection:
        return connection.execute(query.order_by(c.onec_id).limit(1)).scalar_one_or_none()


def owner_of_phone_hash(database: ShopDatabase, digest: str) -> str | None:
    """The owner of the card whose phone (7 and ten digits) has this SHA-256, hexadecimal; None if several have it."""
    c = discount_cards.c
    there = sa.and_(c.phone.is_not(None), c.missing_since.is_(None), sa.not_(c.is_marked))
    query = sa.select(c.phone, sa.func.coalesce(c.owner_onec_id, c.onec_id)).where(there)
    with database.read() as connection:
        found = {
            str(owner)
            for phone, owner in connection.execute(query)
            if hashlib.sha256(phone.encode()).hexdigest() == digest.lower()
        }
    return found.pop() if len(found) == 1 else None


def requirement_json(database: ShopDatabase, settings: OnecSettings, owner: str) -> str | None:
    """The requirement's document about one buyer. Personal data: for the terminal or a file alone."""
    from freesport_pipelines.profiles.ledger import read_ledger
    from freesport_pipelines.profiles.people import contacts
    from freesport_pipelines.profiles.requirement_json import as_requirement_json, purchases_of

    profile = stored_profile(database, owner)
    if profile is None:
        return None
    with database.read() as connection:
        tables = profile_frames.read_tables(connection, owner=owner)
        people = contacts(tables.cards, profile_frames.counterparties(connection))
    as_of = datetime.fromisoformat(profile["as_of"])
    ledger = read_ledger(tables, zone=settings.time_zone, as_of=as_of, rules=rules_of(settings))
    contact = people.loc[owner].to_dict() if owner in people.index else None
    return as_requirement_json(profile, contact, purchases_of(ledger, owner))
