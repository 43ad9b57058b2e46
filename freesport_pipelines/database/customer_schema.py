"""Tables about customers: what 1C says about contragents, the shop's customers, open questions, the log.

Of these tables `contragents`, `customers` and `personal_images` hold personal data, and docs/safety.md lists all places
that do; journals, reports and logs name ids and fields. The shop writes `customers` too (registrations, profiles,
roles): a column it need not know has a default.
"""

import sqlalchemy as sa

from freesport_pipelines.database.schema import metadata
from freesport_pipelines.database.types import Json, LocalId, UtcDateTime

contragents = sa.Table(
    "contragents",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True, doc="internal number"),
    sa.Column("onec_id", sa.Text, nullable=False, unique=True, doc="id in 1C, the row's identity"),
    sa.Column("customer_type", sa.Text, nullable=False, doc="legal_entity or individual"),
    sa.Column("name", sa.Text, nullable=False, doc="working name in 1C"),
    sa.Column("company_name", sa.Text, doc="official name of a legal entity"),
    sa.Column("last_name", sa.Text, doc="where the name of a person looks like one"),
    sa.Column("first_name", sa.Text),
    sa.Column("middle_name", sa.Text),
    sa.Column("contact_person", sa.Text),
    sa.Column("tax_id", sa.Text, doc="ИНН, or a foreign number, as given"),
    sa.Column("matching_tax_id", sa.Text, index=True, doc="the same if it is an ИНН whose checksum holds"),
    sa.Column("kpp", sa.Text),
    sa.Column("okpo", sa.Text),
    sa.Column("phone", sa.Text, index=True, doc="first usable phone, E.164"),
    sa.Column("phones", Json, nullable=False, doc="all of them"),
    sa.Column("email", sa.Text, index=True, doc="first usable address, lower case"),
    sa.Column("emails", Json, nullable=False, doc="all of them"),
    sa.Column("legal_address", sa.Text),
    sa.Column("actual_address", sa.Text),
    sa.Column("name_key", sa.Text, doc="normalised name, to propose candidates"),
    sa.Column("roles", Json, nullable=False, doc="<Роль> as written; no price level"),
    sa.Column("is_buyer", sa.Boolean, nullable=False, doc="has the role Покупатель"),
    sa.Column("price_type_onec_id", sa.Text, doc="price type of the agreement, where an extension of 1C sends it"),
    sa.Column("platform_id", sa.Text, doc="id of the shop's customer, where 1C sent it back"),
    sa.Column("is_marked", sa.Boolean, nullable=False, doc="marked for deletion in 1C"),
    sa.Column("content_hash", sa.BigInteger, nullable=False, doc="fingerprint of the imported content"),
    sa.Column("is_active", sa.Boolean, nullable=False, doc="not marked"),
    sa.Column("hidden_by_1c", sa.Boolean, nullable=False, doc="marked"),
    sa.Column("created_at", UtcDateTime, nullable=False, doc="when an import first wrote the row (UTC)"),
    sa.Column("updated_at", UtcDateTime, nullable=False, doc="when an import last changed the row (UTC)"),
    sa.Column("session_id", LocalId, nullable=False, doc="import session of the last change"),
)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True, doc="the shop's number of the customer"),
    sa.Column("onec_id", sa.Text, unique=True, doc="id in 1C; null: not (yet) linked"),
    sa.Column("email", sa.Text, index=True, doc="null: none; not unique, 1C has shared addresses"),
    sa.Column("phone", sa.Text, index=True, doc="E.164 when it came from 1C"),
    sa.Column("login", sa.Text, unique=True, doc="what the customer logs in with; imports of contragents never set it"),
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("middle_name", sa.Text),
    sa.Column("company_name", sa.Text, doc="of legal entities; of a person whose name could not be split, the name"),
    sa.Column("contact_person", sa.Text),
    sa.Column("customer_type", sa.Text, nullable=False, server_default="individual", doc="legal_entity or individual"),
    sa.Column("tax_id", sa.Text, index=True, doc="ИНН, not unique: branches share it"),
    sa.Column("kpp", sa.Text),
    sa.Column("legal_address", sa.Text),
    sa.Column("role", sa.Text, nullable=False, server_default="retail", doc="the shop's alone: no import changes it"),
    sa.Column(
        "is_verified", sa.Boolean, nullable=False, server_default=sa.false(), doc="the shop has verified the e-mail"
    ),
    sa.Column(
        "sync_status", sa.Text, nullable=False, server_default="pending", doc="pending, synced, conflict or error"
    ),
    sa.Column("sync_error_message", sa.Text),
    sa.Column("last_sync_at", UtcDateTime, doc="when 1C and the shop last agreed (UTC)"),
    sa.Column("created_in_1c", sa.Boolean, nullable=False, server_default=sa.false(), doc="made by an import"),
    sa.Column("needs_1c_export", sa.Boolean, nullable=False, server_default=sa.false(), doc="waits to be told to 1C"),
    sa.Column("marked_in_1c", sa.Boolean, nullable=False, server_default=sa.false(), doc="1C marked it for deletion"),
    sa.Column("merged_into_id", LocalId, doc="the customer that took this one's place"),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("hidden_by_1c", sa.Boolean, nullable=False, server_default=sa.false(), doc="made inactive by 1C"),
    sa.Column("created_at", UtcDateTime, nullable=False, server_default=sa.func.now(), doc="UTC"),
    sa.Column(
        "updated_at", UtcDateTime, nullable=False, server_default=sa.func.now(), doc="UTC; the shop sets it on edits"
    ),
    sa.Column("session_id", LocalId, doc="import session of the last change by an import"),
    sqlite_autoincrement=True,  # a number is never given out again: 1C may still answer to it
)

sync_conflicts = sa.Table(
    "sync_conflicts",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True, doc="what makes it the same question"),
    sa.Column("conflict_type", sa.Text, nullable=False, doc="email_conflict, data_mismatch, role_conflict, …"),
    sa.Column("strategy", sa.Text, nullable=False, doc="merge_by_email, latest_wins, manual_review, merge_customers"),
    sa.Column("status", sa.Text, nullable=False, index=True, doc="pending, resolved"),
    sa.Column("method", sa.Text, nullable=False, doc="what the two have in common"),
    sa.Column("customer_id", LocalId, index=True, doc="customers.id"),
    sa.Column("onec_id", sa.Text, nullable=False, index=True, doc="contragents.onec_id"),
    sa.Column("details", Json, nullable=False, doc="names of fields, never their values"),
    sa.Column("decision", sa.Text, doc="link, separate, seen: an operator; latest_wins, merged, obsolete: by itself"),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("session_id", LocalId, nullable=False),
)

customer_sync_log = sa.Table(
    "customer_sync_log",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True),
    sa.Column("session_id", LocalId, index=True),
    sa.Column("operation_type", sa.Text, nullable=False, doc="import_from_1c, export_to_1c, conflict_resolution"),
    sa.Column("status", sa.Text, nullable=False, doc="success, skipped, warning, error"),
    sa.Column("method", sa.Text, doc="how the customer was found"),
    sa.Column("customer_id", LocalId, index=True),
    sa.Column("onec_id", sa.Text),
    sa.Column("details", Json, nullable=False, doc="what happened; no personal values"),
    sa.Column("error_message", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
)

customer_exports = sa.Table(
    "customer_exports",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True),
    sa.Column("customer_id", LocalId, nullable=False, index=True),
    sa.Column("platform_id", sa.Text, nullable=False, index=True, doc="under which 1C was told; not to be guessed"),
    sa.Column("fingerprint", sa.BigInteger, nullable=False, doc="of the profile that was told"),
    sa.Column("file", sa.Text, nullable=False, doc="name in exchange/outgoing"),
    sa.Column("exported_at", UtcDateTime, nullable=False),
    sa.Column("acknowledged_at", UtcDateTime, doc="when the record came back from 1C"),
    sa.Column("given_up_at", UtcDateTime, doc="when 1C had been told often enough"),
)

PRISTINE = sa.and_(
    customers.c.created_in_1c,
    customers.c.login.is_(None),
    customers.c.role == "retail",
    sa.not_(customers.c.is_verified),
    customers.c.updated_at == customers.c.created_at,
)
"""A customer that an import made and the shop has not touched since: no account, no role of its own."""

OWNED_BY_SHOP = (contragents, customers, sync_conflicts, customer_sync_log, customer_exports)
"""What no restore or rebuild of the catalogue may take back: the shop writes here too."""

personal_images = sa.Table(
    "personal_images",
    metadata,
    sa.Column("session_id", LocalId, primary_key=True, autoincrement=False),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("staged_seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("before", Json, doc="changed columns as they were"),
    sa.Column("after", Json, doc="changed columns as they become"),
)
"""The personal half of the journal: `change_sets` only names the columns. Needed to roll back; pruned with it."""
