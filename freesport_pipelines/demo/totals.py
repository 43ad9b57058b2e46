"""What an import of a demo export must reach. Counted while generating; knows no importer and no XML."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from decimal import Decimal

PRICE_FIELDS = ("retail_price", "min_retail_price", "opt1_price", "opt2_price", "opt3_price", "trainer_price")


@dataclass(frozen=True)
class DemoTotals:
    """The shop after an import of the export into an empty shop.

    For a delta the shop's figures are those after the unchanged export and then the delta, and `quarantined` and
    `excluded` are what the delta itself adds (nothing).
    """

    categories: int
    """Groups that are not marked and do not stand in a marked branch."""
    marked_categories: int
    category_depth: int
    brands: int
    """Different brands after normalisation (NFKC, case, punctuation and spaces dropped), pseudo-brands left out."""
    brand_values: int
    """Value ids of the property `Бренд`, pseudo-brands included."""
    attributes: int
    """Different properties of both dictionaries without `Бренд`."""
    attribute_values: int
    """Different (property, value id) pairs of both dictionaries without those of `Бренд`."""
    units: int
    """Units with a code; `units_without_code` counts the one whose id is nothing but spaces."""
    units_without_code: int
    warehouses: int
    """Those of the dictionary; `unknown_warehouses` counts those that only rests name."""
    unknown_warehouses: int
    price_types: int
    goods: int
    products: int
    """SKUs, default SKUs included."""
    default_products: int
    products_in_stock: int
    stock_quantity: Decimal
    """Sum over SKUs of max(0, sum over warehouses)."""
    price_sums: dict[str, Decimal]
    """Sum over SKUs by price field; prices of 0 are "not set"."""
    quarantined: dict[str, dict[str, int]]
    """Rows by kind (offers, prices, rests) and reason."""
    excluded: dict[str, int]
    """Goods that are not created, by reason."""
    changed_products: int
    """SKUs whose prices and stocks differ from the unchanged export."""
    contragents: int
    """Rows, marked ones and suppliers included."""
    buyers: int
    """Those that are not marked and have the role Покупатель, alone or beside others."""
    marked_contragents: int
    files: int
    bytes_written: int

    @property
    def retail_price_sum(self) -> Decimal:
        """Sum of the retail prices of all SKUs."""
        return self.price_sums["retail_price"]

    def quarantined_of(self, kind: str) -> int:
        """Quarantined rows of a kind, whatever the reason."""
        return sum(self.quarantined.get(kind, {}).values())

    def as_dict(self) -> dict[str, object]:
        """Ready for JSON: decimals as text, the sums also under the names of their fields."""
        rows: dict[str, object] = asdict(self)
        sums = rows.pop("price_sums")
        rows |= {name: str(total) for name, total in sums.items()} if isinstance(sums, dict) else {}
        rows["retail_price_sum"] = str(self.retail_price_sum)
        rows["stock_quantity"] = str(self.stock_quantity)
        return rows


@dataclass
class Tally:
    """The counters of a running generation, in whole kopecks and thousandths."""

    goods: int = 0
    products: int = 0
    default_products: int = 0
    products_in_stock: int = 0
    stock_thousandths: int = 0
    kopecks: list[int] = field(default_factory=lambda: [0] * len(PRICE_FIELDS))
    quarantined: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in ("offers", "prices", "rests")}
    )
    excluded: Counter[str] = field(default_factory=Counter)
    changed_products: int = 0

    def price_sums(self) -> dict[str, Decimal]:
        """Roubles by price field."""
        return {name: Decimal(total).scaleb(-2) for name, total in zip(PRICE_FIELDS, self.kopecks, strict=True)}

    def stock_quantity(self) -> Decimal:
        """Pieces and kilograms together."""
        return Decimal(self.stock_thousandths).scaleb(-3)
