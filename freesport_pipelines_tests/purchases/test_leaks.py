"""No name, phone or mail of a buyer leaves the tables of people: not to Dagster, not to a log, not to a profile."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.emulator import Access, Company, Fault
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.people import CARDS, COUNTERPARTIES
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.purchases.onec_shop import OnecShop, onec_shop

pytestmark = pytest.mark.xdist_group("purchase leaks")
"""What the module prepares is expensive: it is prepared once."""

TABLES = (
    "purchase_profiles", "onec_windows", "sync_conflicts", "customer_sync_log", "purchases", "sales_by_card",
    "retail_receipts", "loyalty_movements", "loyalty_balances", "product_affinity",
)  # fmt: skip
ECHOED = ("70000000042", "Тестова", "Анна", "anna@example.test", "8 (000) 000-00-42")
"""What the fault `echo` says, and a tenant's page would."""
JOBS = (
    ("onec_catalogues", None),
    ("onec_purchases", "2025-01"),
    ("nightly_purchases", None),
    ("buyer_profiles", None),
)
SPEAKING = ("echo", "error_in_200", "login_page", "maintenance_page", "no_rights", "filter_ignored")
"""Faults whose answers name people, tenants or keys, or hold rows that nobody asked for."""


@dataclass(frozen=True)
class Traces:
    """What all the jobs, the failing ones too, have left behind."""

    storage: str
    said: str
    tables: str
    failures: int
    secrets: frozenset[str]


@pytest.fixture(scope="module")
def traces(empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traces]:
    folder = tmp_path_factory.mktemp("leaks")
    company = Company(customers=36, receipts=150, months=1)
    with empty.database(folder) as url, onec_shop(url, folder, company) as shop:
        said, home = folder / "said.txt", folder / "dagster"
        home.mkdir()
        with _heard(said), dg.DagsterInstance.local_temp(str(home)) as instance:
            shop.instance.dispose()
            shop.instance = instance
            failures = _run_everything(
                shop, url, folder, company, SPEAKING if shop.database.is_sqlite else SPEAKING[:1]
            )
            shop.instance = dg.DagsterInstance.ephemeral()
        tables = "\n".join(str(row) for table in TABLES for row in shop.rows(f"SELECT * FROM {table}"))
        stored = b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())
        text = stored.decode("utf-8", "ignore")
        yield Traces(text, said.read_text("utf-8"), tables, failures, _secrets(company))


def _run_everything(shop: OnecShop, url: str, folder: Path, company: Company, faults: Sequence[str]) -> int:
    """Every job once in peace, then each with every one of these faults; how many runs failed."""
    for name, month in JOBS:
        assert _loud(shop, name, month)
    failures = 0
    for fault in faults:
        # a server of its own: a client that was refused sends nothing more to that one
        with onec_shop(url, folder, company, [Fault(fault)], page_size=20) as failing:
            failing.instance.dispose()
            failing.instance = shop.instance
            for name, month in JOBS[:3]:
                failures += not _loud(failing, name, month)
            failing.instance = dg.DagsterInstance.ephemeral()
    return failures


def _loud(shop: OnecShop, name: str, month: str | None) -> bool:
    """Run a job with everything that Dagster says of it."""
    job = shop.definitions.resolve_job_def(name)
    config = {"loggers": {"console": {"config": {"log_level": "DEBUG"}}}}
    key = month and f"{month}-01"
    return job.execute_in_process(config, shop.instance, key, raise_on_error=False).success


@contextmanager
def _heard(path: Path) -> Iterator[None]:
    """What is printed and logged goes to a file, to the last detail that a library would tell."""
    root = logging.getLogger()
    with path.open("w", encoding="utf-8") as stream, redirect_stdout(stream), redirect_stderr(stream):
        handler, level = logging.StreamHandler(stream), root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.setLevel(level)
            root.removeHandler(handler)


def _secrets(company: Company) -> frozenset[str]:
    """Names, phones in every mask, and mails, as 1C has them and as we write them."""
    found: set[str] = set(ECHOED)
    for row in company.tables[COUNTERPARTIES].rows():
        if row["IsFolder"] or row["Description"] == "Розничный покупатель":
            continue
        names = (row["Description"], row["НаименованиеПолное"], row["АдресЭПДляПоиска"], row["НомерТелефонаДляПоиска"])
        found |= {value for value in names if value}
        found |= {word for value in names[:2] for word in value.split() if word.isalpha()}
        found |= {contact["НомерТелефона"] for contact in row["КонтактнаяИнформация"] if contact["НомерТелефона"]}
    for row in company.tables[CARDS].rows():
        barcode = row["КодКартыШтрихкод"]
        found |= {barcode, row["Description"]}
        phone = "".join(re.findall(r"\d", barcode))
        if len(phone) in (10, 11):
            found |= {f"7{phone[-10:]}", f"8{phone[-10:]}", f"+7{phone[-10:]}"}
    return frozenset(found)


def _leaked(text: str, secrets: frozenset[str]) -> list[str]:
    """Secrets in a text, whole words of it, plain or as JSON writes letters that are not ASCII."""
    written = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
    written |= {form.replace("\\", "\\\\") for form in written}
    here = [form for form in written if form in text]
    return [form for form in here if re.search(rf"(?<![\w-]){re.escape(form)}(?!\w)", text)]


def test_there_is_something_to_leak_and_it_would_be_found(traces: Traces) -> None:
    assert len(traces.secrets) > 150
    assert traces.failures >= 3
    assert guid("card", 1)[:8] in traces.storage
    assert "STEP_FAILURE" in traces.said
    for secret in sorted(traces.secrets):
        assert _leaked(f'"{secret}"', traces.secrets)
        assert _leaked(json.dumps(json.dumps({"name": secret})), traces.secrets)


def test_dagster_stores_nothing_personal(traces: Traces) -> None:
    assert _leaked(traces.storage, traces.secrets) == []


def test_nothing_personal_is_said(traces: Traces) -> None:
    assert _leaked(traces.said, traces.secrets) == []


def test_no_table_but_those_of_people_holds_anything_personal(traces: Traces) -> None:
    assert _leaked(traces.tables, traces.secrets) == []


def test_neither_storage_nor_output_holds_the_password(traces: Traces) -> None:
    access = Access()
    pair = f"{access.user}:{access.password}"
    for secret in (pair, b64encode(pair.encode()).decode(), "Basic "):
        assert secret not in traces.storage + traces.said
