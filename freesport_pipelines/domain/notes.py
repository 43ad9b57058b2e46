"""What the rules want to tell about rows: rejected ones (they go to quarantine) and things worth a warning."""

from collections import Counter
from typing import Any, NamedTuple

EXAMPLES = 100
"""How many distinct examples of one warning are kept; people are shown fewer."""


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

    def take_rejects(self) -> list[Reject]:
        """Hand over the rejects collected so far: the loader stores them chunk by chunk."""
        taken, self.rejects = self.rejects, []
        return taken
