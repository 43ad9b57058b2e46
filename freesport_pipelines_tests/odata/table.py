"""A table that is served as 1C serves one, with the ways in which servers differ."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from freesport_pipelines_tests.odata.scripted import Reply, Seen, rows

TERM = re.compile(r"(\w+) (ge|lt|eq) (?:datetime|guid)'([^']*)'")


@dataclass
class Table:
    """Answers requests for one entity out of its rows."""

    rows: list[dict[str, Any]]
    cap: int = 100_000
    """The server's own page size."""
    honours_order: bool = True
    honours_skip: bool = True
    honours_filter: bool = True
    counts: bool = True
    before: Callable[["Table", Seen], Reply | None] = field(default=lambda table, seen: None)
    """What happens before a request is answered; its Reply is given instead."""
    asked: int = 0

    def __call__(self, seen: Seen) -> Reply:
        self.asked += 1
        if (reply := self.before(self, seen)) is not None:
            return reply
        options = seen.options
        found = [row for row in self.rows if not self.honours_filter or self._matches(row, options.get("$filter", ""))]
        found = self._ordered(found, options.get("$orderby", ""))
        skip = int(options.get("$skip", 0)) if self.honours_skip else 0
        page = found[skip : skip + min(int(options.get("$top", len(found))), self.cap)]
        is_counted = self.counts and "$inlinecount" in options
        return rows(*page, count=len(found) if is_counted else None)

    @staticmethod
    def _matches(row: dict[str, Any], where: str) -> bool:
        terms = [(row.get(name), sign, value) for name, sign, value in TERM.findall(where)]
        results = [
            value >= wanted if sign == "ge" else value < wanted if sign == "lt" else value == wanted
            for value, sign, wanted in terms
        ]
        return any(results) if " or " in where else all(results)

    def _ordered(self, found: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
        """Without an order, when it is not honoured, and among equal rows, the order is another one each time."""
        found = random.sample(found, len(found))
        names = order.split(",") if order else []
        if not names or not self.honours_order:
            return found
        return sorted(found, key=lambda row: [str(row.get(name)) for name in names])
