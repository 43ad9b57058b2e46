"""Make the profiles of all buyers anew, reconcile them with the registers, and store them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import sqlalchemy as sa

from freesport_pipelines.database import mirroring
from freesport_pipelines.database import purchase_schema as t
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.mirroring import Counts
from freesport_pipelines.steps import profile_frames

if TYPE_CHECKING:
    import pandas as pd

    from freesport_pipelines.profiles.ledger import Ledger
    from freesport_pipelines.profiles.reconcile import Reconciliation
    from freesport_pipelines.profiles.rules import Rules

_STORED = (
    "owner_onec_id", "customer_id", "profile", "segment", "net_revenue", "gross_revenue", "receipt_count",
    "average_check", "purchase_frequency", "last_purchase_at", "bonus_balance", "as_of",
)  # fmt: skip


def make_ledger(
    database: ShopDatabase, *, zone: str, as_of: datetime, rules: "Rules", with_points: bool = True
) -> "Ledger":
    """Read all tables and judge every row."""
    from freesport_pipelines.profiles.ledger import read_ledger

    with database.read() as connection:
        tables = profile_frames.read_tables(connection, with_points=with_points)
    return read_ledger(tables, zone=zone, as_of=as_of, rules=rules)


class Stored(NamedTuple):
    """What came of making profiles."""

    counts: Counts | None
    """None: they did not add up, and the profiles of before stand."""
    found: "Reconciliation"
    by_segment: dict[str | None, int]
    revenue: "pd.DataFrame"
    """owner_onec_id, lifetime_revenue and segment of every buyer, for the plots."""


def store_profiles(database: ShopDatabase, ledger: "Ledger") -> Stored:
    """Make all profiles, reconcile them with the registers, and only if they add up replace the stored ones."""
    import pandas as pd

    from freesport_pipelines.profiles.build import profile_batches
    from freesport_pipelines.profiles.reconcile import reconcile

    kept = []
    with database.read() as connection:
        users = _users(connection)
    with mirroring.gathering(database, t.purchase_profiles, _STORED) as gathered:
        for batch in profile_batches(ledger):
            gathered.add([_row(row, users, gathered) for row in batch.to_dict("records")])
            kept.append(batch[["owner_onec_id", "lifetime_revenue", "segment"]])
        profiles = pd.concat(kept, ignore_index=True)
        found = reconcile(ledger, profiles)
        counts = mirroring.replace_part(gathered, sa.true()) if found.is_exact else None
    segments = profiles["segment"].value_counts(dropna=False)
    by_segment = {(name if isinstance(name, str) else None): int(count) for name, count in segments.items()}
    return Stored(counts, found, by_segment, profiles)


def store_affinity(database: ShopDatabase, ledger: "Ledger") -> Counts:
    """Replace the pairs of products that are bought together."""
    from freesport_pipelines.profiles.affinity import affinity

    pairs = affinity(ledger)
    names = tuple(column.name for column in t.product_affinity.columns)
    with mirroring.gathering(database, t.product_affinity, names) as gathered:
        gathered.add(pairs[list(names)].itertuples(index=False, name=None))
        return mirroring.replace_part(gathered, sa.true())


def _users(connection: sa.Connection) -> dict[str, int]:
    """{owner or card: customers.id}."""
    c = t.discount_cards.c
    query = sa.select(c.onec_id, c.owner_onec_id, c.customer_id).where(c.customer_id.is_not(None)).order_by(c.onec_id)
    found: dict[str, int] = {}
    for card, owner, customer in connection.execute(query):
        found.setdefault(owner or card, customer)
    return found


def _row(profile: Mapping[Any, Any], users: Mapping[str, int], gathered: mirroring.Gathered) -> tuple[Any, ...]:
    owner = profile["owner_onec_id"]
    return (
        owner,
        users.get(owner),
        as_json(profile),
        _text(profile["segment"]),
        profile["net_revenue"],
        profile["gross_revenue"],
        int(profile["receipt_count"]),
        _number(profile["average_check"]),
        _text(profile["purchase_frequency"]),
        _moment(profile["last_purchase_at"], gathered),
        _number(profile["bonus_balance"]),
        _moment(profile["as_of"], gathered),
    )


def as_json(profile: Mapping[Any, Any]) -> str:
    """A profile as one JSON object; its JSON columns stand in it as what they are, money digit by digit."""
    from freesport_pipelines.profiles.build import COLUMNS

    document = {name: _value(profile[name], is_json=what.startswith("JSON")) for name, what in COLUMNS.items()}
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def _value(value: Any, *, is_json: bool) -> Any:
    if is_json and isinstance(value, str):
        return orjson.Fragment(value)
    if value is None or value != value:
        return None
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _moment(value: Any, gathered: mirroring.Gathered) -> str | None:
    return None if value is None or value != value else gathered.moment(value.to_pydatetime())
