"""Tables, staged tables, migrations and views agree with each other, on both databases."""

import subprocess
import sys
import threading
import typing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from freesport_pipelines.database import bookkeeping, schema, staging, views
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import ASSETS, CUSTOMER_ASSETS, FEEDS
from freesport_pipelines.database.migrate import VERSION_TABLE, upgrade
from freesport_pipelines.domain import rows

ROW_OF = {
    "staged_price_types": rows.PriceTypeRow,
    "staged_units": rows.UnitRow,
    "staged_warehouses": rows.WarehouseRow,
    "staged_attributes": rows.AttributeRow,
    "staged_attribute_values": rows.AttributeValueRow,
    "staged_brands": rows.BrandRow,
    "staged_brand_aliases": rows.BrandAliasRow,
    "staged_categories": rows.CategoryRow,
    "staged_goods": rows.GoodsRow,
    "staged_offers": rows.SkuRow,
    "staged_prices": rows.SkuPricesRow,
    "staged_stocks": rows.SkuStocksRow,
    "staged_excluded": staging.ExcludedRow,
    "staged_contragents": rows.ContragentRow,
    "staged_customers": rows.CustomerRow,
    "staged_conflicts": rows.ConflictRow,
}


@pytest.mark.parametrize("name", ROW_OF)
def test_a_staged_table_has_the_columns_of_its_row_class_in_order(name: str) -> None:
    columns = [column.name for column in staging.metadata.tables[f"{staging.STAGE}.{name}"].columns]
    assert columns == ["seq", "packet", *typing.get_type_hints(ROW_OF[name])]


def test_every_staged_table_flows_into_exactly_one_live_table() -> None:
    assert sorted(feed.staged.name for feed in FEEDS) == sorted(ROW_OF)
    assert len({feed.name for feed in FEEDS}) == len(FEEDS)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_live_column_has_a_staged_one(feed) -> None:
    assert {*feed.columns, *(() if feed.through is not None else feed.key)} <= set(feed.staged.c.keys())
    assert feed.kept | feed.sticky | feed.first_word | feed.touched <= set(feed.columns)


def test_rows_that_others_refer_to_are_written_first() -> None:
    order = [feed.name for feed in FEEDS]
    assert order.index("goods") < order.index("skus") < order.index("sku_prices")
    assert ASSETS.index("stocks") == len(ASSETS) - len(CUSTOMER_ASSETS) - 1


def test_the_migrations_make_exactly_the_declared_tables(database: ShopDatabase) -> None:
    assert "quarantine" in schema.metadata.tables
    assert bookkeeping.quarantine.metadata is schema.metadata
    options = {"compare_type": not database.is_sqlite, "version_table": VERSION_TABLE}
    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata)
    assert found == []


def test_a_second_upgrade_changes_nothing(database: ShopDatabase) -> None:
    def everything() -> list[tuple[str, list[str]]]:
        inspector = sa.inspect(database.engine)
        names = sorted(inspector.get_table_names() + inspector.get_view_names())
        return [(name, [column["name"] for column in inspector.get_columns(name)]) for name in names]

    before = everything()
    upgrade(database)
    assert everything() == before


def test_two_threads_may_upgrade_at_once(database_url: str) -> None:
    errors: list[Exception] = []
    databases = [ShopDatabase(database_url) for _ in range(2)]
    start = threading.Barrier(2)

    def run(database: ShopDatabase) -> None:
        start.wait()
        try:
            upgrade(database)
        except Exception as error:  # shown below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.dispose()
    assert errors == []


def test_two_processes_may_upgrade_at_once(database_url: str) -> None:
    code = (
        "import sys; from freesport_pipelines.database.engine import ShopDatabase;"
        "from freesport_pipelines.database.migrate import upgrade;"
        "sys.stdin.read(1); upgrade(ShopDatabase(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, database_url]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
        for _ in range(2)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("x")
        process.stdin.flush()
    said = [process.communicate()[1] for process in started]
    assert [process.returncode for process in started] == [0, 0], said


def test_the_views_have_the_columns_of_the_contract(database: ShopDatabase) -> None:
    inspector = sa.inspect(database.engine)
    columns = {name: [column["name"] for column in inspector.get_columns(name)] for name in views.NAMES}
    products = {"onec_id", "parent_onec_id", "sku", "name", "description", "category_onec_id", "brand_id"}
    products |= {"specifications", "retail_price", "opt1_price", "opt2_price", "opt3_price", "trainer_price"}
    products |= {"federation_price", "min_retail_price", "stock_quantity", "is_active"}
    assert products <= set(columns["products"])
    assert columns["product_stocks"] == ["product_onec_id", "warehouse_onec_id", "quantity"]
    availability = {"onec_id", "role", "price", "stock_quantity", "is_in_stock", "can_be_ordered"}
    assert availability <= set(columns["product_availability"])


def test_the_views_have_equal_columns_on_both_databases(tmp_path: Path, postgres_url: sa.URL) -> None:
    found = []
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS views_compared")
        connection.exec_driver_sql("CREATE DATABASE views_compared")
    urls = (f"sqlite:///{tmp_path / 'views.db'}", postgres_url.set(database="views_compared"))
    for url in urls:
        database = ShopDatabase(url if isinstance(url, str) else url.render_as_string(hide_password=False))
        upgrade(database)
        inspector = sa.inspect(database.engine)
        found.append({name: [column["name"] for column in inspector.get_columns(name)] for name in views.NAMES})
        database.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE views_compared WITH (FORCE)")
    admin.dispose()
    assert found[0] == found[1]
