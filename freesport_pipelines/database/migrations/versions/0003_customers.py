"""Customers: contragents as 1C has them, the shop's customers, open questions, the log, what 1C was told."""

import sqlalchemy as sa
from alembic import op

from freesport_pipelines.database.types import Json, LocalId, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contragents",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("customer_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("middle_name", sa.Text(), nullable=True),
        sa.Column("contact_person", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.Column("matching_tax_id", sa.Text(), nullable=True),
        sa.Column("kpp", sa.Text(), nullable=True),
        sa.Column("okpo", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phones", Json, nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("emails", Json, nullable=False),
        sa.Column("legal_address", sa.Text(), nullable=True),
        sa.Column("actual_address", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(), nullable=True),
        sa.Column("roles", Json, nullable=False),
        sa.Column("is_buyer", sa.Boolean(), nullable=False),
        sa.Column("price_type_onec_id", sa.Text(), nullable=True),
        sa.Column("platform_id", sa.Text(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contragents")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_contragents_onec_id")),
    )
    op.create_index(op.f("ix_contragents_email"), "contragents", ["email"], unique=False)
    op.create_index(op.f("ix_contragents_matching_tax_id"), "contragents", ["matching_tax_id"], unique=False)
    op.create_index(op.f("ix_contragents_phone"), "contragents", ["phone"], unique=False)
    op.create_table(
        "customer_exports",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", LocalId, nullable=False),
        sa.Column("platform_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("exported_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_exports")),
    )
    op.create_index(op.f("ix_customer_exports_customer_id"), "customer_exports", ["customer_id"], unique=False)
    op.create_index(op.f("ix_customer_exports_platform_id"), "customer_exports", ["platform_id"], unique=False)
    op.create_table(
        "customer_sync_log",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("session_id", LocalId, nullable=True),
        sa.Column("operation_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("customer_id", LocalId, nullable=True),
        sa.Column("onec_id", sa.Text(), nullable=True),
        sa.Column("details", Json, nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_sync_log")),
    )
    op.create_index(op.f("ix_customer_sync_log_created_at"), "customer_sync_log", ["created_at"], unique=False)
    op.create_index(op.f("ix_customer_sync_log_customer_id"), "customer_sync_log", ["customer_id"], unique=False)
    op.create_index(op.f("ix_customer_sync_log_session_id"), "customer_sync_log", ["session_id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("onec_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("middle_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("contact_person", sa.Text(), nullable=True),
        sa.Column("customer_type", sa.Text(), server_default="individual", nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.Column("kpp", sa.Text(), nullable=True),
        sa.Column("legal_address", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), server_default="retail", nullable=False),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sync_status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("sync_error_message", sa.Text(), nullable=True),
        sa.Column("last_sync_at", UtcDateTime(), nullable=True),
        sa.Column("created_in_1c", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("needs_1c_export", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("marked_in_1c", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("merged_into_id", LocalId, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("session_id", LocalId, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("login", name=op.f("uq_customers_login")),
        sa.UniqueConstraint("onec_id", name=op.f("uq_customers_onec_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_customers_email"), "customers", ["email"], unique=False)
    op.create_index(op.f("ix_customers_phone"), "customers", ["phone"], unique=False)
    op.create_index(op.f("ix_customers_tax_id"), "customers", ["tax_id"], unique=False)
    op.create_table(
        "personal_images",
        sa.Column("session_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("staged_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("before", Json, nullable=True),
        sa.Column("after", Json, nullable=True),
        sa.PrimaryKeyConstraint("session_id", "table_name", "staged_seq", name=op.f("pk_personal_images")),
    )
    op.create_table(
        "sync_conflicts",
        sa.Column("id", LocalId, sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conflict_type", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("customer_id", LocalId, nullable=True),
        sa.Column("onec_id", sa.Text(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_conflicts")),
        sa.UniqueConstraint("key", name=op.f("uq_sync_conflicts_key")),
    )
    op.create_index(op.f("ix_sync_conflicts_customer_id"), "sync_conflicts", ["customer_id"], unique=False)
    op.create_index(op.f("ix_sync_conflicts_onec_id"), "sync_conflicts", ["onec_id"], unique=False)
    op.create_index(op.f("ix_sync_conflicts_status"), "sync_conflicts", ["status"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: downgrading would drop the shop's tables")
