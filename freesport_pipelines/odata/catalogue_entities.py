"""The catalogues that we read. Our names of fields stand left, 1C's right; this is the only place with the latter.

Sources: facts/odata, sections 3.1-3.3; requirements, "Ключевые сущности".
"""

from datetime import date, datetime
from typing import NamedTuple

from freesport_pipelines.odata.fields import Entity, Field, optional, section
from freesport_pipelines.odata.scalars import day, flag, identity, integer, moment, reference, text, type_name

OF_EVERY_CATALOGUE = {
    "onec_id": Field("Ref_Key", reference),
    "version": optional("DataVersion", text),
    "is_deleted": optional("DeletionMark", flag, default=False),
    "description": Field("Description", text),
}


class DiscountCard(NamedTuple):
    """A card; `barcode` is the phone that a buyer logs in with, as typed."""

    onec_id: str
    version: str | None
    is_deleted: bool
    description: str | None
    code: str | None
    owner: str | None
    """The counterparty."""
    barcode: str | None
    magnetic_code: str | None
    kind: str | None


DISCOUNT_CARDS = Entity(
    "Catalog_ДисконтныеКарты",
    DiscountCard,
    {
        **OF_EVERY_CATALOGUE,
        "code": optional("Code", text),
        "owner": Field("ВладелецКарты_Key", reference),
        "barcode": Field("КодКартыШтрихкод", text),
        "magnetic_code": optional("КодКартыМагнитный", text),
        "kind": optional("Owner_Key", reference),
    },
)


class Contact(NamedTuple):
    """One way to reach a counterparty."""

    line: int | None
    kind: str | None
    """`Телефон`, `АдресЭлектроннойПочты` …"""
    shown: str | None
    phone: str | None
    email: str | None


CONTACT = {
    "line": optional("LineNumber", integer),
    "kind": optional("Тип", text),
    "shown": optional("Представление", text),
    "phone": optional("НомерТелефона", text),
    "email": optional("АдресЭП", text),
}


class Counterparty(NamedTuple):
    """A buyer, or a folder of them; folders have no attributes of buyers."""

    onec_id: str
    version: str | None
    is_deleted: bool
    description: str | None
    is_folder: bool
    parent: str | None
    code: str | None
    full_name: str | None
    kind: str | None
    birthday: date | None
    sex: str | None
    phone: str | None
    email: str | None
    contacts: tuple[Contact, ...]


COUNTERPARTIES = Entity(
    "Catalog_Контрагенты",
    Counterparty,
    {
        **OF_EVERY_CATALOGUE,
        "is_folder": optional("IsFolder", flag, default=False),
        "parent": optional("Parent_Key", reference),
        "code": optional("Code", text),
        "full_name": optional("НаименованиеПолное", text),
        "kind": optional("ВидКонтрагента", text),
        "birthday": optional("ДатаРождения", day),
        "sex": optional("Пол", text),
        "phone": optional("НомерТелефонаДляПоиска", text),
        "email": optional("АдресЭПДляПоиска", text),
        "contacts": optional("КонтактнаяИнформация", section("КонтактнаяИнформация", CONTACT, Contact), default=()),
    },
)


class Property(NamedTuple):
    """An additional property of a product."""

    name: str | None
    """Reference to the property."""
    value: str | None
    value_type: str | None


PROPERTY = {
    "name": optional("Свойство_Key", reference),
    "value": optional("Значение", lambda value, zone: None if value is None else str(value) or None),
    "value_type": optional("Значение_Type", type_name),
}


class Product(NamedTuple):
    """A product, or a group of them."""

    onec_id: str
    version: str | None
    is_deleted: bool
    description: str | None
    is_folder: bool
    parent: str | None
    """The group; the category is another hierarchy."""
    code: str | None
    full_name: str | None
    article: str | None
    kind: str | None
    """`Запас`, `Услуга` …"""
    unit: str | None
    category: str | None
    brand: str | None
    changed_at: datetime | None
    properties: tuple[Property, ...]


PRODUCTS = Entity(
    "Catalog_Номенклатура",
    Product,
    {
        **OF_EVERY_CATALOGUE,
        "is_folder": optional("IsFolder", flag, default=False),
        "parent": optional("Parent_Key", reference),
        "code": optional("Code", text),
        "full_name": optional("НаименованиеПолное", text),
        "article": optional("Артикул", text),
        "kind": optional("ТипНоменклатуры", text),
        "unit": optional("ЕдиницаИзмерения_Key", reference),
        "category": optional("КатегорияНоменклатуры_Key", reference),
        "brand": optional("Производитель_Key", identity),
        "changed_at": optional("ДатаИзменения", moment),
        "properties": optional("ДополнительныеРеквизиты", section("ДополнительныеРеквизиты", PROPERTY, Property), ()),
    },
    chosen="brand",
    candidates=("Производитель_Key", "Марка_Key", "Бренд_Key"),
)


class Group(NamedTuple):
    """A product category: another hierarchy than the groups of products."""

    onec_id: str
    version: str | None
    is_deleted: bool
    description: str | None
    is_folder: bool
    parent: str | None


CATEGORIES = Entity(
    "Catalog_КатегорииНоменклатуры",
    Group,
    {
        **OF_EVERY_CATALOGUE,
        "is_folder": optional("IsFolder", flag, default=False),
        "parent": optional("Parent_Key", reference),
    },
)


class Named(NamedTuple):
    """Something of which only the name matters: a store, a brand."""

    onec_id: str
    version: str | None
    is_deleted: bool
    description: str | None


WAREHOUSES = Entity("Catalog_СтруктурныеЕдиницы", Named, OF_EVERY_CATALOGUE, is_mandatory=False)
BRANDS = Entity("Catalog_Производители", Named, OF_EVERY_CATALOGUE, is_mandatory=False)
