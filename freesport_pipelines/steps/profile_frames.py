"""The frames that profiles are made of, out of the shop's tables. Whole tables, or what concerns one owner."""

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from freesport_pipelines.database import purchase_schema as t
from freesport_pipelines.database.frames import chunks
from freesport_pipelines.database.purchase_schema import onec_windows
from freesport_pipelines.odata.literals import GUID

if TYPE_CHECKING:
    import pandas as pd

    from freesport_pipelines.profiles.frames import Tables

_SALES = (
    "recorder", "recorder_type", "line_number", "period", "is_active", "organization_onec_id", "customer_onec_id",
    "product_onec_id", "warehouse_onec_id", "amount", "quantity",
)  # fmt: skip
_BY_CARD = (
    "recorder", "recorder_type", "line_number", "period", "is_active", "card_onec_id", "owner_onec_id", "amount",
    "quantity",
)  # fmt: skip
_EXACT = {"amount": "_kopecks", "quantity": "_thousandths", "accrued": "_kopecks", "spent": "_kopecks"}
_EXACT |= {"balance": "_kopecks"}


def read_tables(connection: sa.Connection, *, owner: str | None = None, with_points: bool = True) -> "Tables":
    """All frames.

    :param with_points: whether bonus points are wanted
    :param owner: only purchases in whose documents this owner (or card without owner) has a part
    """
    from freesport_pipelines.profiles.frames import Tables

    of_sales, of_cards = _parts(owner)
    journal = _if_read(connection, t.retail_receipts) if owner is None else False
    points = with_points and owner is None and _if_read(connection, t.loyalty_movements)
    balances = points and connection.execute(sa.select(sa.exists().select_from(t.loyalty_balances))).scalar()
    return Tables(
        sales=_frame(connection, t.purchases, _SALES, of_sales),
        sales_by_card=_frame(connection, t.sales_by_card, _BY_CARD, of_cards),
        cards=cards(connection),
        products=_products(connection),
        categories=_frame(connection, t.onec_categories, ("onec_id", "parent_onec_id", "name")),
        warehouses=_frame(connection, t.onec_stores, ("onec_id", "name")),
        journal=_journal(connection) if journal else None,
        loyalty=_loyalty(connection) if points else None,
        balances=_frame(connection, t.loyalty_balances, ("card_onec_id", "balance", "at")) if balances else None,
    )


def cards(connection: sa.Connection) -> "pd.DataFrame":
    """Discount cards that are still there. Personal data."""
    names = ("onec_id", "owner_onec_id", "barcode", "is_marked", "description")
    frame = _frame(connection, t.discount_cards, names, t.discount_cards.c.missing_since.is_(None))
    return frame.rename(columns={"barcode": "phone"})


def counterparties(connection: sa.Connection) -> "pd.DataFrame":
    """Buyers. Personal data."""
    names = ("onec_id", "is_folder", "is_marked", "full_name", "description")
    return _frame(connection, t.onec_counterparties, names)


def _parts(owner: str | None) -> tuple[Any, Any]:
    """Which sales, and which rows by card: those of documents that name the owner, or a card that is the owner's."""
    if owner is None:
        return None, None
    card = t.discount_cards.c
    own_cards = sa.select(card.onec_id).where(card.owner_onec_id == owner)
    by_card = t.sales_by_card.c
    of_owner = sa.or_(
        by_card.owner_onec_id == owner, by_card.card_onec_id == owner, by_card.card_onec_id.in_(own_cards)
    )
    documents = sa.select(by_card.recorder).where(of_owner)
    of_sales = sa.or_(t.purchases.c.customer_onec_id == owner, t.purchases.c.recorder.in_(documents))
    return of_sales, by_card.recorder.in_(sa.select(t.purchases.c.recorder).where(of_sales))


def _if_read(connection: sa.Connection, table: sa.Table) -> bool:
    """Was the register read, and published in 1C at every reading? If not, what it says is unknown, not zero."""
    mine = onec_windows.c.entity == table.name
    read, unpublished = sa.exists().where(mine), sa.exists().where(mine, sa.not_(onec_windows.c.is_published))
    return bool(connection.execute(sa.select(sa.and_(read, sa.not_(unpublished)))).scalar_one())


def _products(connection: sa.Connection) -> "pd.DataFrame":
    brands = dict(tuple(row) for row in connection.execute(sa.select(t.onec_brands.c.onec_id, t.onec_brands.c.name)))
    names = ("onec_id", "name", "category_onec_id", "brand_onec_id", "product_type")
    frame = _frame(connection, t.onec_products, names, sa.not_(t.onec_products.c.is_folder))
    frame["brand"] = [brands.get(brand, _written(brand)) for brand in frame["brand_onec_id"]]
    return frame


def _written(brand: object) -> str | None:
    """The name of a brand that is no reference but text; the guid of one that is not in the catalogue is no name."""
    return brand if isinstance(brand, str) and not GUID.fullmatch(brand) else None


def _journal(connection: sa.Connection) -> "pd.DataFrame":
    return _frame(connection, t.retail_receipts, ("ref", "ref_type", "is_posted", "is_marked", "amount"))


def _loyalty(connection: sa.Connection) -> "pd.DataFrame":
    names = ("period", "is_active", "record_type", "card_onec_id", "accrued", "spent")
    return _frame(connection, t.loyalty_movements, names)


def _frame(
    connection: sa.Connection, table: sa.Table, names: tuple[str, ...], where: sa.ColumnElement[bool] | None = None
) -> "pd.DataFrame":
    from freesport_pipelines.profiles.chunks import gathered

    nothing = _typed({name: [] for name in names})
    return gathered(chain([nothing], map(_typed, chunks(connection, table, names, where))))


def _typed(columns: Mapping[str, list[Any]]) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    found: dict[str, Any] = {}
    for name, values in columns.items():
        if name in _EXACT:
            found[name + _EXACT[name]] = np.array([value or 0 for value in values], np.int64)
        elif name in ("period", "at"):
            found[name] = pd.to_datetime(np.array(values, np.int64), unit="s", utc=True)
        elif name in ("is_active", "is_marked", "is_posted", "is_folder"):
            found[name] = np.array(values, bool)
        elif name == "line_number":
            found[name] = np.array(values, np.int64)
        elif name in ("recorder_type", "ref_type"):
            found[name] = np.array([value or None for value in values], object)
        else:
            found[name] = np.array(values, object)
    return pd.DataFrame(found)
