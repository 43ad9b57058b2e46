"""The jobs by which an operator approves and rolls back, as the UI launches them."""

from typing import Any

import dagster as dg
import pytest

from freesport_pipelines_tests.commerceml_xml import good, goods_xml
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.defs.clicking import materialized, message, report_text
from freesport_pipelines_tests.shop import Import, ShopUnderTest

LATER = "2026-01-16T03:00:00"


def launch(shop: ShopUnderTest, job: str, op: str, **config: Any) -> dg.ExecuteInProcessResult:
    """A job from its launchpad."""
    return shop.definitions.resolve_job_def(job).execute_in_process(
        run_config={"ops": {op: {"config": config}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        instance=shop.instance,
        raise_on_error=False,
    )


@pytest.fixture
def rejected(shop: ShopUnderTest) -> Import:
    """A drop that would hide the only goods, where a single row may block."""
    shop.configure(move_block_rows=1)
    shop.import_files(exports.catalogue())
    imported = shop.import_files({"goods.xml": goods_xml([good("g1", marked=True)], formed_at=LATER)})
    assert imported.status == "rejected"
    return imported


@pytest.mark.usefixtures("rejected")
def test_the_approval_job_runs_as_it_opens_and_takes_the_newest_rejected_session(shop: ShopUnderTest) -> None:
    result = launch(shop, "approve_session", "approve")
    assert result.success
    assert "Approved by an operator" in report_text(result)
    assert {"placeholder_products", "import_report"} <= materialized(result)
    assert not shop.product("g1#a")["is_active"]


def test_the_approval_job_takes_the_session_that_is_named(shop: ShopUnderTest, rejected: Import) -> None:
    assert rejected.session is not None
    assert launch(shop, "approve_session", "approve", session=rejected.session.id).success
    assert shop.session(rejected).status == "published"
    run = shop.instance.get_runs(filters=dg.RunsFilter(job_name="approve_session"))[0]
    assert run.tags["freesport/session"] == str(rejected.session.id)


def test_an_approval_that_is_refused_fails_the_run_and_tells_why(shop: ShopUnderTest) -> None:
    published = shop.import_files(exports.catalogue())
    assert published.session is not None
    result = launch(shop, "approve_session", "approve", session=published.session.id)
    assert not result.success
    assert "not rejected" in message(result)
    assert shop.session(published).session.error is None


def test_the_rollback_job_undoes_the_session_and_shows_it_at_the_assets(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue())
    before = shop.dump()
    second = shop.import_files(exports.catalogue("2500", LATER))
    assert second.session is not None
    result = launch(shop, "rollback_session", "roll_back", session=second.session.id)
    assert result.success
    assert shop.dump() == before
    assert materialized(result) == {"sku_prices", "import_report"}
    assert "undone: 1 rows were set back" in report_text(result)


def test_the_rollback_job_can_be_tried_dry(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue())
    second = shop.import_files(exports.catalogue("2500", LATER))
    assert second.session is not None
    before = shop.dump()
    result = launch(shop, "rollback_session", "roll_back", session=second.session.id, dry_run=True)
    assert result.success
    assert shop.dump() == before
    assert "would be set back" in report_text(result)


def test_a_rollback_that_is_refused_names_the_rows_and_is_a_failed_session(shop: ShopUnderTest) -> None:
    first = shop.import_files(exports.catalogue())
    shop.import_files(exports.catalogue("2500", LATER))
    assert first.session is not None
    result = launch(shop, "rollback_session", "roll_back", session=first.session.id)
    assert not result.success
    assert "g1#a" in message(result)
    session = shop.row("SELECT kind, status, error FROM import_sessions ORDER BY id DESC LIMIT 1")
    assert (session["kind"], session["status"]) == ("rollback", "failed")
    assert "g1#a" in session["error"]
