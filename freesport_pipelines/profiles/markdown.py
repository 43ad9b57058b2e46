"""One profile to read, in the UI or a terminal. No personal data: ids, figures, and the shape of a phone."""

from collections.abc import Mapping
from typing import Any

import orjson

from freesport_pipelines.domain.masking import masked

_FIGURES = (
    ("Net revenue", "net_revenue"),
    ("Gross revenue", "gross_revenue"),
    ("Returns", "returns"),
    ("Opening balance", "opening_revenue"),
    ("Lifetime revenue", "lifetime_revenue"),
    ("Receipts", "receipt_count"),
    ("Average check", "average_check"),
    ("Pieces", "item_count"),
    ("Frequency", "purchase_frequency"),
    ("Median gap, days", "median_gap_days"),
    ("First purchase", "first_purchase_date"),
    ("Last purchase", "last_purchase_date"),
    ("Segment", "segment"),
    ("Bonus points", "bonus_balance"),
    ("Granularity", "receipt_granularity"),
)
_FAVOURITES = ("categories", "brands", "products", "stores")


def profile_markdown(profile: Mapping[str, Any], phone: str | None = None) -> str:
    """A heading, a table of figures, and the favourites.

    :param profile: a row of `build_profiles`
    :param phone: shown as its shape only
    """
    title = f"### {profile['owner_kind']} {profile['owner_onec_id']}"
    figures = [(name, profile[column]) for name, column in _FIGURES]
    rows = [f"| {name} | {'–' if _is_missing(value) else value} |" for name, value in figures]
    warnings = orjson.loads(profile["warnings"])
    parts = [
        title,
        f"Phone {masked(phone)}" if phone else "",
        "\n".join([f"| {profile['currency']} | |", "|---|---:|", *rows]),
        "\n".join(f"* **{kind}**: {_names(profile[f'favourite_{kind}'])}" for kind in _FAVOURITES),
        f"Beware: {', '.join(warnings)}" if warnings else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _is_missing(value: Any) -> bool:
    return value is None or value != value or str(value) in ("<NA>", "NaT")


def _names(text: str) -> str:
    return ", ".join(_cell(entry["name"] or entry["onec_id"]) for entry in orjson.loads(text)) or "–"


def _cell(name: str) -> str:
    """A name from 1C may not end the line or begin a table."""
    return " ".join(name.replace("|", "/").split())
