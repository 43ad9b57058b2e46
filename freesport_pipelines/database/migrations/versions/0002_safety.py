"""Sessions that can be watched, approved and rolled back; what overtook an open session; hashes in the journal."""

import sqlalchemy as sa
from alembic import op

from freesport_pipelines.database.types import LocalId, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_sessions", sa.Column("active_at", UtcDateTime(), nullable=True))
    op.add_column("import_sessions", sa.Column("interrupted_at", UtcDateTime(), nullable=True))
    op.add_column("import_sessions", sa.Column("approved_at", UtcDateTime(), nullable=True))
    op.add_column("import_sessions", sa.Column("undoes_session_id", LocalId, nullable=True))
    op.add_column("change_sets", sa.Column("before_hash", sa.BigInteger(), nullable=True))
    op.create_table(
        "named_meanwhile",
        sa.Column("session_id", LocalId, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "kind", "key", name=op.f("pk_named_meanwhile")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: downgrading would drop the shop's tables")
