"""Rows of offers: `<Предложение>` with its characteristics as localised texts and as machine values."""

from xml.sax.saxutils import escape

from freesport_pipelines.demo.assortment import Assortment, Good
from freesport_pipelines.demo.dice import dice, orders
from freesport_pipelines.demo.goods import element, machine_value
from freesport_pipelines.demo.names import SECTIONS
from freesport_pipelines.demo.properties import BOOLEAN_VALUES, NUMBER, Properties, Property

_SIDES = 16
_NUMBERS = ("50", "21.6", "2.16", "40", "10", "0.35", "1250", "12.5", "33", "7")
_SENTINEL, _SHOWN_SENTINEL = "-999999999.9", "-999\u00a0999\u00a0999,9"
_CHARACTERISTIC = """\t\t\t\t\t<ХарактеристикаТовара>
\t\t\t\t\t\t<Наименование>{name}</Наименование>
\t\t\t\t\t\t{value}
\t\t\t\t\t</ХарактеристикаТовара>
"""
_ORPHAN_NAME = "Товар, которого нет в выгрузке (42)"

Fragment = tuple[str, str]
"""(localised text, machine value) of one characteristic."""


class OfferRows:
    """Renders offers of one plan."""

    def __init__(self, assortment: Assortment, properties: Properties) -> None:
        self._assortment, self._seed = assortment, assortment.plan.seed
        self._slots: list[list[list[Fragment]]] = []
        self._sizes: list[list[Fragment]] = []
        for section in range(len(SECTIONS)):
            numbers, child, size = properties.of_offers(section)
            self._slots.append([*map(_prepared, numbers), _prepared(child)])
            values = [_fragment(size, text, value_id) for value_id, text in size.values]
            self._sizes.append([*values, _fragment(size, "", "")])
        self._orders = orders(self._seed, "characteristics order", len(self._slots[0]) + 1)

    def row(self, good: Good, offer: int, *, marked: bool, edited: bool = False) -> str:
        """Render an offer of a goods; an edited one has another marking group."""
        sizes = SECTIONS[good.section].sizes
        turn, place = offer // len(sizes), (offer + good.throw[20]) % len(sizes)
        size = f"{sizes[place]}-{turn + 1}" if turn else sizes[place]
        known = self._sizes[good.section]
        shown = known[-1] if turn or len(known) == 1 else known[place]
        key = self._assortment.sku(good.number, offer).key
        return self._rendered(
            self._assortment.offer_id(good.number, offer),
            f"{good.name} ({size})",
            self._blocks(good.section, key, shown),
            marked,
            "5141" if edited else "5140",
        )

    def orphan(self, offer_id: str) -> str:
        """Render an offer whose goods no export has."""
        return self._rendered(offer_id, _ORPHAN_NAME, self._blocks(0, 0, self._sizes[0][-1]), False, "5140")

    def _blocks(self, section: int, key: int, size: Fragment) -> tuple[str, str]:
        sides = dice(self._seed, "characteristics", key)
        chosen = [slot[sides[n] % _SIDES] for n, slot in enumerate(self._slots[section])]
        chosen.append(size)
        order = self._orders[sides[63] & 63]
        return "".join(order([shown for shown, _ in chosen])), "".join(order([machine for _, machine in chosen]))

    def _rendered(self, offer_id: str, name: str, blocks: tuple[str, str], marked: bool, marking_group: str) -> str:
        return (
            f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{offer_id}</Ид>\n\t\t\t\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>\n"
            f"\t\t\t\t<ПометкаУдаления>{'true' if marked else 'false'}</ПометкаУдаления>\n"
            f"\t\t\t\t<Наименование>{escape(name)}</Наименование>\n"
            f"\t\t\t\t<ХарактеристикиТовара>\n{blocks[0]}\t\t\t\t</ХарактеристикиТовара>\n"
            f"\t\t\t\t<ЗначенияСвойств>\n{blocks[1]}\t\t\t\t</ЗначенияСвойств>\n"
            f"\t\t\t\t<КодГруппыТоваров>{marking_group}</КодГруппыТоваров>\n"
            "\t\t\t\t<Ширина>0</Ширина>\n\t\t\t\t<Длина>0</Длина>\n\t\t\t\t<Высота>0</Высота>\n\t\t\t</Предложение>\n"
        )


def _prepared(one: Property) -> list[Fragment]:
    """Return the `_SIDES` possible pairs of a characteristic."""
    if one.type == NUMBER:
        pairs = [(_localised(text), text) for text in _NUMBERS]
        pairs += [(_SHOWN_SENTINEL, _SENTINEL)] * 3
    elif one.values == BOOLEAN_VALUES:
        pairs = [(text, value_id) for value_id, text in BOOLEAN_VALUES] * 3
    else:
        pairs = [(f"TD-{n * 37 + 5}", f"TD-{n * 37 + 5}") for n in range(5)]
    padded = [*pairs, *[("", "")] * _SIDES][:_SIDES]
    return [_fragment(one, shown, machine) for shown, machine in padded]


def _fragment(one: Property, shown: str, machine: str) -> Fragment:
    return _CHARACTERISTIC.format(name=escape(one.name), value=element(shown)), machine_value(one.id, machine)


def _localised(number: str) -> str:
    """Write a number as 1C shows it: a decimal comma, and a no-break space between thousands."""
    whole, _, part = number.partition(".")
    return f"{int(whole):,}".replace(",", "\u00a0") + (f",{part}" if part else "")
