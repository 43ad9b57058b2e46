"""Pictures for the UI, as PNG bytes: no names, no phones, no ids. matplotlib is loaded when one is drawn."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import orjson
import pandas as pd

_INCHES, _DPI = (8, 3), 100
_UNKNOWN = "unknown"


def purchases_by_month_png(profile: Mapping[str, Any]) -> bytes:
    """Net revenue of each calendar month of one profile, the months without purchases included."""
    months = orjson.loads(profile["seasonality_by_month"])
    if not months:
        return _bars([], [], "Purchases by month", profile["currency"])
    names = [str(month) for month in pd.period_range(min(months), max(months), freq="M")]
    revenue = [float(months[name]["net_revenue"]) if name in months else 0.0 for name in names]
    return _bars(names, revenue, "Purchases by month", profile["currency"])


def segments_png(profiles: pd.DataFrame) -> bytes:
    """How many buyers each segment has, the largest first."""
    counts = profiles["segment"].astype(object).fillna(_UNKNOWN).value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return _bars([name for name, _ in ordered], [count for _, count in ordered], "Buyers by segment", "buyers")


def _bars(names: list[str], heights: Iterable[float], title: str, unit: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.bar(names, list(heights))
    axes.set_title(title)
    axes.set_ylabel(unit)
    axes.tick_params(axis="x", labelrotation=90 if len(names) > 12 else 0)
    FigureCanvasAgg(figure)
    buffer = BytesIO()
    # without the version of the library, the same picture is the same bytes
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
