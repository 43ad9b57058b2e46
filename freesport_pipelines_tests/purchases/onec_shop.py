"""A shop that reads an emulated 1C, through the real Dagster jobs or through their steps."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import numpy as np
import sqlalchemy as sa

from freesport_pipelines.database import purchase_schema
from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.defs.resources import Onec
from freesport_pipelines.emulator import Company, Fault, Server, serve
from freesport_pipelines.emulator.columns import listed
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.people import CARDS, PHONES
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines.odata.scalars import PREFIX, UNAVAILABLE
from freesport_pipelines.settings import OnecSettings
from freesport_pipelines.steps import onec_reading
from freesport_pipelines.steps.card_users import Users, make_users
from freesport_pipelines_tests.shop import ShopUnderTest

MOSCOW = ZoneInfo("Europe/Moscow")
CATALOGUES = (
    "discount_cards", "onec_counterparties", "onec_products", "onec_categories", "onec_brands", "onec_stores",
)  # fmt: skip
REGISTERS = ("purchases", "sales_by_card", "retail_receipts", "loyalty_movements")
SALES = "AccumulationRegister_Продажи_RecordType"
BY_CARD = "AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType"
JOURNAL = "DocumentJournal_РозничныеПродажи"
POINTS = "AccumulationRegister_БонусныеБаллы_RecordType"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
AS_OF = "2025-06-01T00:00:00+03:00"


def month(key: str) -> tuple[datetime, datetime]:
    """`2025-01` as the half-open window of the tenant's zone."""
    start = datetime.fromisoformat(f"{key}-01").replace(tzinfo=MOSCOW)
    return start, (start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1))


def months_of(company: Company) -> list[str]:
    """The months of a company's history, and the one before it, in whose last second the opening balances are."""
    first, found = company.plan.first_month, []
    for number in range(-1, company.plan.months):
        whole = first.year * 12 + first.month - 1 + number
        found.append(f"{whole // 12}-{whole % 12 + 1:02}")
    return found


class OnecShop(ShopUnderTest):
    """One shop that reads one base of 1C."""

    def __init__(self, url: str, folder: Path, company: Company, server: Server, **onec: Any) -> None:
        super().__init__(url, folder)
        self.company, self.server = company, server
        self.onec = Onec(onec_settings(server.url, server.user, server.password, **onec))

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_defs(shop=self.resource, onec=self.onec)

    def job(self, name: str, month: str | None = None, **ops: Mapping[str, Any]) -> dg.ExecuteInProcessResult:
        """Run a job as a schedule, a backfill or the launchpad does."""
        config = {**QUIET, "ops": {op: {"config": dict(values)} for op, values in ops.items()}}
        return self.definitions.resolve_job_def(name).execute_in_process(
            run_config=config,
            instance=self.instance,
            partition_key=month and f"{month}-01",
            raise_on_error=False,
        )

    def restart(self) -> None:
        """Read the environment anew, as the code server does when it starts."""
        self.onec = Onec(onec_settings(self.server.url, self.server.user, self.server.password))
        self.__dict__.pop("definitions", None)

    @contextmanager
    def client(self) -> Iterator[OnecClient]:
        with self.onec.reading(self.database) as client:
            yield client

    def scan(self, *tables: str, allow_vanishing: bool = False) -> int:
        """Scan catalogues completely; how many rows were written."""
        with self.client() as client:
            return sum(
                onec_reading.read_catalogue(
                    self.database, client, table, allow_vanishing=allow_vanishing
                ).counts.changed
                for table in tables or CATALOGUES
            )

    def read(self, *months: str, tables: Sequence[str] = REGISTERS) -> int:
        """Read months of registers; how many rows were written."""
        with self.client() as client:
            return sum(
                onec_reading.read_window(self.database, client, table, *month(key)).counts.changed
                for key in months or months_of(self.company)
                for table in tables
            )

    def make_users(self) -> Users:
        return make_users(self.database)

    def content(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the tables with all its columns, times included."""
        with self.database.read() as connection:
            return {
                name: sorted((tuple(row) for row in connection.execute(sa.select(_table(name)))), key=repr)
                for name in tables or (*CATALOGUES, *REGISTERS, "onec_windows")
            }

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The profile of each buyer."""
        rows = self.rows("SELECT owner_onec_id, profile FROM purchase_profiles")
        return {
            row["owner_onec_id"]: json.loads(row["profile"]) if isinstance(row["profile"], str) else row["profile"]
            for row in rows
        }

    def recorders(self, table: str = "purchases") -> dict[str, int]:
        """{document: how many rows it has}."""
        return {
            row["recorder"]: row["n"] for row in self.rows(f"SELECT recorder, count(*) AS n FROM {table} GROUP BY 1")
        }

    def customer_of(self, card: int) -> int | None:
        """The user that a card belongs to."""
        query = "SELECT customer_id FROM discount_cards WHERE onec_id = :id"
        return self.row(query, id=guid("card", card))["customer_id"]


def _table(name: str) -> sa.Table:
    return purchase_schema.metadata.tables[name]


def onec_settings(url: str, user: str, password: str, **more: Any) -> OnecSettings:
    return OnecSettings(_env_file=None, api_url=url, api_user=user, api_password=password, page_pause=0, **more)


@contextmanager
def onec_shop(
    url: str, folder: Path, company: Company, faults: Sequence[Fault] = (), **onec: Any
) -> Iterator[OnecShop]:
    with serve(company, faults=faults) as server:
        shop = OnecShop(url, folder, company, server, **onec)
        try:
            yield shop
        finally:
            shop.close()


def keep_cards(company: Company, keep: int) -> None:
    """Let 1C show only its first so many cards."""
    company._change({CARDS: lambda table: table.take(table.columns["Ref_Key"].codes <= keep)})


def give_card(company: Company, card: int, *, owner: int) -> None:
    """Issue a card to somebody else."""
    _rewrite(company, card, "ВладелецКарты_Key", owner)


def write_phone(company: Company, card: int, *, phone: int) -> None:
    """Write another phone on a card."""
    _rewrite(company, card, "КодКартыШтрихкод", card * PHONES + phone)


def mark_card(company: Company, card: int) -> None:
    """Mark a card for deletion."""
    _rewrite(company, card, "DeletionMark", 1)


def publish_type(company: Company, name: str) -> None:
    """Publish the documents whose type 1C has not told so far, under this name."""

    def published(table: Any) -> Any:
        types = next(field for field in ("Recorder_Type", "Ref_Type") if field in table.columns)
        told = [
            f"{PREFIX}{name}" if value.startswith(UNAVAILABLE) else value for value in table.columns[types].values()
        ]
        return table.having(table.columns | {types: listed(told)})

    company._change(dict.fromkeys((SALES, BY_CARD, JOURNAL), published))


def _rewrite(company: Company, card: int, field: str, code: int) -> None:
    def rewritten(table: Any) -> Any:
        mine = table.columns["Ref_Key"].codes == card
        return table.with_codes({field: np.where(mine, code, table.columns[field].codes)})

    company._change({CARDS: rewritten})
