"""What an installation may decide about profiles, each by a setting (settings/profile_rules.py).

The defaults are those of facts/odata, section 4.
"""

from dataclasses import dataclass, field
from typing import Literal

from freesport_pipelines.profiles.recorders import RecorderTypes


@dataclass(frozen=True)
class Favourites:
    """What is left out of favourites only; its money stays (rows 17, 18)."""

    count: int = 5
    without_products: frozenset[str] = frozenset()
    without_categories: frozenset[str] = frozenset()
    without_product_types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rfm:
    """Where the scores change (row 22). Amounts in roubles."""

    recency_days: tuple[int, int, int, int] = (30, 60, 90, 180)
    """At most so many days: 5, 4, 3, 2 points; more: 1."""
    receipts: tuple[int, int, int, int] = (3, 5, 10, 20)
    """At least so many: 2, 3, 4, 5 points."""
    net_revenue: tuple[int, int, int, int] = (10_000, 20_000, 50_000, 100_000)
    segments: tuple[tuple[str, int], ...] = (("VIP", 12), ("Active", 8), ("Regular", 5), ("Sleeping", 0))
    """Name and lowest total, best first. A total is 3 to 15 points: who is below the last has no segment."""


@dataclass(frozen=True)
class Rules:
    """All of them."""

    recorders: RecorderTypes = field(default_factory=RecorderTypes)
    technical_counterparties: frozenset[str] = frozenset()
    """Ids of counterparties that stand for everybody, such as "Розничный покупатель" (row 10)."""
    takes_owners_from_cards: bool = False
    """For a base whose card register publishes no ВладелецКарты_Key: today's owner of the card, who may be
    somebody else than at the sale (row 12; facts/odata 3.6, the poor shape)."""
    frequencies: tuple[tuple[str, int], ...] = (
        ("weekly", 10),
        ("biweekly", 21),
        ("monthly", 45),
        ("quarterly", 120),
        ("semiannual", 240),
        ("yearly", 450),
    )
    """Name and longest median gap in days; a longer one is `rare`, less than two days of purchase `single`."""
    favourites: Favourites = field(default_factory=Favourites)
    rfm: Rfm = field(default_factory=Rfm)
    loyalty_sign: Literal["resource", "record_type"] = "resource"
    """Whether the sign of points stands in the resource (accrued - spent) or in the record type (row 25)."""
    currency: str = "RUB"
    """Of the register, which may be kept in the currency of accounting (row 26)."""
