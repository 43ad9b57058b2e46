"""How large the invented company is, and where its special cases are."""

from dataclasses import dataclass
from datetime import date, datetime, time

from freesport_pipelines.emulator.columns import seconds_of


@dataclass(frozen=True)
class Plan:
    """The same plan gives the same data, on every machine."""

    customers: int = 60
    receipts: int = 600
    """Receipts and returns, without reports and opening balances."""
    months: int = 6
    first_month: date = date(2025, 1, 1)
    products: int = 40
    stores: int = 3
    """Each with one cash desk."""
    lines_per_receipt: int = 4
    """At most; the average is a little more than half of it."""
    burst: int = 12
    """So many receipts in the middle of the history fall into one and the same second."""
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("customers", "receipts", "months", "products", "stores", "lines_per_receipt"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")

    @property
    def cards(self) -> int:
        """One for every customer, a second one for every eighth."""
        return self.customers + self.customers // 8

    @property
    def begin(self) -> int:
        """The first second of the history."""
        return self.month_start(0)

    @property
    def end(self) -> int:
        """The first second after it."""
        return self.month_start(self.months)

    def month_start(self, months: int) -> int:
        """The first second of a month of the history, counted from 0."""
        whole = self.first_month.month - 1 + months
        first = date(self.first_month.year + whole // 12, whole % 12 + 1, 1)
        return seconds_of(datetime.combine(first, time()))
