"""The requirement's five figures (section 8.1), on the asset and on the command line."""

from datetime import UTC, datetime

import dagster as dg

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
