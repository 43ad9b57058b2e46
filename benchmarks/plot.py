"""One picture of the results: time over size beside the floor, and each step beside its floor."""

from pathlib import Path
from typing import Any

from benchmarks.results import TITLES, Results, Scenario

COLOURS = {"postgresql": "#336791", "sqlite": "#d9822b"}
SPAN = 0.8
"""Of the room that a step has in the bars, as much is filled."""


def draw(results: Results, path: Path) -> None:
    """Write an SVG that is the same for the same results."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "freesport", "svg.fonttype": "none", "font.size": 9})
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot as plt

    figure, (over_size, stock_size, bars) = plt.subplots(1, 3, figsize=(13, 4), width_ratios=(3, 3, 4))
    _over_size(over_size, results, Scenario.full)
    _over_size(stock_size, results, Scenario.stocks)
    _bars(bars, results)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _over_size(axes: Any, results: Results, scenario: Scenario) -> None:
    for database in results.databases:
        steps = [step for step in results.steps if step.scenario is scenario and step.database == database]
        steps.sort(key=lambda step: step.rows)
        rows = [step.rows / 1000 for step in steps]
        axes.plot(rows, [step.working_seconds for step in steps], "o-", color=COLOURS[database], label=database)
        floors = [step.floor.seconds if step.floor else 0 for step in steps]
        axes.plot(rows, floors, "o:", color=COLOURS[database], alpha=0.7, label=f"floor, {database}")
    axes.set(title=TITLES[scenario], xlabel="thousand rows in the files", ylabel="seconds, start-up left out")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _bars(axes: Any, results: Results) -> None:
    measured = {step.scenario for step in results.steps if step.goods == results.goods}
    shown = [scenario for scenario in Scenario if scenario in measured]
    width = SPAN / len(results.databases)
    for number, database in enumerate(results.databases):
        for place, scenario in enumerate(shown):
            step = results.step(scenario, database)
            if step is None:
                continue
            at = place + (number + 0.5) * width - SPAN / 2
            label = database if place == 0 else None
            axes.barh(at, step.wall_seconds, width * 0.9, color=COLOURS[database], label=label)
            if step.floor:
                axes.plot([step.floor.seconds] * 2, [at - width / 2, at + width / 2], color="black", lw=2)
    axes.plot([], [], color="black", lw=2, label="floor")
    axes.set_yticks(range(len(shown)), [TITLES[scenario] for scenario in shown])
    axes.invert_yaxis()
    axes.set(title="whole command", xlabel="seconds")
    axes.legend(frameon=False)
