"""The internal format: what a reader yields for each element of an export, before any rule was applied.

Texts are as 1C wrote them with surrounding white space removed; numbers, dates and references are still text,
because deciding what they mean (sentinels, types from dictionaries, locales) is the rules' work, not the parser's.
`None` says that the element was absent, `""` that it was there and empty.
"""

from typing import NamedTuple


class PriceType(NamedTuple):
    """`<ТипЦены>` of priceLists."""

    onec_id: str
    name: str
    currency: str | None
    is_marked: bool
    """`<ПометкаУдаления>`: the row is marked for deletion in 1C."""


class Warehouse(NamedTuple):
    """`<Склад>` of storages."""

    onec_id: str
    name: str
    is_marked: bool


class Unit(NamedTuple):
    """`<ЕдиницаИзмерения>` of units; ids are padded in real exports and arrive here stripped (maybe empty)."""

    onec_id: str
    code: str | None
    short_name: str
    full_name: str | None
    international_code: str | None
    is_marked: bool


class Category(NamedTuple):
    """`<Группа>` of groups with the id of the group it stands in."""

    onec_id: str
    parent_onec_id: str | None
    name: str
    is_marked: bool


class Property(NamedTuple):
    """`<Свойство>` of propertiesGoods and propertiesOffers with its dictionary of values, if it has one."""

    onec_id: str
    name: str
    value_type: str | None
    """`<ТипЗначений>` as written: Справочник, Число, Строка, Дата…"""
    is_marked: bool
    values: tuple[tuple[str, str], ...]
    """(`<ИдЗначения>`, `<Значение>`) in file order; value ids are unique only within their property."""


class Goods(NamedTuple):
    """`<Товар>` of goods."""

    onec_id: str
    is_marked: bool
    name: str
    article: str | None
    barcodes: tuple[str, ...]
    unit_onec_id: str | None
    group_ids: tuple[str, ...]
    description: str | None
    """Unescaped once by XML; may hold HTML. None when the element is absent (a delta may omit it)."""
    images: tuple[str, ...]
    country: str | None
    manufacturer: str | None
    property_values: tuple[tuple[str, str], ...]
    """(property id, raw value); the order is random in 1C."""
    vat_rate: str | None
    """`<Ставка>` of the tax named НДС, as written: "20", "20%", "Без НДС"."""
    requisites: tuple[tuple[str, str], ...]
    """`<ЗначенияРеквизитов>` as (name, value), repeats included."""
    dimensions: tuple[str | None, str | None, str | None]
    """Ширина, Длина, Высота as written; "0" means unknown."""


class Offer(NamedTuple):
    """`<Предложение>` of offers: one SKU."""

    onec_id: str
    """`goods#characteristic`, or the bare goods id."""
    is_marked: bool
    name: str
    article: str | None
    barcode: str | None
    property_values: tuple[tuple[str, str], ...]
    """Machine values: (property id, raw value)."""
    characteristics: tuple[tuple[str, str], ...]
    """Localised texts: (name, text); the fallback where property_values is empty."""
    marking_group: str | None
    """`<КодГруппыТоваров>` (Честный знак), raw."""


class OfferPrices(NamedTuple):
    """`<Предложение>` of prices: the full current set of prices of one SKU."""

    onec_id: str
    prices: tuple[tuple[str, str, str | None], ...]
    """(price type id, `<ЦенаЗаЕдиницу>` as written, `<Валюта>`)."""


class OfferStocks(NamedTuple):
    """`<Предложение>` of rests: the stock of one SKU in every warehouse."""

    onec_id: str
    quantities: tuple[tuple[str | None, str], ...]
    """(warehouse id or None when the file names none, `<Количество>` as written)."""


class Contragent(NamedTuple):
    """`<Контрагент>` of contragents: a customer or supplier of 1C. Personal data, see `domain/masking.py`."""

    onec_id: str
    name: str
    """`<Наименование>`: the working name, may hold a city or a contact person."""
    official_name: str | None
    """`<ОфициальноеНаименование>`: there for legal entities alone."""
    full_name: str | None
    """`<ПолноеНаименование>`: there for persons and sole proprietors."""
    roles: tuple[str, ...]
    """`<Роль>`, repeated: Покупатель, Поставщик… It carries no price level."""
    tax_id: str | None
    """`<ИНН>` as written."""
    kpp: str | None
    okpo: str | None
    legal_address: str | None
    """`<АдресРегистрации><Представление>`."""
    address: str | None
    """`<Адрес><Представление>`."""
    contacts: tuple[tuple[str, str], ...]
    """(`<Тип>`, `<Значение>`) as written."""
    representatives: tuple[tuple[str, str], ...]
    """(`<Отношение>`, `<Наименование>`) of `<Представитель>`."""
    requisites: tuple[tuple[str, str], ...]
    """`<ЗначенияРеквизитов>` as (name, value), repeats included: an extension of 1C may add price types."""
    is_marked: bool


Record = PriceType | Warehouse | Unit | Category | Property | Goods | Offer | OfferPrices | OfferStocks | Contragent
