"""Which rows a changed export (`change_share`) changes. What the change is belongs to the row's own module."""

from freesport_pipelines.demo.assortment import MARKED_GROUP, Assortment, Sku
from freesport_pipelines.demo.dice import dice
from freesport_pipelines.demo.dirty import Dirt

_WHOLE = 2**32
_EDITED = 0.1
"""Goods are edited ten times more rarely than prices and stocks change."""


class Changes:
    """The choice of one plan."""

    def __init__(self, assortment: Assortment, dirt: Dirt) -> None:
        self._seed, self._share = assortment.plan.seed, assortment.plan.change_share
        self._untouched = dirt.sku_keys
        last = range(MARKED_GROUP.stop, assortment.plan.goods)
        self._always = next((number for number, _ in assortment.clean_skus(last)), 0)

    def sku(self, sku: Sku) -> bool:
        """Tell whether prices and stock of a SKU change; dirty SKUs stay as they are."""
        return bool(self._share) and sku.key not in self._untouched and self._falls("change", sku.key, self._share)

    def good(self, number: int) -> bool:
        """Tell whether a goods row and its offers are edited; at least one is, and never an excluded one."""
        if not self._share or number < MARKED_GROUP.stop:
            return False
        return number == self._always or self._falls("edit", number, self._share * _EDITED)

    def _falls(self, topic: str, index: int, share: float) -> bool:
        return int.from_bytes(dice(self._seed, topic, index)[:4], "little") < share * _WHOLE
