"""The benchmark runs, and measures what it says. No time is looked at: those are for `make bench`."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.readme import BEGIN, END, README, write_readme
from benchmarks.results import Results, Scenario
from benchmarks.tables import all_tables

pytestmark = pytest.mark.xdist_group("benchmarks")
ROOT = Path(__file__).parents[2]
GOODS = 60


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The smallest benchmark there is."""
    folder = tmp_path_factory.mktemp("bench")
    options = ("--goods", str(GOODS), "--database", "sqlite", "--no-growth", "--results", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Results.load(folder / f"{GOODS}.json")


def changes(results: Results, scenario: Scenario, table: str) -> dict[str, int]:
    step = results.step(scenario, "sqlite")
    assert step is not None
    return {name: count for name, count in step.tables[table].items() if count and name != "quarantined"}


def test_all_scenarios_are_there_and_measured(results: Results) -> None:
    assert [step.scenario for step in results.steps] == [one for one in Scenario if one is not Scenario.same_stocks]
    for step in results.steps:
        assert 0 < step.run_seconds < step.wall_seconds, step
        assert step.start_seconds > 0
        assert step.cpu_seconds > 0
        assert step.peak_rss_with_workers_bytes >= step.peak_rss_bytes > 10_000_000
        assert (step.floor is None) == (step.scenario in (Scenario.recognised, Scenario.few))
    assert [table.title for table in all_tables(results)] == ["Steps", "Parts of a run", "Dagster apart", "Targets"]


def test_a_full_import_reaches_the_totals_of_the_data(results: Results) -> None:
    totals = results.data["totals"]
    assert changes(results, Scenario.full, "goods") == {"inserted": totals["goods"]}
    for table in ("products", "sku_prices", "product_stocks"):
        assert changes(results, Scenario.full, table) == {"inserted": totals["products"]}, table
    assert results.data["rows"]["goods"] >= GOODS
    assert results.skus == totals["products"]


def test_the_same_again_changes_nothing(results: Results) -> None:
    for scenario in (Scenario.recognised, Scenario.compared):
        assert changes(results, scenario, "product_stocks") == {"unchanged": results.skus}


def test_a_stock_update_compares_all_stocks_and_changes_some(results: Results) -> None:
    for scenario in (Scenario.delta, Scenario.stocks):
        assert changes(results, scenario, "product_stocks")["updated"] >= 1, scenario
    assert sum(changes(results, Scenario.delta, "product_stocks").values()) < 10
    assert sum(changes(results, Scenario.stocks, "product_stocks").values()) == results.skus


def test_the_readme_has_the_place_for_results(results: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    results.save(tmp_path)
    (tmp_path / "README.md").write_text(README.read_text(encoding="utf-8"), encoding="utf-8")
    write_readme(tmp_path, tmp_path / "README.md")
    once = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"### {GOODS} goods" in once.partition(BEGIN)[2].partition(END)[0]
    assert (tmp_path / "plot.svg").stat().st_size > 1000
    write_readme(tmp_path, tmp_path / "README.md")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == once
