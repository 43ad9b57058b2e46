"""The requirement's five figures (section 8.1), on the asset and on the command line."""

from datetime import UTC, datetime

import dagster as dg

from freesport_pipelines.database import customer_dashboard
from freesport_pipelines_tests.customers.conftest import commands
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn


def test_the_dashboard_counts_what_was_done_what_waits_and_what_failed(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    shop.register(email="a@example.test", tax_id=inn(2))
    shop.register(email="b@example.test", needs_1c_export=True)
    done = shop.published(company("c1"), company("c2", tax_id=inn(2)), company("c3", roles=("Поставщик",)))
    shop.execute(
        "INSERT INTO customer_sync_log (operation_type, status, details, created_at) "
        "VALUES ('export_to_1c', 'error', '{}', :now), ('export_to_1c', 'error', '{}', '2020-01-01 00:00:00.000000')",
        now=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    )
    with commands(shop) as freesport:
        found = freesport("customers", "dashboard", "--json").json
    assert found["customers_synced_today"] == 3  # two imported, one told to 1C
    assert found["pending_conflicts"] == 1
    assert found["sync_errors_last_24h"] == 1
    assert found["export_queue_size"] == 1
    assert found["last_successful_import"] is not None
    made = done.result.get_asset_materialization_events()
    (page,) = [event for event in made if event.asset_key == dg.AssetKey("sync_dashboard")]
    assert page.materialization.metadata["pending_conflicts"].value == 1
    assert "data:image/png;base64," in str(page.materialization.metadata["dashboard"].value)


def test_the_check_shows_how_many_questions_wait(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    shop.register(email="a@example.test", tax_id=inn(2))
    done = shop.published(company("c2", tax_id=inn(2)))
    (check,) = [c for c in done.result.get_asset_check_evaluations() if c.check_name == "no_conflict_waits"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_the_days_of_the_chart_are_those_of_utc_wherever_the_server_stands(shop: CustomerShop) -> None:
    shop.execute(
        "INSERT INTO customer_sync_log (operation_type, status, details, created_at) "
        "VALUES ('export_to_1c', 'error', '{}', :late), ('export_to_1c', 'error', '{}', :early)",
        late=datetime(2026, 1, 15, 23, 30, tzinfo=UTC) if not shop.database.is_sqlite else "2026-01-15 23:30:00.000000",
        early=datetime(2026, 1, 16, 0, 30, tzinfo=UTC) if not shop.database.is_sqlite else "2026-01-16 00:30:00.000000",
    )
    with shop.database.read() as connection:
        if not shop.database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL TimeZone = 'Asia/Vladivostok'")
        found = customer_dashboard.outcomes_by_day(connection, datetime(2026, 1, 1, tzinfo=UTC))
    assert found == {"2026-01-15": {"error": 1}, "2026-01-16": {"error": 1}}
