"""Which reader reads which kind of file, and which kinds may be cut into slices."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO

from freesport_pipelines.commerceml import contragents, goods, offers, prices, rests
from freesport_pipelines.commerceml.contragents import read_contragents
from freesport_pipelines.commerceml.goods import read_goods
from freesport_pipelines.commerceml.groups import read_groups
from freesport_pipelines.commerceml.offers import read_offers
from freesport_pipelines.commerceml.price_lists import read_price_lists
from freesport_pipelines.commerceml.prices import read_prices
from freesport_pipelines.commerceml.properties import read_properties
from freesport_pipelines.commerceml.rests import read_rests
from freesport_pipelines.commerceml.storages import read_storages
from freesport_pipelines.commerceml.stream import Shape
from freesport_pipelines.commerceml.units import read_units
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.records import Record

Reader = Callable[[BinaryIO, str], Iterator[Record]]
"""(the open file, its name for messages) -> its rows; raises PacketError, perhaps after some rows."""

READERS: Mapping[Kind, Reader] = MappingProxyType(
    {
        Kind.PRICE_LISTS: read_price_lists,
        Kind.STORAGES: read_storages,
        Kind.PROPERTIES_GOODS: read_properties,
        Kind.PROPERTIES_OFFERS: read_properties,
        Kind.UNITS: read_units,
        Kind.GROUPS: read_groups,
        Kind.GOODS: read_goods,
        Kind.OFFERS: read_offers,
        Kind.PRICES: read_prices,
        Kind.RESTS: read_rests,
        Kind.CONTRAGENTS: read_contragents,
    }
)

SHAPES: Mapping[Kind, Shape] = MappingProxyType(
    {
        Kind.GOODS: goods.SHAPE,
        Kind.OFFERS: offers.SHAPE,
        Kind.PRICES: prices.SHAPE,
        Kind.RESTS: rests.SHAPE,
        Kind.CONTRAGENTS: contragents.SHAPE,
    }
)
"""Where the rows of the large kinds stand: their packets may be cut."""
