"""The kinds of packet a CommerceML exchange consists of. Names are those of the files 1C writes."""

from enum import StrEnum


class Kind(StrEnum):
    """One kind of exchange file, in the order in which 1C writes them and in which they must be read.

    The value is the file-name prefix (and the folder name) of a CommerceML 3.1 export.
    """

    PRICE_LISTS = "priceLists"
    STORAGES = "storages"
    PROPERTIES_GOODS = "propertiesGoods"
    PROPERTIES_OFFERS = "propertiesOffers"
    UNITS = "units"
    GROUPS = "groups"
    GOODS = "goods"
    OFFERS = "offers"
    PRICES = "prices"
    RESTS = "rests"
    CONTRAGENTS = "contragents"


CUSTOMER_KINDS = frozenset({Kind.CONTRAGENTS})
"""Read by a job of its own: customers and catalogue do not wait for each other. Its records are personal data."""

STOCK_KINDS = frozenset({Kind.RESTS, Kind.STORAGES})
"""A drop made of these alone is a stock update: it touches nothing but warehouses and stocks."""
