"""The catalogue: live tables, views over them, sessions, journal, quarantine."""

import sqlalchemy as sa
from alembic import op

from freesport_pipelines.database.types import (
    ExactNumber,
    Json,
    LocalId,
    Money,
    OrderedJson,
    Quantity,
    UtcDateTime,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attribute_values",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("attribute_onec_id", sa.Text(), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_values")),
        sa.UniqueConstraint("attribute_onec_id", "onec_id", name=op.f("uq_attribute_values_attribute_onec_id_onec_id")),
    )
    op.create_table(
        "attributes",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value_type", sa.Text(), nullable=False),
        sa.Column("in_goods", sa.Boolean(), nullable=False),
        sa.Column("in_offers", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributes")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_attributes_onec_id")),
    )
    op.create_table(
        "brand_aliases",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("brand_id", LocalId, nullable=True),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_aliases")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_brand_aliases_onec_id")),
    )
    op.create_table(
        "brands",
        sa.Column("id", LocalId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
    )
    op.create_table(
        "categories",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_categories_onec_id")),
    )
    op.create_table(
        "change_sets",
        sa.Column("session_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("staged_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("live_id", LocalId, nullable=True),
        sa.Column(
            "before",
            Json,
            nullable=True,
        ),
        sa.Column(
            "after",
            Json,
            nullable=True,
        ),
        sa.Column("before_session_id", LocalId, nullable=True),
        sa.Column("before_updated_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "table_name", "staged_seq", name=op.f("pk_change_sets")),
    )
    op.create_table(
        "excluded_items",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excluded_items")),
        sa.UniqueConstraint("kind", "onec_id", name=op.f("uq_excluded_items_kind_onec_id")),
    )
    op.create_index("ix_excluded_items_parent", "excluded_items", ["parent_onec_id"], unique=False)
    op.create_table(
        "goods",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column(
            "barcodes",
            Json,
            nullable=True,
        ),
        sa.Column("unit_onec_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category_onec_id", sa.Text(), nullable=True),
        sa.Column(
            "category_onec_ids",
            Json,
            nullable=False,
        ),
        sa.Column("brand_onec_id", sa.Text(), nullable=True),
        sa.Column("brand_id", LocalId, nullable=True),
        sa.Column(
            "specifications",
            Json,
            nullable=False,
        ),
        sa.Column(
            "vat_rate",
            ExactNumber(precision=5, scale=2),
            nullable=True,
        ),
        sa.Column(
            "images",
            Json,
            nullable=True,
        ),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("manufacturer", sa.Text(), nullable=True),
        sa.Column(
            "requisites",
            Json,
            nullable=True,
        ),
        sa.Column("width", Quantity, nullable=True),
        sa.Column("length", Quantity, nullable=True),
        sa.Column("height", Quantity, nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_goods_onec_id")),
    )
    op.create_table(
        "import_sessions",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drop_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
        ),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "options",
            Json,
            nullable=False,
        ),
        sa.Column(
            "content_digest",
            sa.Text(),
            nullable=True,
        ),
        sa.Column(
            "formed_at",
            Json,
            nullable=False,
        ),
        sa.Column(
            "verdict",
            OrderedJson,
            nullable=True,
        ),
        sa.Column(
            "report",
            OrderedJson,
            nullable=True,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_sessions")),
        sa.UniqueConstraint("run_id", name=op.f("uq_import_sessions_run_id")),
    )
    op.create_index(op.f("ix_import_sessions_drop_id"), "import_sessions", ["drop_id"], unique=False)
    op.create_table(
        "price_types",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column(
            "role_field",
            sa.Text(),
            nullable=True,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_types")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_price_types_onec_id")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.Column("drop_id", sa.Text(), nullable=False),
        sa.Column("packet", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column(
            "payload",
            Json,
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "resolved_session_id",
            LocalId,
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_key"), "quarantine", ["key"], unique=False)
    op.create_index(op.f("ix_quarantine_parent_onec_id"), "quarantine", ["parent_onec_id"], unique=False)
    op.create_index(op.f("ix_quarantine_session_id"), "quarantine", ["session_id"], unique=False)
    op.create_table(
        "session_figures",
        sa.Column("session_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "figures",
            OrderedJson,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("session_id", "kind", name=op.f("pk_session_figures")),
    )
    op.create_table(
        "sku_prices",
        sa.Column("sku_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("retail_price", Money, nullable=True),
        sa.Column("opt1_price", Money, nullable=True),
        sa.Column("opt2_price", Money, nullable=True),
        sa.Column("opt3_price", Money, nullable=True),
        sa.Column("trainer_price", Money, nullable=True),
        sa.Column("federation_price", Money, nullable=True),
        sa.Column("min_retail_price", Money, nullable=True),
        sa.Column(
            "unmapped", sa.Text(), nullable=True
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_sku_prices")),
    )
    op.create_table(
        "sku_stocks",
        sa.Column("sku_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("by_warehouse", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_sku_stocks")),
    )
    op.create_table(
        "skus",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column(
            "specifications",
            Json,
            nullable=False,
        ),
        sa.Column("marking_group", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skus")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_skus_onec_id")),
    )
    op.create_index(op.f("ix_skus_parent_onec_id"), "skus", ["parent_onec_id"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("international_code", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_units_onec_id")),
    )
    op.create_table(
        "warehouses",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouses")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_warehouses_onec_id")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: downgrading would drop the shop's tables")
