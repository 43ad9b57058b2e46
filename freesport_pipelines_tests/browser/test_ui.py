"""What an operator sees and clicks: the real Dagster UI, driven with a real Chromium.

Slow by nature (the services take ten seconds to start): one `dagster dev`, one import and one browser for all tests.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.demo import DemoPlan
from freesport_pipelines.demo.totals import DemoTotals
from freesport_pipelines.domain.gates import GATES

pytest.importorskip("playwright", reason="the playwright package is not installed (extra dev)")

from playwright.sync_api import BrowserContext, expect

from freesport_pipelines_tests.browser.dagster_ui import (
    CHROMIUM,
    LOCATION,
    RUN_MS,
    DagsterUi,
    UiPage,
    chromium,
    expect_success,
    wait_until,
)
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, write_export

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM} (apt-get install chromium)"),
]

PLAN = DemoPlan(goods=60, offers_per_good=2, properties_per_good=5)
CHANGED = DemoPlan(goods=60, offers_per_good=2, properties_per_good=5, change_share=0.5)
SENSOR_PAGE = f"{LOCATION}/sensors/exchange_sensor"


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterUi]:
    """`dagster dev` with its sensor on and an empty shop."""
    services = DagsterUi(tmp_path_factory.mktemp("dagster-ui"))
    try:
        services.start()
        yield services
    finally:
        services.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """One browser profile: what it has cached stays, what the UI remembers between pages does not."""
    with chromium() as started:
        context = started.new_context(viewport={"width": 2200, "height": 1200})
        context.add_init_script("localStorage.clear()")
        yield context


@pytest.fixture
def page(ui: DagsterUi, browser: BrowserContext, tmp_path: Path) -> Iterator[UiPage]:
    """A fresh page; what it shows at the end of the test is kept as a picture in the test's folder."""
    shown = browser.new_page()
    try:
        yield UiPage(ui, shown)
    finally:
        shown.screenshot(path=tmp_path / "page.png")
        shown.close()


@pytest.fixture(scope="module")
def published(ui: DagsterUi, browser: BrowserContext) -> DemoTotals:
    """The demo drop, imported by a click: catalog_import launched from its launchpad as it opens."""
    totals = ui.archive_demo(PLAN)
    shown = browser.new_page()
    try:
        expect_success(UiPage(ui, shown).launch("catalog_import"))
    finally:
        shown.close()
    return totals


def test_the_graph_shows_every_group_and_every_asset(page: UiPage) -> None:
    specs = list(build_defs().resolve_all_asset_specs())

    page.open("/asset-groups")
    for group in {spec.group_name for spec in specs}:
        assert page.node_lefts(group or "")
    page.open_whole_graph()

    for name in {spec.key.path[-1] for spec in specs}:
        wanted = sum(spec.key.path[-1] == name for spec in specs)
        assert len(page.node_lefts(name)) >= wanted, name


def test_the_graph_reads_from_left_to_right_like_the_import(page: UiPage) -> None:
    page.open_whole_graph()

    staged = ["drop", "goods", "offers", "prices", "change_set"]
    live = ["change_set", "placeholder_products", "enriched_skus", "sku_prices", "import_report"]
    for chain in (staged, live):
        lefts = [page.node_lefts(name)[0] for name in chain]
        assert lefts == sorted(lefts), dict(zip(chain, lefts, strict=True))
    for dictionary in ("categories", "attributes"):
        in_staging, in_catalog = page.node_lefts(dictionary)
        assert in_staging < page.node_lefts("goods")[0]
        assert in_catalog < page.node_lefts("placeholder_products")[0]


def test_the_sensor_is_on_and_says_why_it_waits(page: UiPage) -> None:
    shown = page.open(SENSOR_PAGE)

    running = shown.get_by_role("row").filter(has_text="Running").first
    expect(running.get_by_role("checkbox")).to_be_checked()
    shown.get_by_role("button", name="0 runs requested").last.click()
    reason = shown.get_by_role("dialog").get_by_text(re.compile("Skip reason"))
    expect(reason).to_be_visible()
    assert "empty" in reason.locator("xpath=..").inner_text()


def test_a_run_launched_as_the_launchpad_opens_publishes(ui: DagsterUi, published: DemoTotals, page: UiPage) -> None:
    assert ui.rows("SELECT kind, status FROM import_sessions WHERE id = 1") == [("catalog_import", "published")]
    assert ui.rows("SELECT count(*) FROM products") == [(published.products,)]
    assert ui.rows("SELECT count(*) FROM categories WHERE is_active") == [(published.categories,)]

    shown = page.open("/assets/import_report")
    expect(shown.get_by_role("row").filter(has_text=re.compile("^status")).first).to_contain_text("published")


@pytest.mark.usefixtures("published")
def test_the_change_set_lists_its_checks_with_their_results(page: UiPage) -> None:
    shown = page.open("/assets/change_set?view=checks")

    expect(shown.get_by_text(f"Checks ({len(GATES)})")).to_be_visible()
    for gate in GATES:
        expect(shown.get_by_text(gate.name, exact=True).first).to_be_visible()
    results = shown.get_by_text(re.compile("^(Succeeded|Failed)$"))
    expect(results).to_have_count(len(GATES))

    shown.get_by_text("every_sku_has_a_parent", exact=True).first.click()
    expect(shown.get_by_text(re.compile(r"^1 of \d+: ")).first).to_be_visible()


def test_a_live_table_shows_its_columns_and_its_row_count(published: DemoTotals, page: UiPage) -> None:
    shown = page.open("/assets/enriched_skus")

    for column in ("onec_id", "parent_onec_id", "specifications"):
        expect(shown.get_by_role("row").filter(has_text=column).first).to_be_visible()
    count = shown.get_by_text("Row count", exact=True).locator("xpath=..")
    expect(count).to_contain_text(str(published.products))
    shown.get_by_role("button").filter(has_text=re.compile("^Plots$")).click()
    expect(shown.get_by_text("dagster/row_count", exact=True)).to_be_visible()
    expect(shown.locator("canvas").first).to_be_visible()


def _sessions_after(ui: DagsterUi, before: int) -> dict[str, str]:
    """What became of each job's session."""
    return dict(ui.rows("SELECT kind, status FROM import_sessions WHERE id > ?", before))


@pytest.mark.usefixtures("published")
def test_a_drop_put_into_incoming_is_imported_without_a_click(ui: DagsterUi, page: UiPage) -> None:
    before = ui.rows("SELECT max(id) FROM import_sessions")[0][0]
    totals = ui.unload_demo(CHANGED)

    shown = page.open(SENSOR_PAGE)
    tick = shown.get_by_role("row").filter(has_text="1 run requested")
    run = tick.locator("a[href*='/runs/']").first
    expect(run).to_be_visible(timeout=RUN_MS)
    page.open(run.get_attribute("href") or "")
    expect_success(shown)
    expect(shown.get_by_text("exchange_sensor").first).to_be_visible()

    wait_until(lambda: _sessions_after(ui, before) == {"catalog_import": "published", "sync_customers": "published"})
    assert ui.rows("SELECT count(*) FROM products") == [(totals.products,)]
    updated = ui.rows("SELECT count(*) FROM sku_prices WHERE session_id > ?", before)
    assert 0 < updated[0][0] <= totals.changed_products
    assert not [path for path in ui.incoming.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("published")
def test_a_drop_that_a_gate_rejected_is_published_by_a_click(ui: DagsterUi, page: UiPage) -> None:
    goods = ui.rows("SELECT onec_id, name FROM goods WHERE is_active")
    marked = [good(onec_id, name=name, marked=True) for onec_id, name in goods[: len(goods) // 2]]
    write_export(ui.incoming, {"goods/goods_1_1_<uuid>.xml": goods_xml(marked, formed_at="2099-01-01T00:00:00")})
    shown = page.open(SENSOR_PAGE)
    expect(shown.get_by_role("row").filter(has_text="1 run requested").first).to_be_visible(timeout=RUN_MS)
    wait_until(lambda: ui.rows("SELECT status FROM import_sessions ORDER BY id DESC LIMIT 1") == [("rejected",)])
    assert ui.rows("SELECT count(*) FROM goods WHERE is_active") == [(len(goods),)]

    expect_success(page.launch("approve_session"))

    assert ui.rows("SELECT count(*) FROM goods WHERE is_active") == [(len(goods) - len(marked),)]
    shown = page.open("/assets/import_report")
    summary = shown.get_by_role("row").filter(has_text=re.compile("^summary")).first
    expect(summary).to_contain_text("Approved by an operator")
