"""Invented goods: groups, categories with a cycle and a missing parent, brands in three places, stores.

Facts/odata, section 3.3.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from freesport_pipelines.emulator.columns import ABSENT, MOMENT, Column, derived, flags, guids
from freesport_pipelines.emulator.dice import Ints, below
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.people import version
from freesport_pipelines.emulator.plan import Plan
from freesport_pipelines.emulator.table import Table

PRODUCTS, CATEGORIES = "Catalog_Номенклатура", "Catalog_КатегорииНоменклатуры"
PROPERTIES = "ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения"
EXTRAS = "ДополнительныеРеквизиты"
EXTRA_FIELDS = {
    "Ref_Key": "Edm.Guid", "LineNumber": "Edm.Int64", "Свойство_Key": "Edm.Guid",
    "Значение": "Edm.String", "Значение_Type": "Edm.String",
}  # fmt: skip
GROUPS = ("Украшения", "Посуда", "Тренажёры", "Упаковка")
CATEGORY_NAMES = ("Товары", "Колье", "Серьги", "Кружки", "Гантели", "Круг первый", "Круг второй", "Без родителя")
CATEGORY_PARENTS = (0, 1, 1, 1, 1, 7, 6, 99)
"""Six and seven are each other's parents; the parent of the last one does not exist."""
USED_CATEGORIES = 7
"""Goods belong to the categories from the second on."""
BRANDS = ("Vorlanik", "Treskovar", "Ulmerend", "Snegorixa")
STORES, DESKS, ORGANISATIONS = "Catalog_СтруктурныеЕдиницы", "Catalog_КассыККМ", "Catalog_Организации"


def prices(plan: Plan) -> Ints:
    """The price of each product in hundredths by its number; place 0 is no product."""
    return 500 + below(plan.seed, "price", np.arange(plan.products + 1, dtype=np.int64), 900_000)


def goods(plan: Plan) -> Table:
    """Products 1 to n, then their groups."""
    last = plan.products
    numbers = np.arange(1, last + len(GROUPS) + 1, dtype=np.int64)
    is_group = numbers > last

    def of_item(show: Callable[[int], Any]) -> Callable[[int], Any]:
        return lambda number: ABSENT if number > last else show(number)

    def name(number: int) -> str:
        if number > last:
            return GROUPS[number - last - 1]
        return f"{CATEGORY_NAMES[1 + number % USED_CATEGORIES]} тест {number}"

    columns: dict[str, Column] = {
        "Ref_Key": guids("product", numbers),
        "DataVersion": derived(numbers, version),
        "DeletionMark": flags((numbers % 23 == 0) & ~is_group),
        "IsFolder": flags(is_group),
        "Parent_Key": guids("product", np.where(is_group, 0, last + 1 + numbers % len(GROUPS))),
        "Code": derived(numbers, lambda number: f"00-{number:08}"),
        "Description": derived(numbers, name),
        "НаименованиеПолное": derived(numbers, of_item(lambda n: f"{name(n)}, образец")),
        "Артикул": derived(numbers, of_item(lambda n: f"TST-{n:05}")),
        "ТипНоменклатуры": derived(numbers, of_item(lambda n: "Услуга" if n % 37 == 0 else "Запас")),
        "ЕдиницаИзмерения_Key": _reference(numbers, "unit", last, lambda _: 1),
        "КатегорияНоменклатуры_Key": _reference(numbers, "category", last, lambda n: 2 + n % USED_CATEGORIES),
        "Производитель_Key": _reference(numbers, "maker", last, lambda n: 1 + n % len(BRANDS) if n % 3 == 0 else 0),
        "Марка_Key": _reference(numbers, "brand", last, lambda n: 1 + n % len(BRANDS) if n % 3 == 1 else 0),
        "ДатаИзменения": derived(numbers, of_item(lambda _: "2025-01-01T12:00:00"), MOMENT),
        EXTRAS: derived(numbers, of_item(_extras), "Collection"),
    }
    return Table(PRODUCTS, columns, sections={EXTRAS: EXTRA_FIELDS})


def _reference(numbers: Ints, family: str, last: int, number_of: Callable[[int], int]) -> Column:
    """A reference that groups do not have."""
    chosen = np.array([-1 if number > last else number_of(number) for number in numbers.tolist()], np.int64)
    column = guids(family, chosen)
    return Column(column.edm, chosen, lambda code: ABSENT if code < 0 else guid(family, code), column.code_of)


def _extras(number: int) -> list[dict[str, Any]]:
    """Every third product has its brand here."""
    if number % 3 != 2:
        return []
    return [{
        "Ref_Key": guid("product", number), "LineNumber": "1", "Свойство_Key": guid("property", 1),
        "Значение": BRANDS[number % len(BRANDS)], "Значение_Type": "Edm.String",
    }]  # fmt: skip


def categories() -> Table:
    """The second hierarchy."""
    names = dict(enumerate(CATEGORY_NAMES, start=1))
    return _dictionary(CATEGORIES, "category", names, np.array(CATEGORY_PARENTS, np.int64))


def dictionaries(plan: Plan) -> list[Table]:
    """What rows refer to by a key and a profile shows by a name."""
    brands = dict(enumerate(BRANDS, start=1))
    places = range(1, plan.stores + 2)
    return [
        _dictionary("Catalog_Производители", "maker", brands),
        _dictionary("Catalog_Марки", "brand", brands),
        _dictionary(PROPERTIES, "property", {1: "Бренд"}),
        _dictionary(STORES, "store", {number: f"Магазин {number}" for number in places}),
        _dictionary(DESKS, "desk", {number: f"Касса {number}" for number in places}),
        _dictionary(ORGANISATIONS, "organisation", {1: "Пример, организация"}),
    ]


def _dictionary(name: str, family: str, names: dict[int, str], parents: Ints | None = None) -> Table:
    numbers = np.array(list(names), np.int64)
    columns = {
        "Ref_Key": guids(family, numbers),
        "DataVersion": derived(numbers, version),
        "DeletionMark": flags(numbers < 0),
        "Description": derived(numbers, names.__getitem__),
        "Predefined": flags(numbers < 0),
        "PredefinedDataName": derived(numbers, lambda _: ""),
    }
    if parents is not None:
        columns["IsFolder"] = flags(np.isin(numbers, parents))
        columns["Parent_Key"] = guids(family, parents)
    return Table(name, columns)
