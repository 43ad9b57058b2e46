"""Rows of goods: `<Товар>` with its property values.

Which goods exist is assortment.py's, the dictionaries are properties.py's.
"""

from xml.sax.saxutils import escape

from freesport_pipelines.demo import texts
from freesport_pipelines.demo.assortment import Good
from freesport_pipelines.demo.dice import dice, orders
from freesport_pipelines.demo.ids import NULL_ID, id_maker
from freesport_pipelines.demo.names import BRANDS, COUNTRIES, MAKERS, PSEUDO_BRANDS, SECTIONS, SENTENCES
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines.demo.properties import BRAND, DATE, NUMBER, STRING, Properties, Property

KILOGRAM_EVERY = 97
"""Every so many goods is sold by weight."""
_SIDES = 32
"""Prepared fragments per property; a die picks one."""
_SENTINEL = "-999999999.9"
_NO_DATE = "0001-01-01T00:00:00"

_VALUE = """\t\t\t\t\t<ЗначенияСвойства>
\t\t\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t\t\t{value}
\t\t\t\t\t</ЗначенияСвойства>
"""
_REQUISITE = """\t\t\t\t\t<ЗначениеРеквизита>
\t\t\t\t\t\t<Наименование>{name}</Наименование>
\t\t\t\t\t\t{value}
\t\t\t\t\t</ЗначениеРеквизита>
"""
_GROUPS = "\t\t\t\t<Группы>\n\t\t\t\t\t<Ид>{id}</Ид>\n\t\t\t\t</Группы>\n"
_MAKER = """\t\t\t\t<Изготовитель>
\t\t\t\t\t<Ид>{id}</Ид>
\t\t\t\t\t<Наименование>{name}</Наименование>
\t\t\t\t\t<ОфициальноеНаименование>{name}</ОфициальноеНаименование>
\t\t\t\t</Изготовитель>
"""


def element(text: str) -> str:
    """`<Значение>` with escaped text, self-closing when empty, as 1C writes it."""
    return f"<Значение>{escape(text)}</Значение>" if text else "<Значение/>"


def machine_value(property_id: str, text: str, template: str = _VALUE) -> str:
    """Render one property value."""
    return template.format(id=property_id, value=element(text))


class GoodsRows:
    """Renders goods of one plan."""

    def __init__(self, plan: DemoPlan, properties: Properties) -> None:
        self._seed = plan.seed
        self._image_id = id_maker(plan.seed, "image")
        maker_id = id_maker(plan.seed, "maker")
        self._makers = [_MAKER.format(id=maker_id(n), name=escape(name)) for n, name in enumerate(MAKERS)]
        self._sections = [[_fragments(one) for one in properties.of_goods(section)] for section in range(len(SECTIONS))]
        self._orders = orders(plan.seed, "values order", plan.properties_per_good)
        self._brand_ids = _brand_ids(properties.brand)
        self._pseudo_brand_ids = [value_id for value_id, text in properties.brand.values if text in PSEUDO_BRANDS]

    def row(self, good: Good, *, edited: bool = False) -> str:
        """Render one `<Товар>`; an edited one has another description."""
        throw, name, brand = good.throw, escape(good.name), self._brand(good)
        unit = "166 " if good.number % KILOGRAM_EVERY == 5 else "796 "
        images = [f"import_files/{good.id[:2]}/{good.id}_{self._image_id(good.number * 8 + n)}.jpg"
                  for n in range(throw[5] % 4)]  # fmt: skip
        group = _GROUPS.format(id=good.group_id) if good.group_id else ""
        return (
            f"\t\t\t<Товар>\n\t\t\t\t<Ид>{good.id}</Ид>\n"
            f"\t\t\t\t<НомерВерсии>AAAAAAAAAA{'I' if edited else 'E'}=</НомерВерсии>\n"
            f"\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>\n\t\t\t\t{_barcode(good)}\n"
            f"\t\t\t\t<Артикул>{good.article}</Артикул>\n\t\t\t\t<Наименование>{name}</Наименование>\n"
            f"\t\t\t\t<БазоваяЕдиница>{unit}</БазоваяЕдиница>\n{group}"
            f"\t\t\t\t<Описание>{_description(good, edited)}</Описание>\n"
            + "".join(f"\t\t\t\t<Картинка>{path}</Картинка>\n" for path in images)
            + f"\t\t\t\t<Страна>{COUNTRIES[throw[6] & 7]}</Страна>\n{self._makers[throw[7] & 15]}"
            f"\t\t\t\t<ЗначенияСвойств>\n{self._values(good, brand)}\t\t\t\t</ЗначенияСвойств>\n"
            f"\t\t\t\t<СтавкиНалогов>\n\t\t\t\t\t<СтавкаНалога>\n\t\t\t\t\t\t<Наименование>НДС</Наименование>\n"
            f"\t\t\t\t\t\t<Ставка>{_vat(throw[8])}</Ставка>\n\t\t\t\t\t</СтавкаНалога>\n\t\t\t\t</СтавкиНалогов>\n"
            f"\t\t\t\t<ЗначенияРеквизитов>\n{_requisites(good, brand, images)}\t\t\t\t</ЗначенияРеквизитов>\n"
            "\t\t\t\t<Ширина>0</Ширина>\n\t\t\t\t<Длина>0</Длина>\n\t\t\t\t<Высота>0</Высота>\n\t\t\t</Товар>\n"
        )

    def _values(self, good: Good, brand: str) -> str:
        sides = dice(self._seed, "values", good.number)
        slots = self._sections[good.section]
        fragments = [slot[(sides[n & 63] + (n >> 6)) % _SIDES] for n, slot in enumerate(slots)]
        fragments.append(machine_value(BRAND, brand))
        return "".join(self._orders[good.throw[9] & 63](fragments))

    def _brand(self, good: Good) -> str:
        if good.number % 53 == 7:
            return self._pseudo_brand_ids[good.throw[10] % len(self._pseudo_brand_ids)]
        if good.number % 61 == 9:
            return NULL_ID
        spellings = self._brand_ids[good.brand]
        return spellings[good.throw[10] % len(spellings)]


def _brand_ids(brand: Property) -> list[list[str]]:
    """Value ids of every brand."""
    ids = iter(brand.values)
    return [[next(ids)[0] for _ in spellings] for spellings in BRANDS]


def _fragments(one: Property) -> list[str]:
    """Prepare the `_SIDES` possible values of a property in the shares of a real export."""
    if one.type == NUMBER:
        filled = [f"{n * 7 + 3}.{n % 9 + 1}" if n % 2 else str(n * 5 + 1) for n in range(16)]
        values = [*filled, *[_SENTINEL] * 6]
    elif one.type == STRING:
        values = [*texts.LITERALS, *texts.LITERALS[:3]]
    elif one.type == DATE:
        values = [_NO_DATE] * 18 + [f"2025-{month:02d}-01T00:00:00" for month in range(1, 13)]
    elif not one.values:
        values = [NULL_ID] * 20
    elif one.values[0][0] == "true":
        values = [value_id for value_id, _ in one.values] * 12
    else:
        stride = max(len(one.values) // 14, 1)
        values = [one.values[n * stride % len(one.values)][0] for n in range(14)] + [NULL_ID] * 9
    return [machine_value(one.id, text) for text in [*values, *[""] * _SIDES][:_SIDES]]


def _description(good: Good, edited: bool) -> str:
    throw = good.throw
    parts = [f"{good.name} — товар для спорта и отдыха.", *(SENTENCES[throw[11 + n] & 15] for n in range(4))]
    if edited:
        parts.append("Описание обновлено.")
    if throw[16] & 1:
        parts.append("<b>Внимание:</b> размер уточняйте.")
    return escape(("\n" if throw[15] < 40 else "<br>").join(parts))


def _barcode(good: Good) -> str:
    if good.throw[17] > 40:
        return "<Штрихкод/>"
    digits = f"29{good.number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"<Штрихкод>{digits}{-total % 10}</Штрихкод>"


def _vat(side: int) -> str:
    if side < 8:
        return "Без НДС"
    return "10" if side < 40 else "22"


def _requisites(good: Good, brand: str, images: list[str]) -> str:
    rows = [
        ("ВидНоменклатуры", f"СПОРТ {SECTIONS[good.section].leaves[good.leaf][0]}"),
        ("ТипНоменклатуры", "Товар"),
        ("Полное наименование", f"{good.name}, для занятий спортом"),
        ("Код", f"UТ-{good.number:08d}"),
        ("Планируемая дата поступления", ""),
        (BRAND, brand),
        *(("ОписаниеФайла", f"{path}#{good.article} {n + 1}") for n, path in reversed(list(enumerate(images)))),
    ]
    return "".join(_REQUISITE.format(name=name, value=element(text)) for name, text in rows)
