"""What the rules want to tell about rows: rejected ones (they go to quarantine) and things worth a warning."""

from collections import Counter
from decimal import Decimal
from typing import Any, NamedTuple

EXAMPLES = 100
"""How many distinct examples of one warning are kept; people are shown fewer."""

_ZERO = Decimal(0)


class Reject(NamedTuple):
    """A row, or a part of it, that cannot be used; nothing is dropped without one."""

    kind: str
    key: str
    reason: str
    detail: str
    payload: dict[str, Any]
    """The record as read, so that it can be tried again when its cause is gone."""


class Notes:
    """Collects rejects and warnings while one kind is shaped."""

    def __init__(self) -> None:
        self.rejects: list[Reject] = []
        self.rejected: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.examples: dict[str, dict[str, None]] = {}
        self.sums: dict[str, Decimal] = {}
        self.found: dict[str, set[str]] = {}

    def reject(self, reject: Reject) -> None:
        """Send a row to quarantine."""
        self.rejects.append(reject)
        self.rejected[reject.reason] += 1

    def warn(self, what: str, example: str) -> None:
        """Count something odd that loses nothing, keeping a few distinct examples."""
        self.warnings[what] += 1
        examples = self.examples.setdefault(what, {})
        if len(examples) < EXAMPLES:
            examples[example] = None

    def add(self, what: str, amount: Decimal) -> None:
        """Add to a sum by which loading is checked."""
        self.sums[what] = self.sums.get(what, _ZERO) + amount

    def find(self, what: str, name: str) -> None:
        """Remember a name of which a row must be made; there are few of them, and all are needed."""
        self.found.setdefault(what, set()).add(name)

    def merge(self, later: "Notes") -> None:
        """Take over what was noted of later rows."""
        self.rejects += later.rejects
        self.rejected.update(later.rejected)
        self.warnings.update(later.warnings)
        for what, found in later.examples.items():
            examples = self.examples.setdefault(what, {})
            for example in found:
                if len(examples) < EXAMPLES:
                    examples[example] = None
        for what, amount in later.sums.items():
            self.add(what, amount)
        for what, names in later.found.items():
            self.found.setdefault(what, set()).update(names)

    def take_rejects(self) -> list[Reject]:
        """Hand over the rejects collected so far: the loader stores them chunk by chunk."""
        taken, self.rejects = self.rejects, []
        return taken
