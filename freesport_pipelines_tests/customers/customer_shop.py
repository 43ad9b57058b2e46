"""A shop with customers: what 1C unloads, what visitors register, what operators decide, what 1C is told."""

import uuid
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from freesport_pipelines.commerceml.contragents import read_contragents
from freesport_pipelines.database import sessions
from freesport_pipelines.domain.contragents import shape_contragent
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.rows import ContragentRow
from freesport_pipelines.steps import customers, opening, publishing, staging
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.customer_export import export_customers
from freesport_pipelines_tests.customers.people import packet
from freesport_pipelines_tests.shop import Import, ShopUnderTest

CUSTOMER_TABLES = (
    "contragents", "customers", "sync_conflicts", "customer_sync_log", "customer_exports", "personal_images",
)  # fmt: skip


class CustomerShop(ShopUnderTest):
    """The shop of the other tests, with the job `sync_customers`; each file is formed a day after the one before."""

    _day = 0

    def sync(self, *contragents: str, day: int | None = None, **config: Any) -> Import:
        """1C unloads these contragents, and the customers are synchronised."""
        self._day = self._day + 1 if day is None else day
        return self.import_files(packet(*contragents, day=self._day), job=SYNC_CUSTOMERS, **config)

    def published(self, *contragents: str, **config: Any) -> Import:
        """The same, and it must be published."""
        done = self.sync(*contragents, **config)
        assert done.status == "published", (done.status, done.error, done.failed_checks)
        return done

    def sync_without_files(self, **config: Any) -> Import:
        return self.run(SYNC_CUSTOMERS, {"drop": customers.NO_DROP, **config})

    def _run_steps(self, job: str, config: Mapping[str, Any]) -> Import:
        if job != SYNC_CUSTOMERS:
            return super()._run_steps(job, config)
        run_id, shop = uuid.uuid4().hex, self.resource
        order = opening.Order(**{**config, "only": tuple(config.get("only", ()))})
        drop = customers.find_drop(order, shop.exchange, shop.archive, self.database)
        context = opening.open_import(self.database, drop, order, shop.settings, job=job, run_id=run_id)
        try:
            self._synchronise(context)
        except Exception as error:
            sessions.fail(self.database, context.session.id, str(error))
        return Import(sessions.of_run(self.database, run_id))

    def _synchronise(self, context: ImportContext) -> None:
        shop = self.resource
        staging.stage(context, "customers.stage_contragents")
        publishing.judge_staged(context, shop.archive)
        report = publishing.publish_session(self.database, context.session.id, shop.settings)
        if report["status"] in sessions.DONE and not context.session.dry_run:
            session = sessions.get(self.database, context.session.id)
            export_customers(self.database, shop.exchange, shop.settings, session)

    # --- what the shop itself does ---

    def register(self, **columns: Any) -> int:
        """A visitor registers: the shop inserts a row with these columns; its number."""
        names = list(columns)
        values = ", ".join(f":{name}" for name in names)
        sql = f"INSERT INTO customers ({', '.join(names)}) VALUES ({values}) RETURNING id"
        with self.database.write() as connection:
            from sqlalchemy import text

            return int(connection.execute(text(sql), columns).scalar_one())

    def edit(self, customer_id: int, **columns: Any) -> None:
        """The customer edits the profile in the shop."""
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        sql = f"UPDATE customers SET {changes}, updated_at = CURRENT_TIMESTAMP WHERE id = :id"
        self.execute(sql, id=customer_id, **columns)

    # --- what there is to see ---

    def customer(self, which: str | int) -> dict[str, Any]:
        """The customer with this 1C id, or with this number; truths as True and False on both databases."""
        column = "onec_id" if isinstance(which, str) else "id"
        found = self.row(f"SELECT * FROM customers WHERE {column} = :which", which=which)
        truths = ("is_verified", "created_in_1c", "needs_1c_export", "marked_in_1c", "is_active", "hidden_by_1c")
        return {**found, **{name: bool(found[name]) for name in truths}}

    def profile(self, which: str | int, *names: str) -> tuple[Any, ...]:
        found = self.customer(which)
        return tuple(found[name] for name in names)

    def links(self) -> dict[int, str | None]:
        """{number of the customer: its 1C id}."""
        return {row["id"]: row["onec_id"] for row in self.rows("SELECT id, onec_id FROM customers")}

    def questions(self, status: str = "pending") -> set[tuple[str, int, str]]:
        """(type, customer, contragent) of every conflict with this status."""
        sql = "SELECT conflict_type, customer_id, onec_id FROM sync_conflicts WHERE status = :status"
        return {(row["conflict_type"], row["customer_id"], row["onec_id"]) for row in self.rows(sql, status=status)}

    def question(self, onec_id: str, customer_id: int) -> int:
        """Number of the conflict about this pair."""
        sql = "SELECT id FROM sync_conflicts WHERE onec_id = :onec_id AND customer_id = :customer_id"
        return int(self.row(sql, onec_id=onec_id, customer_id=customer_id)["id"])

    def decide(self, onec_id: str, customer_id: int, decision: str) -> None:
        customers.note_decision(self.database, self.question(onec_id, customer_id), decision)

    def log(self, imported: Import) -> dict[str, tuple[str, str]]:
        """{contragent: (outcome, method)} as the session logged it."""
        assert imported.session is not None
        sql = "SELECT onec_id, method, details FROM customer_sync_log WHERE session_id = :session"
        sql += " AND operation_type = 'import_from_1c'"
        rows = self.rows(sql, session=imported.session.id)
        return {row["onec_id"]: (_json(row["details"])["outcome"], row["method"]) for row in rows}

    def everything(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """All columns of all rows, timestamps too."""
        return {
            table: sorted((tuple(row.values()) for row in self.rows(f"SELECT * FROM {table}")), key=repr)
            for table in (tables or CUSTOMER_TABLES)
        }

    # --- what 1C is told ---

    @property
    def outgoing(self) -> list[Path]:
        """Files that wait for 1C, oldest first."""
        folder = Path(str(self.resource.exchange.outgoing))
        return sorted(folder.glob("*.xml"), key=lambda path: path.stat().st_mtime_ns) if folder.is_dir() else []

    def told(self) -> list[ContragentRow]:
        """What the newest outgoing file says, by our own reader and rules."""
        file = self.outgoing[-1]
        rows = (shape_contragent(record, Notes()) for record in read_contragents(BytesIO(file.read_bytes()), file.name))
        return [row for row in rows if row is not None]


def _json(value: Any) -> Any:
    from json import loads

    return loads(value) if isinstance(value, str) else value
