"""What a demo export is asked to be. No generation here: a plan only says how much, of what kind and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from freesport_pipelines.domain.kinds import Kind

SMALLEST_DIRTY = 50
"""Goods that are needed to hold every dirty row beside enough clean ones."""
MOST_OFFERS_PER_GOOD = 500


@dataclass(frozen=True)
class DemoPlan:
    """Arguments of one demo export; equal plans give byte-identical exports."""

    goods: int = 500
    offers_per_good: int = 3
    """Average over the goods that have offers (nine of ten): exact in every complete block of ten goods."""
    seed: int = 1
    warehouses: int = 2
    dirty: bool = True
    """With the fixed handful of rows that an importer must refuse, skip or overrule."""
    change_share: float = 0.0
    """Share of the SKUs whose prices and stocks differ from those of the same plan with 0."""
    formed_at: datetime = datetime(2026, 1, 15, 3, 0)  # noqa: DTZ001 - 1C writes naive local time
    """When 1C began to write the unchanged export; a changed one (`change_share` > 0) begins a day later."""
    properties_per_good: int = 51
    """Property values of every goods, the brand included; the dictionaries grow with it."""
    delta: bool = False
    """Write what changed and nothing else: needs a `change_share`."""
    contragents: int | None = None
    """Customers and suppliers; None: a hundred and one more for every 25 goods. A delta has none."""
    kinds: frozenset[Kind] = frozenset(Kind)
    """Kinds of file that are written: the files of the whole export, whose totals are counted all the same."""

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        smallest = SMALLEST_DIRTY if self.dirty else 1
        if self.goods < smallest:
            raise ValueError(f"goods must be at least {smallest}, not {self.goods}")
        if not 1 <= self.offers_per_good <= MOST_OFFERS_PER_GOOD:
            raise ValueError(f"offers_per_good must be 1..{MOST_OFFERS_PER_GOOD}, not {self.offers_per_good}")
        if self.warehouses < 1 or self.properties_per_good < 1:
            raise ValueError("warehouses and properties_per_good must be at least 1")
        if self.contragents is not None and self.contragents < 0:
            raise ValueError(f"contragents must be at least 0, not {self.contragents}")
        if not 0.0 <= self.change_share <= 1.0:
            raise ValueError(f"change_share is a share, 0..1, not {self.change_share}")
        if self.delta and not self.change_share:
            raise ValueError("a delta needs a change_share above 0")
        if self.formed_at.tzinfo is not None:
            raise ValueError("formed_at is naive local time, as 1C writes it")

    @property
    def contragent_count(self) -> int:
        """How many contragents there are."""
        return 100 + self.goods // 25 if self.contragents is None else self.contragents

    @property
    def starts_at(self) -> datetime:
        """The `ДатаФормирования` of the first file."""
        return self.formed_at + timedelta(days=1 if self.change_share else 0)
