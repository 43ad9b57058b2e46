"""The shop's seven roles and the price column each of them sees. Facts, sections 2.1-2.3; DESIGN, contract tables."""

from enum import StrEnum


class PriceField(StrEnum):
    """A price column of `products`; money in roubles, VAT included."""

    RETAIL = "retail_price"
    OPT1 = "opt1_price"
    OPT2 = "opt2_price"
    OPT3 = "opt3_price"
    TRAINER = "trainer_price"
    FEDERATION = "federation_price"
    MIN_RETAIL = "min_retail_price"
    """МРЦ: the MINIMUM retail price, informational; no role buys at it."""


PRICE_FIELDS: tuple[str, ...] = tuple(PriceField)

ROLE_PRICE: dict[str, PriceField] = {
    "retail": PriceField.RETAIL,
    "wholesale_level1": PriceField.OPT1,
    "wholesale_level2": PriceField.OPT2,
    "wholesale_level3": PriceField.OPT3,
    "trainer": PriceField.TRAINER,
    "federation_rep": PriceField.FEDERATION,
    "admin": PriceField.RETAIL,
}
"""Where the role's own price is missing or zero, the retail price is used."""
