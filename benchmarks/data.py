"""The exports that a run needs: generated, or somebody's own folder. Says how many rows they hold; measures nothing."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.files import packets, write_rows
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.demo.plan import SMALLEST_DIRTY
from freesport_pipelines.domain.kinds import STOCK_KINDS, Kind

CHANGED = 0.02
"""Share of the SKUs that a delta or a stock update changes."""
FEW_GOODS = 180
"""Goods whose SKUs have about 1,000 stock rows."""
EVERYTHING = frozenset(Kind)


@dataclass(frozen=True)
class Export:
    """One export folder, its rows as CSV files for the floor, and what is in them."""

    folder: Path
    rows_folder: Path
    kinds: frozenset[Kind]
    """What the command measured on it reads; a stock update leaves the rest of a folder alone."""
    rows: dict[str, int]
    size_bytes: int
    totals: dict[str, Any] = field(default_factory=dict)
    """What an import must reach, where the data is ours."""

    @property
    def row_count(self) -> int:
        """Goods, offers, prices and stocks together."""
        return sum(self.rows.values())


def full_export(goods: int, out: Path) -> Export:
    """A whole invented shop."""
    return _generated(DemoPlan(goods=goods, contragents=0), out / "full")


def delta_export(goods: int, out: Path) -> Export:
    """What a day later differs from the whole shop, and nothing else."""
    return _generated(DemoPlan(goods=goods, change_share=CHANGED, delta=True, contragents=0), out / "delta")


def stock_export(goods: int, out: Path, *, changed_before: float = 0.0) -> Export:
    """All stocks of the shop, of which `CHANGED` differ from what it has.

    :param changed_before: share that a delta has changed already; a greater share changes the same SKUs and more
    """
    plan = DemoPlan(goods=goods, change_share=changed_before + CHANGED, kinds=STOCK_KINDS)
    return _generated(replace(plan, formed_at=plan.formed_at + timedelta(days=1)), out / "stocks")


def few_stocks_export(goods: int, out: Path) -> Export:
    """The stocks of the shop's first SKUs, about 1,000 rows: hardly any data, so that what is left is overhead."""
    plan = DemoPlan(goods=max(SMALLEST_DIRTY, min(FEW_GOODS, goods)), kinds=STOCK_KINDS)
    return _generated(replace(plan, formed_at=plan.formed_at + timedelta(days=3)), out / "few-stocks")


def own_export(folder: Path, out: Path, kinds: frozenset[Kind] = EVERYTHING) -> Export:
    """Somebody else's export, wholly or some kinds of it; the folder is read, never changed."""
    return _described(folder, out / f"own-{len(kinds)}", kinds)


def _generated(plan: DemoPlan, out: Path) -> Export:
    totals = write_demo_export(plan, out / "export")
    return replace(_described(out / "export", out / "rows", plan.kinds), totals=totals.as_dict())


def _described(folder: Path, rows_folder: Path, kinds: frozenset[Kind]) -> Export:
    rows = write_rows(folder, rows_folder, kinds)
    size = sum(path.stat().st_size for kind, path in packets(folder) if kind in kinds)
    return Export(folder, rows_folder, kinds, rows, size)
