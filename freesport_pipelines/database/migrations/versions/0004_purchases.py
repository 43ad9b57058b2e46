"""What is read from 1C:УНФ over OData: cards, buyers, products, purchases, bonus points; profiles made of them."""

import sqlalchemy as sa
from alembic import op

from freesport_pipelines.database.types import ExactNumber, Json, LocalId, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discount_cards",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("customer_id", LocalId, nullable=True),
        sa.Column("user_owner_onec_id", sa.Text(), nullable=True),
        sa.Column("owner_onec_id", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("refreshed_at", UtcDateTime(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_discount_cards")),
    )
    op.create_index(op.f("ix_discount_cards_customer_id"), "discount_cards", ["customer_id"], unique=False)
    op.create_index(op.f("ix_discount_cards_owner_onec_id"), "discount_cards", ["owner_onec_id"], unique=False)
    op.create_index(op.f("ix_discount_cards_phone"), "discount_cards", ["phone"], unique=False)
    op.create_table(
        "loyalty_balances",
        sa.Column("card_onec_id", sa.Text(), nullable=False),
        sa.Column("balance", ExactNumber(14, 2), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("card_onec_id", name=op.f("pk_loyalty_balances")),
    )
    op.create_table(
        "loyalty_movements",
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("recorder_type", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", UtcDateTime(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=True),
        sa.Column("card_onec_id", sa.Text(), nullable=True),
        sa.Column("accrued", ExactNumber(14, 2), nullable=False),
        sa.Column("spent", ExactNumber(14, 2), nullable=False),
        sa.PrimaryKeyConstraint("recorder", "recorder_type", "line_number", name=op.f("pk_loyalty_movements")),
    )
    op.create_index(op.f("ix_loyalty_movements_card_onec_id"), "loyalty_movements", ["card_onec_id"], unique=False)
    op.create_index(op.f("ix_loyalty_movements_period"), "loyalty_movements", ["period"], unique=False)
    op.create_table(
        "onec_brands",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_onec_brands")),
    )
    op.create_table(
        "onec_categories",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_onec_categories")),
    )
    op.create_table(
        "onec_counterparties",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("is_folder", sa.Boolean(), nullable=False),
        sa.Column("parent_onec_id", sa.Text(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_onec_counterparties")),
    )
    op.create_table(
        "onec_products",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("product_type", sa.Text(), nullable=True),
        sa.Column("category_onec_id", sa.Text(), nullable=True),
        sa.Column("group_onec_id", sa.Text(), nullable=True),
        sa.Column("brand_onec_id", sa.Text(), nullable=True),
        sa.Column("is_folder", sa.Boolean(), nullable=False),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_onec_products")),
    )
    op.create_table(
        "onec_stores",
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("missing_since", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("onec_id", name=op.f("pk_onec_stores")),
    )
    op.create_table(
        "onec_windows",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("window_start", UtcDateTime(), nullable=False),
        sa.Column("window_end", UtcDateTime(), nullable=False),
        sa.Column("row_count", LocalId, nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("is_degraded", sa.Boolean(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "window_start", name=op.f("pk_onec_windows")),
    )
    op.create_table(
        "product_affinity",
        sa.Column("product_onec_id", sa.Text(), nullable=False),
        sa.Column("with_product_onec_id", sa.Text(), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("support", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reverse_confidence", sa.Float(), nullable=False),
        sa.Column("lift", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("product_onec_id", "with_product_onec_id", name=op.f("pk_product_affinity")),
    )
    op.create_table(
        "purchase_profiles",
        sa.Column("owner_onec_id", sa.Text(), nullable=False),
        sa.Column("customer_id", LocalId, nullable=True),
        sa.Column("profile", Json, nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("net_revenue", ExactNumber(14, 2), nullable=False),
        sa.Column("gross_revenue", ExactNumber(14, 2), nullable=False),
        sa.Column("receipt_count", sa.Integer(), nullable=False),
        sa.Column("average_check", ExactNumber(14, 2), nullable=True),
        sa.Column("purchase_frequency", sa.Text(), nullable=True),
        sa.Column("last_purchase_at", UtcDateTime(), nullable=True),
        sa.Column("bonus_balance", ExactNumber(14, 2), nullable=True),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner_onec_id", name=op.f("pk_purchase_profiles")),
    )
    op.create_index(op.f("ix_purchase_profiles_customer_id"), "purchase_profiles", ["customer_id"], unique=False)
    op.create_index(op.f("ix_purchase_profiles_segment"), "purchase_profiles", ["segment"], unique=False)
    op.create_table(
        "purchases",
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("recorder_type", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", UtcDateTime(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("organization_onec_id", sa.Text(), nullable=True),
        sa.Column("customer_onec_id", sa.Text(), nullable=True),
        sa.Column("product_onec_id", sa.Text(), nullable=True),
        sa.Column("characteristic_onec_id", sa.Text(), nullable=True),
        sa.Column("warehouse_onec_id", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=True),
        sa.Column("quantity", ExactNumber(15, 3), nullable=False),
        sa.Column("amount", ExactNumber(14, 2), nullable=False),
        sa.PrimaryKeyConstraint("recorder", "recorder_type", "line_number", name=op.f("pk_purchases")),
    )
    op.create_index(op.f("ix_purchases_customer_onec_id"), "purchases", ["customer_onec_id"], unique=False)
    op.create_index(op.f("ix_purchases_period"), "purchases", ["period"], unique=False)
    op.create_table(
        "retail_receipts",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("ref_type", sa.Text(), nullable=False),
        sa.Column("date", UtcDateTime(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("is_posted", sa.Boolean(), nullable=False),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("amount", ExactNumber(14, 2), nullable=True),
        sa.Column("customer_onec_id", sa.Text(), nullable=True),
        sa.Column("cash_desk_onec_id", sa.Text(), nullable=True),
        sa.Column("organization_onec_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ref", "ref_type", name=op.f("pk_retail_receipts")),
    )
    op.create_index(op.f("ix_retail_receipts_date"), "retail_receipts", ["date"], unique=False)
    op.create_table(
        "sales_by_card",
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("recorder_type", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", UtcDateTime(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("card_onec_id", sa.Text(), nullable=True),
        sa.Column("owner_onec_id", sa.Text(), nullable=True),
        sa.Column("product_onec_id", sa.Text(), nullable=True),
        sa.Column("quantity", ExactNumber(15, 3), nullable=True),
        sa.Column("amount", ExactNumber(14, 2), nullable=False),
        sa.PrimaryKeyConstraint("recorder", "recorder_type", "line_number", name=op.f("pk_sales_by_card")),
    )
    op.create_index(op.f("ix_sales_by_card_card_onec_id"), "sales_by_card", ["card_onec_id"], unique=False)
    op.create_index(op.f("ix_sales_by_card_period"), "sales_by_card", ["period"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: downgrading would drop the shop's tables")
