"""The properties of goods and offers and the dictionaries that declare them. Values in rows: goods.py, offers.py."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple
from xml.sax.saxutils import escape

from freesport_pipelines.demo import texts
from freesport_pipelines.demo.ids import id_maker
from freesport_pipelines.demo.names import BRANDS, PSEUDO_BRANDS, SECTIONS

BRAND = "Бренд"
BOOLEAN_VALUES = (("true", "Да"), ("false", "Нет"))
"""Value ids that every boolean property shares."""
PER_SEGMENT = 50
_SHARED = 10
"""Goods properties that the dictionary of offers declares too."""

_PROPERTY = """\t\t\t<Свойство>
\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t<Наименование>{name}</Наименование>
\t\t\t\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>
\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>
\t\t\t\t<Внешний>false</Внешний>
\t\t\t\t<Информационное>true</Информационное>
\t\t\t\t<ТипЗначений>{type}</ТипЗначений>
{values}\t\t\t</Свойство>
"""
_VALUES = "\t\t\t\t<ВариантыЗначений>\n{values}\t\t\t\t</ВариантыЗначений>\n"
_VALUE = """\t\t\t\t\t<Справочник>
\t\t\t\t\t\t<ИдЗначения>{id}</ИдЗначения>
\t\t\t\t\t\t<Значение>{text}</Значение>
\t\t\t\t\t</Справочник>
"""
REFERENCE, NUMBER, STRING, DATE = "Справочник", "Число", "Строка", "Дата"


class Property(NamedTuple):
    """One property with the values of its dictionary."""

    id: str
    name: str
    type: str
    values: tuple[tuple[str, str], ...] = ()
    """(value id, text)."""


class Properties:
    """All properties of one export."""

    def __init__(self, seed: int, per_good: int) -> None:
        new_id, new_value = id_maker(seed, "property"), id_maker(seed, "value")
        self._numbers, self._value_numbers = count(), count()
        self._new_id: Callable[[], str] = lambda: new_id(next(self._numbers))
        self._new_value: Callable[[], str] = lambda: new_value(next(self._value_numbers))
        spellings = [text for brand in BRANDS for text in brand] + list(PSEUDO_BRANDS)
        self.brand = Property(BRAND, BRAND, REFERENCE, tuple((self._new_value(), text) for text in spellings))
        own = (per_good - 1) // 2
        self._common = [self._goods_property(slot) for slot in range(per_good - 1 - own)]
        self._own = [[self._goods_property(slot + 3) for slot in range(own)] for _ in SECTIONS]
        self._logistics = [self._make(name, NUMBER) for name in texts.LOGISTICS]
        self._logistics.append(self._make(texts.SUPPLIER_CODE, STRING))
        self._child_size = self._make(texts.CHILD_SIZE, REFERENCE, BOOLEAN_VALUES)
        old_size = self._make(texts.OLD_SIZE, REFERENCE)
        self._sizes = [
            self._referring(section.size_property, section.sizes) if section.size_property else old_size
            for section in SECTIONS
        ]
        self._rare = [self._referring(*texts.REFERENCES[slot % len(texts.REFERENCES)]) for slot in range(26)]

    def of_goods(self, section: int) -> list[Property]:
        """Properties of every goods of a section, the brand left out."""
        return self._common + self._own[section]

    def of_offers(self, section: int) -> tuple[list[Property], Property, Property]:
        """(numbers and texts, "is a child's size", size) of every offer of a section."""
        return self._logistics, self._child_size, self._sizes[section]

    def goods_dictionary(self) -> list[Property]:
        """What propertiesGoods declares besides the brand."""
        return self._common + [one for section in self._own for one in section]

    def offers_dictionary(self) -> list[Property]:
        """What propertiesOffers declares besides the brand; some of it propertiesGoods declares as well."""
        sizes = dict.fromkeys(self._sizes)
        return [*self._logistics, self._child_size, *sizes, *self._rare, *self._common[:_SHARED]]

    def _make(self, name: str, value_type: str, values: tuple[tuple[str, str], ...] = ()) -> Property:
        return Property(self._new_id(), name, value_type, values)

    def _referring(self, name: str, values: Sequence[str]) -> Property:
        return self._make(name, REFERENCE, tuple((self._new_value(), text) for text in values))

    def _goods_property(self, slot: int) -> Property:
        """Return the property of a slot: twelve slots make a mixture like that of a real export."""
        turn, place = divmod(slot, 12)
        if place in (2, 8):
            return self._make(_pick(texts.BOOLEANS, slot), REFERENCE, BOOLEAN_VALUES)
        if place in (3, 9):
            return self._make(_pick(texts.NUMBERS, slot), NUMBER)
        if place == 5:
            return self._make(_pick(texts.STRINGS, turn), STRING)
        if place == 11:
            return self._make(_pick(texts.DATES, turn), DATE)
        if place == 6:
            return self._make(_pick(texts.EMPTY_REFERENCES, turn), REFERENCE)
        return self._referring(*texts.REFERENCES[(slot * 7 + turn) % len(texts.REFERENCES)])


def segments(properties: list[Property], brand: Property) -> Iterator[str]:
    """Render a dictionary: after every `PER_SEGMENT` properties (and at the end) the brand comes once more.

    Cut into packets of `PER_SEGMENT` + 1, each of them holds the brand; a dictionary without properties is the brand.
    """
    repeated = _rendered(brand)
    for start in range(0, max(len(properties), 1), PER_SEGMENT):
        yield from map(_rendered, properties[start : start + PER_SEGMENT])
        yield repeated


def _rendered(one: Property) -> str:
    values = "".join(_VALUE.format(id=value_id, text=escape(text)) for value_id, text in one.values)
    body = _VALUES.format(values=values) if values else ""
    return _PROPERTY.format(id=one.id, name=escape(one.name), type=one.type, values=body)


def _pick(pool: tuple[str, ...], number: int) -> str:
    return pool[number % len(pool)]
