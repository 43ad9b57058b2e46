"""How long contragents take: so many of them for the first time, the same again, and with registrations beside them.

`python -m benchmarks.customers [CONTRAGENTS]`. Whole commands, start-up included, on SQLite and PostgreSQL, beside the
floor: libxml2 reading the same bytes. No test asserts a time.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from lxml import etree

from benchmarks.commands import SCRIPTS, Shop
from benchmarks.measure import run
from benchmarks.servers import Database, started
from freesport_pipelines.database.customer_schema import contragents, customers
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.settings import with_driver

CONTRAGENTS = 100_000
REGISTRATIONS = 5_000


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CONTRAGENTS
    with tempfile.TemporaryDirectory(prefix="freesport-bench-") as folder:
        work = Path(folder)
        plan = DemoPlan(goods=50, contragents=count, kinds=frozenset({Kind.CONTRAGENTS}))
        write_demo_export(plan, work / "export")
        print(f"{count:,} contragents; libxml2 alone: {_floor(work / 'export'):.1f} s\n")
        print("| database | what | seconds | CPU | peak MB | customers inserted |\n|---|---|---:|---:|---:|---:|")
        for database in Database:
            with started(database, work) as server:
                shop = Shop(work, server, str(database), server.new_database("customers"))
                shop.prepare()
                _measure(shop, "first import", work / "export")
                _measure(shop, "the same again", work / "export")
                _register(shop.url)
                _measure(shop, f"with {REGISTRATIONS:,} registrations", work / "export")


def _floor(export: Path) -> float:
    begun = time.perf_counter()
    for file in sorted(export.rglob("*.xml")):
        for _ in etree.iterparse(str(file), events=("end",), tag="{*}Контрагент"):
            pass
    return time.perf_counter() - begun


def _measure(shop: Shop, what: str, export: Path) -> None:
    command = (str(SCRIPTS / "freesport"), "import", str(export), "--json")
    measured = run(command, environment=shop.environment(), cwd=shop.work, output=shop.work)
    if measured.exit_code:
        raise SystemExit(measured.tail())
    told = json.loads(measured.stdout.splitlines()[-1])
    inserted = told["tables"]["customers"]["inserted"]
    peak = measured.peak_rss_bytes / 1e6
    print(
        f"| {shop.database} | {what} | {measured.wall_seconds:.1f} | {measured.cpu_seconds:.1f} | {peak:.0f} "
        f"| {inserted:,} |",
        flush=True,
    )


def _register(url: str) -> None:
    """People register with what contragents have, so that there is something to compare."""
    database = ShopDatabase(with_driver(url))
    with database.write() as connection:
        known = sa.select(contragents.c.tax_id, contragents.c.phone, contragents.c.email).limit(REGISTRATIONS)
        rows = [
            {"login": f"user{number}", "tax_id": tax_id, "phone": phone, "email": email, "needs_1c_export": True}
            for number, (tax_id, phone, email) in enumerate(connection.execute(known))
        ]
        connection.execute(customers.insert(), rows)
    database.dispose()


if __name__ == "__main__":
    main()
