"""Which staged table flows into which live table, and by what rules. The one list that comparing, publishing,
reporting and rolling back go through, in the order in which tables are written.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, FromClause

from freesport_pipelines.database import customer_schema, dialect, schema, staging
from freesport_pipelines.domain.customer_merge import NAMES, PROFILE
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS

BOOKKEEPING = frozenset({"id", "sku_id", "created_at", "updated_at", "session_id", "is_active", "hidden_by_1c"})


@dataclass(frozen=True)
class Feed:
    """One staged table and the live table whose next state it holds."""

    staged: sa.Table
    live: sa.Table
    asset: str
    """Key of the Dagster asset that stands for the live table."""
    key: tuple[str, ...] = ("onec_id",)
    kept: frozenset[str] = frozenset()
    """Columns in which a staged NULL means: keep what the shop has, unless `clears_<column>` is staged."""
    sticky: frozenset[str] = frozenset()
    """Boolean columns that never return to false by an import."""
    first_word: frozenset[str] = frozenset()
    """Columns that an import fills once and never changes again."""
    touched: frozenset[str] = frozenset()
    """Columns that a touch sets, where it has a value."""
    through: sa.Table | None = None
    """The table that holds the 1C key, where the live table itself has only its integer id."""
    inserts_hidden: bool = True
    """Whether a new row that is not wanted active is stored (hidden) or not stored at all."""
    matched_by: str | None = None
    """Staged column that holds the live row's id, where rows are not found by their 1C key; that may change then."""
    is_personal: bool = False
    """The journal only names changed columns, save those told openly; the values are in `personal_images`."""
    told_openly: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The live table's name."""
        return str(self.live.name)

    @property
    def shown_as(self) -> str:
        """The name by which the shop knows these rows: SKUs are what its view `products` shows."""
        return {"skus": "products", "sku_stocks": "product_stocks"}.get(self.name, self.name)

    @property
    def has_lifecycle(self) -> bool:
        """Can rows of this table be hidden?"""
        return "is_active" in self.live.c

    @property
    def is_hashed(self) -> bool:
        """Is a content hash compared instead of every column?"""
        return "content_hash" in self.live.c

    @property
    def live_id(self) -> sa.Column[Any]:
        """The live table's integer key."""
        return next(iter(self.live.primary_key.columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are compared and written, besides the key; the shop's own columns have no staged ones."""
        ours = [c.name for c in self.live.columns if c.name not in BOOKKEEPING and c.name in self.staged.c]
        return tuple(name for name in ours if name not in self.fixed_key)

    @property
    def fixed_key(self) -> tuple[str, ...]:
        """Key columns that never change in a row."""
        return () if self.matched_by else self.key

    @property
    def is_touch(self) -> ColumnElement[bool]:
        """Is a staged row a mere touch (see `packing.PACKET_ROWS`)?"""
        return self.staged.c.seq < 0

    @property
    def journaled(self) -> tuple[str, ...]:
        """Columns that the journal describes."""
        lifecycle = ("is_active", "hidden_by_1c") if self.has_lifecycle else ()
        return (*(name for name in self.columns if name != "content_hash"), *lifecycle)

    def key_text(self, table: sa.Table | None = None) -> ColumnElement[str]:
        """The 1C identity of a staged (or live) row as one text, for journals and people."""
        rows = self.staged if table is None else table
        if self.matched_by and table is None:
            return self.staged.c.key
        parts: list[Any] = []
        for name in self.key:
            parts += [sa.literal("|", sa.Text), sa.cast(rows.c[name], sa.Text)]
        text: ColumnElement[str] = parts[1]
        for part in parts[2:]:
            text = text.concat(part)
        return text

    def side_by_side(self) -> FromClause:
        """Staged rows with the live row of the same key, if there is one."""
        if self.matched_by:
            return self.staged.outerjoin(self.live, self.live_id == self.staged.c[self.matched_by])
        if self.through is None:
            on = sa.and_(*(self.live.c[name] == self.staged.c[name] for name in self.key))
            return self.staged.outerjoin(self.live, on)
        owner = self.through
        return self.staged.outerjoin(owner, owner.c.onec_id == self.staged.c.onec_id).outerjoin(
            self.live, self.live_id == owner.c.id
        )

    def next_value(self, connection: sa.Connection, name: str) -> ColumnElement[Any]:
        """What a column will hold after the session, given the staged and the live row side by side."""
        staged, live = dialect.as_live(connection, self.staged.c[name], self.live.c[name]), self.live.c[name]
        if name in self.first_word:
            return sa.func.coalesce(live, staged)
        if name in self.sticky:
            return sa.or_(staged, sa.func.coalesce(live, sa.false()))
        if name in self.kept:
            staged = self._or_kept(name, staged)
        if "rejected" in self.staged.c and name != "unmapped":
            kept = sa.literal(",").concat(self.staged.c.rejected).concat(",").contains(f",{name},", autoescape=True)
            staged = sa.case((kept, live), else_=staged)
        touched = self._or_kept(name, self.staged.c[name]) if name in self.touched else live
        return sa.case((self.is_touch, touched), else_=staged)

    def _or_kept(self, name: str, staged: ColumnElement[Any]) -> ColumnElement[Any]:
        """The staged value; where there is none, the live one, unless the drop clears it."""
        clears = self.staged.c.get(f"clears_{name}")
        kept: ColumnElement[Any] = sa.func.coalesce(staged, self.live.c[name])
        return kept if clears is None else sa.case((clears, staged), else_=kept)

    def next_active(self) -> ColumnElement[bool]:
        """Visible after the session: 1C hides what is visible and returns only what 1C has hidden."""
        wants = self.staged.c.wants_active
        return sa.case(
            (sa.not_(wants), sa.false()),
            (self.live.c.is_active.is_(None), sa.true()),
            (self.live.c.hidden_by_1c, sa.true()),
            else_=self.live.c.is_active,
        )

    def next_hidden_by_1c(self) -> ColumnElement[bool]:
        """Hidden by 1C after the session; a row the shop hid itself is never claimed by 1C."""
        was_visible = sa.func.coalesce(sa.or_(self.live.c.is_active, self.live.c.hidden_by_1c), sa.true())
        return sa.case((self.staged.c.wants_active, sa.false()), else_=was_visible)


FEEDS: tuple[Feed, ...] = (
    Feed(staging.price_types, schema.price_types, "price_types"),
    Feed(staging.units, schema.units, "units"),
    Feed(staging.warehouses, schema.warehouses, "warehouses", kept=frozenset({"name"})),
    Feed(staging.attributes, schema.attributes, "attributes", sticky=frozenset({"in_goods", "in_offers"})),
    Feed(staging.attribute_values, schema.attribute_values, "attributes", key=("attribute_onec_id", "onec_id")),
    Feed(staging.brands, schema.brands, "brands", key=("id",), first_word=frozenset({"name"})),
    Feed(staging.brand_aliases, schema.brand_aliases, "brands"),
    Feed(staging.categories, schema.categories, "categories"),
    Feed(
        staging.goods,
        schema.goods,
        "placeholder_products",
        kept=frozenset({"description", "images"}),
        touched=frozenset({"brand_id"}),
        inserts_hidden=False,
    ),
    Feed(staging.skus, schema.skus, "enriched_skus", touched=frozenset({"size"}), inserts_hidden=False),
    Feed(staging.sku_prices, schema.sku_prices, "sku_prices", through=schema.skus),
    Feed(staging.sku_stocks, schema.sku_stocks, "stocks", through=schema.skus),
    Feed(
        staging.excluded_items,
        schema.excluded_items,
        "placeholder_products",
        key=("kind", "onec_id"),
        kept=frozenset({"reason", "parent_onec_id"}),
    ),
    Feed(
        staging.contragents,
        customer_schema.contragents,
        "contragents",
        kept=frozenset(PROFILE) - frozenset(NAMES),  # a name is said as a whole
        is_personal=True,
        told_openly=frozenset({"is_buyer", "is_marked", "price_type_onec_id", "customer_type"}),
    ),
    Feed(
        staging.customers,
        customer_schema.customers,
        "customers",
        kept=frozenset({"role", "created_in_1c", "last_sync_at"}),
        matched_by="customer_id",
        is_personal=True,
        told_openly=frozenset(
            {"onec_id", "role", "sync_status", "needs_1c_export", "marked_in_1c", "merged_into_id", "created_in_1c"}
        ),
    ),
    Feed(
        staging.sync_conflicts,
        customer_schema.sync_conflicts,
        "sync_conflicts",
        key=("key",),
    ),
)

ASSETS: tuple[str, ...] = tuple(dict.fromkeys(feed.asset for feed in FEEDS))
"""Live-table assets in publishing order."""
CUSTOMER_ASSETS = ("contragents", "customers", "sync_conflicts")
"""Those that sessions of their own write."""


def feeds_of(session_kind: str) -> tuple[Feed, ...]:
    """The feeds that a session of this kind may change."""
    of_customers = session_kind == SYNC_CUSTOMERS
    return tuple(feed for feed in FEEDS if (feed.asset in CUSTOMER_ASSETS) == of_customers)
