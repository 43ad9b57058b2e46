"""The small reference files: price types, warehouses and units. Groups and properties have modules of their own."""

from freesport_pipelines.demo.ids import id_maker

PRICED_TYPES = {
    "3d1482c4-bd77-11e4-afc8-20cf3073dde3": "РРЦ",
    "37c47a93-e1b8-11ec-a301-04421a23d8e8": "МРЦ",
    "90d2c899-b3f2-11ea-81c3-00155d3cae02": "Опт 1 (300-600 тыс.руб в квартал)",
    "a91bdb02-b3f2-11ea-81c3-00155d3cae02": "Опт 2 (150-300 тыс.руб в квартал)",
    "c05f0e2b-b3f2-11ea-81c3-00155d3cae02": "Опт 3 (50-150 тыс.руб в квартал)",
    "b86fb8c5-ea2d-11eb-81f3-00155d3cae02": "Тренерская",
}
"""Price types with prices, in the order of `totals.PRICE_FIELDS`: the public reference data of 1C."""
PRICE_TYPES = PRICED_TYPES | {"200a24fe-f07d-11eb-81f3-00155d3cae02": "Партнер"}

UNITS = (
    ("796 ", "шт", "Штука", "PCE"),
    ("778 ", "упак", "Упаковка".ljust(100), ""),
    ("715 ", "пар", "пара", "NPR"),
    ("704 ", "набо", "набор", ""),
    ("166 ", "кг", "Килограмм", "KGM"),
    ("0001", "компл", "Комплект", ""),
    ("    ", "ед", "", ""),
)
"""(id and code as 1C pads them, short name, full name, international code)."""

_TOWNS = ("Центральный", "Северный", "Южный", "Восточный", "Западный")

_PRICE_TYPE = """\t\t\t<ТипЦены>
\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>
\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>
\t\t\t\t<Наименование>{name}</Наименование>
\t\t\t\t<Валюта>RUB</Валюта>
\t\t\t\t<Налог>
\t\t\t\t\t<Наименование>НДС</Наименование>
\t\t\t\t\t<УчтеноВСумме>true</УчтеноВСумме>
\t\t\t\t\t<Акциз>false</Акциз>
\t\t\t\t</Налог>
\t\t\t</ТипЦены>
"""
_WAREHOUSE = """\t\t\t<Склад>
\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>
\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>
\t\t\t\t<Наименование>{number} {town} склад</Наименование>
\t\t\t</Склад>
"""
_UNIT = """\t\t\t<ЕдиницаИзмерения>
\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>
\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>
\t\t\t\t<НаименованиеКраткое>{short}</НаименованиеКраткое>
\t\t\t\t<Код>{id}</Код>
\t\t\t\t{full}
\t\t\t\t{international}
\t\t\t</ЕдиницаИзмерения>
"""


def price_types() -> list[str]:
    """Render all price types."""
    return [_PRICE_TYPE.format(id=type_id, name=name) for type_id, name in PRICE_TYPES.items()]


def warehouses(seed: int, count: int) -> list[str]:
    """Render `count` invented warehouses."""
    new_id = id_maker(seed, "warehouse")
    return [_WAREHOUSE.format(id=new_id(n), number=n + 1, town=_TOWNS[n % len(_TOWNS)]) for n in range(count)]


def units() -> list[str]:
    """Render all units."""
    return [
        _UNIT.format(id=unit_id, short=short, full=_tag("НаименованиеПолное", full),
                     international=_tag("МеждународноеСокращение", international))
        for unit_id, short, full, international in UNITS
    ]  # fmt: skip


def _tag(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else f"<{name}/>"
