"""prices: the full current set of prices of each SKU. One of the four hot readers: no lookup per field."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import text_of
from freesport_pipelines.commerceml.flat import clean, read_flat_items
from freesport_pipelines.commerceml.shapes import offers_shape
from freesport_pipelines.domain.records import OfferPrices

SHAPE = offers_shape()
_ID = "Ид"
_PRICES = "Цены"
_PRICE = "Цена"
_TYPE = "ИдТипаЦены"
_AMOUNT = "ЦенаЗаЕдиницу"
_CURRENCY = "Валюта"

_FLAT_OFFER = re.compile(rf"\s*<{_ID}>([^<]*)</{_ID}>\s*<{_PRICES}>(.*)</{_PRICES}>\s*", re.DOTALL)
_SHOWN, _TAX, _TAX_NAME, _TAX_INCLUDED = "Представление", "Налог", "Наименование", "УчтеноВСумме"
_FLAT_PRICE = re.compile(
    rf"<{_PRICE}>\s*(?:<{_SHOWN}>[^<]*</{_SHOWN}>\s*)?<{_TYPE}>([^<]*)</{_TYPE}>\s*"
    rf"<{_AMOUNT}>([^<]*)</{_AMOUNT}>\s*(?:<{_CURRENCY}>([^<]*)</{_CURRENCY}>\s*)?"
    rf"(?:<{_TAX}>\s*<{_TAX_NAME}>[^<]*</{_TAX_NAME}>\s*<{_TAX_INCLUDED}>[^<]*</{_TAX_INCLUDED}>\s*</{_TAX}>\s*)?"
    rf"</{_PRICE}>"
)
_TAGS_OF_PRICE = 6
_TAGS_OF_OPTIONAL = {_SHOWN: 2, _CURRENCY: 2, _TAX: 6}


def read_prices(stream: BinaryIO, name: str) -> Iterator[OfferPrices]:
    """Every `<Предложение>` of a prices packet; a price without its amount has "". Source: facts, section 1.8."""
    return read_flat_items(stream, name, SHAPE, parser_for, from_text)


def parser_for(namespace: str) -> Callable[[_Element], OfferPrices]:
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


def from_text(text: str) -> OfferPrices | None:
    """The same of the text of a `<Предложение>`; None where it is not written in the usual form."""
    offer = _FLAT_OFFER.fullmatch(text)
    if offer is None:
        return None
    onec_id, block = offer.groups()
    found = _FLAT_PRICE.findall(block)
    each = _TAGS_OF_PRICE
    has_currency = False
    for tag, tags in _TAGS_OF_OPTIONAL.items():
        count = block.count(f"<{tag}>")
        if count:
            if count != len(found):  # all prices of an offer are written alike
                return None
            each += tags
            has_currency |= tag == _CURRENCY
    if block.count("<") != each * len(found):
        return None
    if has_currency and not all(currency for _, _, currency in found):
        return None  # one of them stands somewhere else
    take = clean if "&" in block else str.strip
    prices = [
        (take(type_id), take(amount), take(currency) if has_currency else None) for type_id, amount, currency in found
    ]
    return OfferPrices(clean(onec_id), tuple(prices))
