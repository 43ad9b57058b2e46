"""How customer synchronisation stands, on one page: the requirement's five figures (8.1), durations, a chart."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from freesport_pipelines.database import customer_dashboard
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.settings import Settings

CHART_DAYS = 14
DURATIONS = 10
COLOURS = {"success": "#2a9d8f", "skipped": "#b0b0b0", "warning": "#e9c46a", "error": "#d62828"}
WORDS = {
    "customers_synced_today": "customers synced today (синхронизировано сегодня)",
    "pending_conflicts": "conflicts waiting for a decision (ждут решения)",
    "sync_errors_last_24h": "errors in 24 hours (ошибки за сутки)",
    "export_queue_size": "customers 1C must be told about (очередь в 1С)",
    "last_successful_import": "last successful synchronisation, UTC (последняя успешная)",
}


def figures(database: ShopDatabase, settings: Settings) -> dict[str, Any]:
    """The five figures, the durations of the newest synchronisations, and what was done day by day."""
    now = datetime.now(UTC)
    midnight = now.astimezone(settings.source_time_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with database.read() as connection:
        found = customer_dashboard.dashboard(connection, now, midnight.astimezone(UTC))
        last = found["last_successful_import"]
        return {
            **found,
            "last_successful_import": None if last is None else last.isoformat(timespec="seconds"),
            "durations": customer_dashboard.durations(connection, DURATIONS),
            "by_day": customer_dashboard.outcomes_by_day(connection, now - timedelta(days=CHART_DAYS)),
        }


def as_markdown(found: Mapping[str, Any], chart_url: str | None = None) -> str:
    """The page. It names numbers only."""
    lines = ["# Customers and 1C", "", "| | |", "|---|---:|"]
    lines += [f"| {words} | {found[name] if found[name] is not None else 'never'} |" for name, words in WORDS.items()]
    if found["pending_conflicts"]:
        lines += ["", "`freesport conflicts list` shows the questions, `freesport conflicts resolve` answers them."]
    if found["durations"]:
        lines += ["", "| session | seconds |", "|---:|---:|"]
        lines += [f"| {session} | {seconds} |" for session, seconds in found["durations"]]
    if chart_url:
        lines += ["", f"![operations by day]({chart_url})"]
    return "\n".join(lines) + "\n"


def chart(by_day: Mapping[str, Mapping[str, int]], today: date) -> bytes:
    """PNG: operations of the last days by outcome."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 2.4), layout="constrained")
    axes = figure.add_subplot()
    days = [(today - timedelta(days=back)).isoformat() for back in reversed(range(CHART_DAYS))]
    below = [0] * len(days)
    for status, colour in COLOURS.items():
        counts = [by_day.get(day, {}).get(status, 0) for day in days]
        if any(counts):
            axes.bar([day[5:] for day in days], counts, bottom=below, color=colour, label=status, width=0.7)
            below = [a + b for a, b in zip(below, counts, strict=True)]
    axes.set_title("operations on customers, by day (UTC)", fontsize=9)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    if any(below):
        axes.legend(fontsize=7, frameon=False)
    buffer = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
