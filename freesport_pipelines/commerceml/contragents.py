"""contragents: customers and suppliers. Personal data: nothing of a row may stand in a message of this file.

Belongs here: where each text stands. What a phone or a name means is the rules' work (domain/contragents.py).
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, pairs_of, qualified, text_of, texts_of
from freesport_pipelines.commerceml.stream import Shape, read_items
from freesport_pipelines.domain.records import Contragent

SHAPE = Shape(item="Контрагент", container="Контрагенты", package="Контрагенты", is_personal=True)
"""The container is the whole package: a contragents file has no other section. Source: facts, section 1.0."""
_TAX = {"ИНН": "tax_id", "КПП": "kpp", "КодПоОКПО": "okpo"}
_TEXTS = {
    "Ид": "onec_id",
    "Наименование": "name",
    "ОфициальноеНаименование": "official_name",
    "ПолноеНаименование": "full_name",
    **_TAX,
    **MARKING,
}
_TAX_BLOCK = "Реквизиты"
"""Where the requirement looks for ИНН and КПП; 1C writes them beside it. Source: facts, row 0.5."""
_ROLE = "Роль"
_ADDRESSES = {"АдресРегистрации": "legal_address", "Адрес": "address"}
_ADDRESS_TEXT, _ADDRESS_FIELD, _VALUE = "Представление", "АдресноеПоле", "Значение"
_PAIRS = {
    "Контакты": ("contacts", "Тип", "Значение"),
    "ЗначенияРеквизитов": ("requisites", "Наименование", "Значение"),
}
_REPRESENTATIVES = "Представители"
_REPRESENTATIVE = {"Отношение": "relation", "Наименование": "name"}


def read_contragents(stream: BinaryIO, name: str) -> Iterator[Contragent]:
    """Every `<Контрагент>` of a contragents packet, suppliers and marked ones included.

    Source: facts, sections 1.11 and 3.1.
    """
    return read_items(stream, name, SHAPE, _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], Contragent]:
    fields, tax_fields = qualified(namespace, _TEXTS), qualified(namespace, _TAX)
    address_of, person_of = _address_reader(namespace), _representative_reader(namespace)
    addresses_at = qualified(namespace, _ADDRESSES)
    pairs_at = {
        namespace + block: (field, namespace + first, namespace + second)
        for block, (field, first, second) in _PAIRS.items()
    }
    role_tag, people_tag, tax_tag = (namespace + tag for tag in (_ROLE, _REPRESENTATIVES, _TAX_BLOCK))

    def parse(row: _Element) -> Contragent:
        texts = texts_of(row, fields)
        addresses: dict[str, str] = {}
        pairs: dict[str, list[tuple[str, str]]] = {"contacts": [], "requisites": []}
        roles: list[str] = []
        people: list[tuple[str, str]] = []
        for child in row:
            tag = child.tag
            if tag == role_tag:
                roles.append(text_of(child))
            elif tag in addresses_at:
                addresses.setdefault(addresses_at[tag], address_of(child))
            elif tag in pairs_at:
                field, first, second = pairs_at[tag]
                pairs[field] += pairs_of(child, first, second)
            elif tag == people_tag:
                people += map(person_of, child)
            elif tag == tax_tag:
                nested = texts_of(child, tax_fields)
                texts |= {field: text for field, text in nested.items() if not texts.get(field)}
        return Contragent(
            onec_id=texts.get("onec_id", ""),
            name=texts.get("name", ""),
            official_name=texts.get("official_name"),
            full_name=texts.get("full_name"),
            roles=tuple(filter(None, roles)),
            tax_id=texts.get("tax_id"),
            kpp=texts.get("kpp"),
            okpo=texts.get("okpo"),
            legal_address=addresses.get("legal_address"),
            address=addresses.get("address"),
            contacts=tuple(pairs["contacts"]),
            representatives=tuple(people),
            requisites=tuple(pairs["requisites"]),
            is_marked=is_marked(row, texts),
        )

    return parse


def _address_reader(namespace: str) -> Callable[[_Element], str]:
    """The address as 1C shows it, else what its fields say, in file order."""
    text_tag, field_tag, value_tag = (namespace + tag for tag in (_ADDRESS_TEXT, _ADDRESS_FIELD, _VALUE))

    def address_of(block: _Element) -> str:
        shown = next((text for part in block.iterchildren(text_tag) if (text := text_of(part))), "")
        values = (text_of(part) for field in block.iterchildren(field_tag) for part in field.iterchildren(value_tag))
        return shown or ", ".join(filter(None, values))

    return address_of


def _representative_reader(namespace: str) -> Callable[[_Element], tuple[str, str]]:
    """(relation, name); some bases write the person as a `<Контрагент>` inside the `<Представитель>`."""
    fields, person_tag = qualified(namespace, _REPRESENTATIVE), namespace + SHAPE.item

    def person_of(representative: _Element) -> tuple[str, str]:
        texts = texts_of(representative, fields)
        for person in representative.iterchildren(person_tag):
            texts = {**texts_of(person, fields), **{field: text for field, text in texts.items() if text}}
        return texts.get("relation", ""), texts.get("name", "")

    return person_of
