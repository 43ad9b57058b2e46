"""Rows of rests: the stock of a SKU per warehouse in thousandths, and its `<Предложение>`."""

from freesport_pipelines.demo.assortment import Sku
from freesport_pipelines.demo.dice import dice
from freesport_pipelines.demo.goods import KILOGRAM_EVERY
from freesport_pipelines.demo.ids import id_maker

IN_UNKNOWN_WAREHOUSE = 7
"""Pieces of one SKU that lie where the dictionary knows no warehouse."""
_REST = """\t\t\t\t\t<Остаток>
\t\t\t\t\t\t<Склад>
\t\t\t\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t\t\t\t<Количество>"""
_AFTER = "</Количество>\n\t\t\t\t\t\t</Склад>\n\t\t\t\t\t</Остаток>\n"


class RestRows:
    """Stocks of one plan."""

    def __init__(self, seed: int, warehouses: int) -> None:
        self._seed, self._count = seed, warehouses
        warehouse_id = id_maker(seed, "warehouse")
        self._openings = [_REST.format(id=warehouse_id(n)) for n in range(warehouses)]
        self._openings.append(_REST.format(id=id_maker(seed, "unknown warehouse")(0)))

    def quantities(self, sku: Sku, *, changed: bool, has_unknown: bool) -> list[int]:
        """Return thousandths per warehouse, and one more for the unknown one."""
        sides = dice(self._seed, "rests", sku.key)
        quantities = [0] * self._count
        if sides[0] >= 90:
            for n in range(self._count):
                quantities[n] = sides[2 + n % 30] % 60 * 1000 if sides[32 + n % 30] > 100 else 0
            quantities[0] += sides[1] % 200 * 1000
            if sku.good % KILOGRAM_EVERY == 5:
                quantities[0] += sides[1] % 3 * 250 + 500
        if sides[62] < 4:
            quantities[0] = -(1 + sides[1] % 4) * 1000
        if changed:
            quantities[0] += (1 + sides[63] % 9) * 1000
        if has_unknown:
            quantities.append(IN_UNKNOWN_WAREHOUSE * 1000)
        return quantities

    def row(self, sku: Sku, quantities: list[int]) -> str:
        """Render the `<Предложение>` with one `<Остаток>` per warehouse."""
        rests = "".join(
            f"{opening}{written(quantity)}{_AFTER}"
            for opening, quantity in zip(self._openings, quantities, strict=False)
        )
        return (
            f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{sku.id}</Ид>\n\t\t\t\t<Остатки>\n{rests}"
            "\t\t\t\t</Остатки>\n\t\t\t</Предложение>\n"
        )


def written(thousandths: int) -> str:
    """Write a quantity with a point and no needless zeros."""
    whole, part = divmod(abs(thousandths), 1000)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{whole}.{part:03d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"
