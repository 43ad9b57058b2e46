"""Small helpers of these tests: reading bytes with a reader, and one valid packet of every kind."""

from io import BytesIO
from typing import Any

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import (
    Envelope,
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    price,
    price_lists_xml,
    price_type,
    prices_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
    storage,
    storages_xml,
    unit,
    units_xml,
)
from freesport_pipelines_tests.contragents_xml import contragent, contragents_xml


def read(kind: Kind, content: bytes) -> list[Any]:
    """All rows of a file in memory."""
    return list(READERS[kind](BytesIO(content), f"{kind}.xml"))


def packet(kind: Kind, envelope: Envelope | None = None, *, empty: bool = False, header_only: bool = False) -> bytes:
    """A valid packet of the kind with two rows, or with none, or without even the container."""
    rows: dict[Kind, list[str]] = {
        Kind.PRICE_LISTS: [price_type("t1", "РРЦ"), price_type("t2", "Опт")],
        Kind.STORAGES: [storage("w1", "Север"), storage("w2", "Юг")],
        Kind.PROPERTIES_GOODS: [prop("p1", "Цвет", values={"v1": "Синий"}), prop("p2", "Вес", value_type="Число")],
        Kind.PROPERTIES_OFFERS: [prop("p1", "Размер", values={"v1": "45"}), prop("p2", "Рост")],
        Kind.UNITS: [unit("796 ", "шт"), unit("    ", "ед")],
        Kind.GROUPS: [group("c1", "Спорт", children=[group("c2", "Мячи")])],
        Kind.GOODS: [good("g1", properties={"p1": "v1"}), good("g2", marked=True)],
        Kind.OFFERS: [offer("g1#a", properties={"p1": "v1"}, characteristics={"Размер": "45"}), offer("g1#b")],
        Kind.PRICES: [price("g1#a", {"t1": "6990", "t2": "4490"}), price("g1#b", {"t1": "1 299,50"})],
        Kind.RESTS: [rest("g1#a", {"w1": "215", "w2": "0"}), rest("g1", {"w1": "-3"})],
        Kind.CONTRAGENTS: [contragent("c1", official_name='ООО "Пример"'), contragent("c2", full_name="Образцов Пётр")],
    }
    items = None if header_only else [] if empty else rows[kind]
    envelope = envelope or {}
    match kind:
        case Kind.PROPERTIES_GOODS | Kind.PROPERTIES_OFFERS:
            return properties_xml(kind, items, **envelope)
        case Kind.GOODS:
            return goods_xml(items, **envelope)
        case Kind.OFFERS:
            return offers_xml(items, **envelope)
        case Kind.PRICES:
            return prices_xml(items, **envelope)
        case Kind.RESTS:
            return rests_xml(items, **envelope)
        case Kind.CONTRAGENTS:
            return contragents_xml(items, **envelope)
    reference = {
        Kind.PRICE_LISTS: price_lists_xml,
        Kind.STORAGES: storages_xml,
        Kind.UNITS: units_xml,
        Kind.GROUPS: groups_xml,
    }
    return reference[kind](items, **envelope)
