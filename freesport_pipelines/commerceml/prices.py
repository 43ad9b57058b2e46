"""prices: the full current set of prices of each SKU. One of the four hot readers: no lookup per field."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import text_of
from freesport_pipelines.commerceml.shapes import offers_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import OfferPrices

_ID = "Ид"
_PRICES = "Цены"
_PRICE = "Цена"
_TYPE = "ИдТипаЦены"
_AMOUNT = "ЦенаЗаЕдиницу"
_CURRENCY = "Валюта"


def read_prices(stream: BinaryIO, name: str) -> Iterator[OfferPrices]:
    """Every `<Предложение>` of a prices packet; a price without its amount has "". Source: facts, section 1.8."""
    return read_items(stream, name, offers_shape(), _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], OfferPrices]:
    id_tag, prices_tag, price_tag = namespace + _ID, namespace + _PRICES, namespace + _PRICE
    type_tag, amount_tag, currency_tag = namespace + _TYPE, namespace + _AMOUNT, namespace + _CURRENCY

    def price_of(price: _Element) -> tuple[str, str, str | None]:
        type_id = amount = ""
        currency = None
        for part in price:
            tag = part.tag
            if tag == type_tag:
                type_id = text_of(part)
            elif tag == amount_tag:
                amount = text_of(part)
            elif tag == currency_tag:
                currency = text_of(part)
        return type_id, amount, currency

    def parse(offer: _Element) -> OfferPrices:
        onec_id = ""
        prices: list[tuple[str, str, str | None]] = []
        for child in offer:
            tag = child.tag
            if tag == id_tag:
                onec_id = text_of(child)
            elif tag == prices_tag:
                prices.extend(price_of(price) for price in child if price.tag == price_tag)
        return OfferPrices(onec_id, tuple(prices))

    return parse
