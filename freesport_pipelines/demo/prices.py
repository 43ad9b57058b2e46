"""Rows of prices: the six prices of a SKU in kopecks, and their `<Предложение>`. Which SKUs exist: assortment.py."""

from freesport_pipelines.demo.assortment import Sku
from freesport_pipelines.demo.dice import dice, orders
from freesport_pipelines.demo.references import PRICED_TYPES
from freesport_pipelines.demo.totals import PRICE_FIELDS

RETAIL, MINIMUM, OPT1, OPT2, OPT3, TRAINER = range(len(PRICE_FIELDS))
_SHARES = (100, 86, 68, 72, 76, 80)
"""Prices in per cent of the retail price, in the order of `PRICE_FIELDS`."""

_BEFORE = "\t\t\t\t\t<Цена>\n\t\t\t\t\t\t<Представление>"
_AFTER_SHOWN = " руб</Представление>\n\t\t\t\t\t\t<ИдТипаЦены>{id}</ИдТипаЦены>\n\t\t\t\t\t\t"
_AFTER = """
\t\t\t\t\t\t<Валюта>руб</Валюта>
\t\t\t\t\t\t<Налог>
\t\t\t\t\t\t\t<Наименование>НДС</Наименование>
\t\t\t\t\t\t\t<УчтеноВСумме>true</УчтеноВСумме>
\t\t\t\t\t\t</Налог>
\t\t\t\t\t</Цена>
"""

BadPrice = tuple[str, str, str]
Prices = list[int | None]
"""Kopecks by position in `PRICE_FIELDS`; None: the price is not in the file."""


class PriceRows:
    """Prices of one plan."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._orders = orders(seed, "prices order", len(PRICE_FIELDS))
        self._middles = [_AFTER_SHOWN.format(id=type_id) for type_id in PRICED_TYPES]

    def prices(self, sku: Sku, *, changed: bool, complete: bool = False) -> Prices:
        """Return the prices of a SKU; a changed one costs more, a complete one has every price."""
        sides = dice(self._seed, "prices", sku.key)
        roubles = 190 + (sides[0] << 8 | sides[1]) % 9000
        if changed:
            roubles += 10 + sides[7] % 50
        half = 50 if sides[2] < 8 else 0
        prices: Prices = [roubles * share // 100 * 100 + half for share in _SHARES]
        if sides[3] < 12:
            prices[TRAINER] = roubles * 58 // 100 * 100
        if complete:
            return prices
        if sides[4] < 20:
            prices[TRAINER] = None
        if sides[5] < 2:
            prices[RETAIL] = 0
        return prices

    def row(self, sku: Sku, prices: Prices, bad: BadPrice | None = None) -> str:
        """Render the `<Предложение>`; a bad price stands in place of its field's."""
        fragments = [self._price(n, kopecks) for n, kopecks in enumerate(prices)]
        if bad is not None:
            n = PRICE_FIELDS.index(bad[0])
            fragments[n] = self._written(n, bad[1], bad[1])
        order = self._orders[int(sku.id[:2], 16) & 63]
        return (
            f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{sku.id}</Ид>\n\t\t\t\t<Цены>\n{''.join(order(fragments))}"
            "\t\t\t\t</Цены>\n\t\t\t</Предложение>\n"
        )

    def _price(self, position: int, kopecks: int | None) -> str:
        if kopecks is None:
            return ""
        roubles, rest = divmod(kopecks, 100)
        shown = f"{roubles:,}".replace(",", "\u00a0")
        if not rest:
            return self._written(position, shown, str(roubles))
        part = str(rest).rstrip("0")
        return self._written(position, f"{shown},{part}", f"{roubles}.{part}")

    def _written(self, position: int, shown: str, value: str) -> str:
        tag = f"<ЦенаЗаЕдиницу>{value}</ЦенаЗаЕдиницу>" if value else "<ЦенаЗаЕдиницу/>"
        return f"{_BEFORE}{shown}{self._middles[position]}{tag}{_AFTER}"
