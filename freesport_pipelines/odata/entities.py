"""All that we read of 1C, under the names that an installation configured."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from freesport_pipelines.odata import catalogue_entities as catalogues
from freesport_pipelines.odata import register_entities as registers
from freesport_pipelines.odata.fields import Entity


class Entities(NamedTuple):
    """The fields are called as the settings are: `discount_cards` is ONEC_DISCOUNT_CARDS_ENDPOINT."""

    discount_cards: Entity[catalogues.DiscountCard] = catalogues.DISCOUNT_CARDS
    customers: Entity[catalogues.Counterparty] = catalogues.COUNTERPARTIES
    products: Entity[catalogues.Product] = catalogues.PRODUCTS
    categories: Entity[catalogues.Group] = catalogues.CATEGORIES
    warehouses: Entity[catalogues.Named] = catalogues.WAREHOUSES
    brands: Entity[catalogues.Named] = catalogues.BRANDS
    sales: Entity[registers.Sale] = registers.SALES
    sales_by_card: Entity[registers.SaleByCard] = registers.SALES_BY_CARD
    retail_journal: Entity[registers.RetailReceipt] = registers.RETAIL_JOURNAL
    loyalty: Entity[registers.LoyaltyMovement] = registers.LOYALTY
    loyalty_accrual: Entity[registers.LoyaltyAccrual] = registers.LOYALTY_ACCRUALS

    @classmethod
    def configured(cls, endpoints: Mapping[str, str], choices: Mapping[str, tuple[str, ...]]) -> "Entities":
        """With other names in 1C.

        :param endpoints: our name of an entity to its name in the URL, with or without a slash before it
        :param choices: our name of an entity to the fields that are tried in order
        """
        found: dict[str, Any] = cls()._asdict()
        for name, endpoint in endpoints.items():
            found[name] = found[name].named(endpoint)
        for name, candidates in choices.items():
            found[name] = found[name].choosing_from(candidates)
        return cls(**found)
