"""rests: the stock of each SKU in every warehouse, in the form of 3.1 and in its older dialects. A hot reader."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import text_of
from freesport_pipelines.commerceml.flat import clean, read_flat_items
from freesport_pipelines.commerceml.shapes import offers_shape
from freesport_pipelines.domain.records import OfferStocks

SHAPE = offers_shape()
_ID = "Ид"
_STOCKS = "Остатки"
_STOCK = "Остаток"
_WAREHOUSE = "Склад"
_QUANTITY = "Количество"
_WAREHOUSE_ID_ATTRIBUTE = "ИдСклада"
_QUANTITY_ATTRIBUTE = "КоличествоНаСкладе"

_FLAT_OFFER = re.compile(rf"\s*<{_ID}>([^<]*)</{_ID}>\s*<{_STOCKS}>(.*)</{_STOCKS}>\s*", re.DOTALL)
_FLAT_STOCK = re.compile(
    rf"<{_STOCK}>\s*<{_WAREHOUSE}>\s*<{_ID}>([^<]*)</{_ID}>\s*<{_QUANTITY}>([^<]*)</{_QUANTITY}>\s*"
    rf"</{_WAREHOUSE}>\s*</{_STOCK}>"
)
_TAGS_OF_STOCK = 8

_Quantity = tuple[str | None, str]
_Warehouse = Callable[[_Element], tuple[str | None, str | None]]
_Stock = Callable[[_Element], list[_Quantity]]


def read_rests(stream: BinaryIO, name: str) -> Iterator[OfferStocks]:
    """Every `<Предложение>` of a rests packet. Source: facts, section 1.9.

    Understood: `Остатки/Остаток/Склад/Количество` (3.1), `Остаток/Количество`,
    `<Склад ИдСклада=… КоличествоНаСкладе=…>` in the offer, and `Предложение/Количество` where nothing
    more specific is there.
    """
    return read_flat_items(stream, name, SHAPE, parser_for, from_text)


def from_text(text: str) -> OfferStocks | None:
    """An offer of 3.1 by its text; None where it is not written in the usual form."""
    offer = _FLAT_OFFER.fullmatch(text)
    if offer is None:
        return None
    onec_id, block = offer.groups()
    found = _FLAT_STOCK.findall(block)
    if block.count("<") != _TAGS_OF_STOCK * len(found):
        return None
    return OfferStocks(clean(onec_id), tuple([(clean(warehouse) or None, clean(text)) for warehouse, text in found]))


def parser_for(namespace: str) -> Callable[[_Element], OfferStocks]:
    """The parser of reference, for the tags of one namespace."""
    id_tag, quantity_tag = namespace + _ID, namespace + _QUANTITY
    stocks_tag, stock_tag, warehouse_tag = namespace + _STOCKS, namespace + _STOCK, namespace + _WAREHOUSE
    in_warehouse = _warehouse_parser(id_tag, quantity_tag)
    in_stock = _stock_parser(warehouse_tag, quantity_tag, in_warehouse)

    def parse(offer: _Element) -> OfferStocks:
        onec_id = ""
        total = None
        quantities: list[_Quantity] = []
        for child in offer:
            tag = child.tag
            if tag == id_tag:
                onec_id = text_of(child)
            elif tag == stocks_tag:
                for stock in child.iterchildren(stock_tag):
                    quantities += in_stock(stock)
            elif tag == warehouse_tag:
                warehouse_id, quantity = in_warehouse(child)
                quantities.append((warehouse_id, quantity or ""))
            elif tag == quantity_tag:
                total = text_of(child)
        if not quantities and total is not None:
            quantities.append((None, total))
        return OfferStocks(onec_id, tuple(quantities))

    return parse


def _stock_parser(warehouse_tag: str, quantity_tag: str, in_warehouse: _Warehouse) -> _Stock:
    def in_stock(stock: _Element) -> list[_Quantity]:
        """What an `<Остаток>` says; a quantity of its own serves the warehouses that give none."""
        found = []
        own = None
        for part in stock:
            tag = part.tag
            if tag == warehouse_tag:
                found.append(in_warehouse(part))
            elif tag == quantity_tag:
                own = text_of(part)
        if not found and own is not None:
            return [(None, own)]
        return [(onec_id, (own or "") if quantity is None else quantity) for onec_id, quantity in found]

    return in_stock


def _warehouse_parser(id_tag: str, quantity_tag: str) -> _Warehouse:
    def in_warehouse(warehouse: _Element) -> tuple[str | None, str | None]:
        """What a `<Склад>` says, by its children or by its attributes."""
        onec_id = quantity = None
        for part in warehouse:
            tag = part.tag
            if tag == id_tag:
                onec_id = text_of(part)
            elif tag == quantity_tag:
                quantity = text_of(part)
        if onec_id is None:
            onec_id = warehouse.get(_WAREHOUSE_ID_ATTRIBUTE, "").strip()
        if quantity is None and (attribute := warehouse.get(_QUANTITY_ATTRIBUTE)) is not None:
            quantity = attribute.strip()
        return onec_id or None, quantity

    return in_warehouse
