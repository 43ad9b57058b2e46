"""A hundred thousand movements: as many statements as there are blocks, and bounded memory."""

import subprocess
import sys
import textwrap

import pytest
import sqlalchemy as sa

from freesport_pipelines.emulator import Company, serve
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.purchases.onec_shop import SALES, OnecShop, onec_shop

SMALL, LARGE, HUGE = (Company(customers=50, receipts=count, months=1) for count in (1_000, 4_000, 40_000))
SCRIPT = """
    import sys
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.defs.resources import Onec
    from freesport_pipelines.steps.onec_reading import read_window
    from freesport_pipelines_tests.peak_memory import peak_megabytes
    from freesport_pipelines_tests.purchases.onec_shop import month, onec_settings

    database, url, user, password = ShopDatabase(sys.argv[1]), *sys.argv[2:]
    with Onec(onec_settings(url, user, password)).reading(database) as client:
        client.check_filters()
        before = peak_megabytes()
        outcome = read_window(database, client, "purchases", *month("2025-01"))
    print(outcome.counts.inserted, peak_megabytes() - before)
"""
BLOCK = 1000


def _statements(shop: OnecShop) -> int:
    """How many statements reading January takes; a block is loaded by one."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    engine = shop.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        shop.read("2025-01", tables=["purchases"])
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(found)


def test_four_times_the_rows_take_a_constant_number_of_statements_per_block(empty: Template, tmp_path) -> None:
    taken, blocks = [], []
    for company in (SMALL, LARGE):
        folder = tmp_path / str(company.plan.receipts)
        with empty.database(folder) as url, onec_shop(url, folder, company) as shop:
            assert shop.database
            taken.append(_statements(shop))
            blocks.append(-(-shop.count("purchases") // BLOCK))
    assert blocks[1] >= 3 * blocks[0]
    assert taken[1] - taken[0] <= 3 * (blocks[1] - blocks[0])


@pytest.mark.parametrize("company", [SMALL], ids=["small"])
def test_reading_again_takes_no_more_statements_than_reading_first(shop: OnecShop) -> None:
    first = _statements(shop)
    assert _statements(shop) <= first


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_stored_in_bounded_memory(database_url: str) -> None:
    with serve(HUGE) as server:
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT), database_url, server.url, server.user]
        done = subprocess.run([*command, server.password], check=True, capture_output=True, text=True)
    count, megabytes = done.stdout.split()
    assert int(count) == len(HUGE.tables[SALES]) - len(_openings()) > 90_000
    assert float(megabytes) < 150


def _openings() -> list[object]:
    """Rows of the last second before January."""
    return [row for row in HUGE.tables[SALES].rows(["Period"]) if row["Period"] < "2025-01-01"]
