"""Builders of CommerceML files for tests: one function per kind of file and one per row, all with sensible defaults.

Belongs here: XML as 1C writes it, with invented names and ids. A row is a piece of XML (`str`); a file is `bytes`:

    goods_xml([good("g1", name="Мяч", properties={"p1": "v1"})], encoding="windows-1251")

What no parameter covers goes into `extra`, raw XML inside the row.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

COMMERCEML_3 = "urn:1C.ru:commerceml_3"
COMMERCEML_2 = "urn:1C.ru:commerceml_2"
COMMERCEML_210 = "urn:1C.ru:commerceml_210"

CLASSIFIER_ID = "0c0c0c0c-0000-4000-8000-000000000001"

Pairs = Mapping[str, str | None] | Sequence[tuple[str, str | None]]
Mark = bool | str | None
"""True and False are written as 1C does, a text as it is, None leaves the element out."""


class Envelope(TypedDict, total=False):
    """How a file is wrapped; every function that makes a file takes these."""

    namespace: str | None
    encoding: str
    bom: bool
    declaration: bool
    schema_version: str
    formed_at: str | None
    exchange: str
    only_changes: str | None
    prolog: str


# --- rows ---------------------------------------------------------------------------------------------------------


def good(
    onec_id: str | None = "g1",
    *,
    name: str | None = None,
    article: str | None = None,
    barcodes: Sequence[str] = ("",),
    unit: str | None = "796 ",
    groups: Sequence[str] | None = ("c1",),
    description: str | None = None,
    images: Sequence[str] = (),
    country: str | None = None,
    manufacturer: str | None = None,
    properties: Pairs | None = None,
    vat: str | None = "20",
    taxes: Pairs | None = None,
    requisites: Pairs | None = None,
    dimensions: tuple[str | None, str | None, str | None] = ("0", "0", "0"),
    marked: Mark = False,
    status: str | None = None,
    extra: str = "",
) -> str:
    """`<Товар>`; `taxes` replaces the НДС that `vat` makes, `status` is the attribute of 2.x."""
    rates = taxes if taxes is not None else {"НДС": vat} if vat is not None else None
    return _element(
        "Товар",
        _text("Ид", onec_id),
        _version(),
        _mark(marked),
        *(_text("Штрихкод", barcode) for barcode in barcodes),
        _text("Артикул", f"ART-{onec_id}" if article is None else article),
        _text("Наименование", f"Товар {onec_id}" if name is None else name),
        _text("БазоваяЕдиница", unit),
        "" if groups is None else _element("Группы", *(_text("Ид", group_id) for group_id in groups)),
        _text("Описание", description),
        *(_text("Картинка", image) for image in images),
        _text("Страна", country),
        _manufacturer(manufacturer),
        _pairs("ЗначенияСвойств", "ЗначенияСвойства", "Ид", "Значение", properties),
        _pairs("СтавкиНалогов", "СтавкаНалога", "Наименование", "Ставка", rates),
        _pairs("ЗначенияРеквизитов", "ЗначениеРеквизита", "Наименование", "Значение", requisites),
        *(_text(tag, size) for tag, size in zip(("Ширина", "Длина", "Высота"), dimensions, strict=True)),
        extra,
        attributes={} if status is None else {"Статус": status},
    )


def offer(
    onec_id: str | None = "g1#a",
    *,
    name: str | None = None,
    article: str | None = None,
    barcode: str | None = None,
    properties: Pairs | None = None,
    characteristics: Pairs | None = None,
    marking_group: str | None = None,
    marked: Mark = False,
    status: str | None = None,
    extra: str = "",
) -> str:
    """`<Предложение>` of offers."""
    return _element(
        "Предложение",
        _text("Ид", onec_id),
        _version(),
        _mark(marked),
        _text("Артикул", article),
        _text("Штрихкод", barcode),
        _text("Наименование", f"Предложение {onec_id}" if name is None else name),
        _pairs("ХарактеристикиТовара", "ХарактеристикаТовара", "Наименование", "Значение", characteristics),
        _pairs("ЗначенияСвойств", "ЗначенияСвойства", "Ид", "Значение", properties),
        _text("КодГруппыТоваров", marking_group),
        extra,
        attributes={} if status is None else {"Статус": status},
    )


def price(
    onec_id: str | None = "g1#a",
    prices: Mapping[str, str | None] | None = None,
    *,
    currency: str | None = "руб",
    extra: str = "",
) -> str:
    """`<Предложение>` of prices, from {price type id: amount}; the amount None leaves its element out."""
    tax = _element("Налог", _text("Наименование", "НДС"), _text("УчтеноВСумме", "true"))
    entries = (
        _element(
            "Цена",
            _text("Представление", f"{amount}\u00a0{currency}"),
            _text("ИдТипаЦены", type_id),
            _text("ЦенаЗаЕдиницу", amount),
            _text("Валюта", currency),
            tax,
        )
        for type_id, amount in (prices or {}).items()
    )
    return _element("Предложение", _text("Ид", onec_id), _element("Цены", *entries), extra)


def rest(onec_id: str | None = "g1#a", quantities: Mapping[str, str | None] | None = None, *, extra: str = "") -> str:
    """`<Предложение>` of rests, from {warehouse id: quantity}; without quantities there is no `<Остатки>`."""
    entries = (
        _element("Остаток", _element("Склад", _text("Ид", warehouse), _text("Количество", quantity)))
        for warehouse, quantity in (quantities or {}).items()
    )
    stocks = "" if quantities is None else _element("Остатки", *entries)
    return _element("Предложение", _text("Ид", onec_id), stocks, extra)


def group(
    onec_id: str | None = "c1",
    name: str | None = None,
    *,
    children: Sequence[str] | None = None,
    marked: Mark = False,
    id_last: bool = False,
) -> str:
    """`<Группа>` with the groups below it; `id_last` writes its id after them, as some bases do."""
    nested = "" if children is None else _element("Группы", *children)
    head = [_version(), _mark(marked), _text("Наименование", f"Группа {onec_id}" if name is None else name)]
    own_id = _text("Ид", onec_id)
    return _element("Группа", *([*head, nested, own_id] if id_last else [own_id, *head, nested]))


def prop(
    onec_id: str | None = "p1",
    name: str | None = None,
    *,
    value_type: str | None = "Справочник",
    values: Pairs | None = None,
    marked: Mark = False,
) -> str:
    """`<Свойство>` with its dictionary {value id: text}; None leaves the dictionary out."""
    dictionary = "" if values is None else _pairs("ВариантыЗначений", "Справочник", "ИдЗначения", "Значение", values)
    return _element(
        "Свойство",
        _text("Ид", onec_id),
        _text("Наименование", f"Свойство {onec_id}" if name is None else name),
        _version(),
        _mark(marked),
        _text("Внешний", "false"),
        _text("Информационное", "true"),
        _text("ТипЗначений", value_type),
        dictionary,
    )


def price_type(
    onec_id: str | None = "t1", name: str | None = "РРЦ", *, currency: str | None = "RUB", marked: Mark = False
) -> str:
    """`<ТипЦены>`."""
    tax = _element("Налог", _text("Наименование", "НДС"), _text("УчтеноВСумме", "true"), _text("Акциз", "false"))
    texts = (_text("Ид", onec_id), _version(), _mark(marked), _text("Наименование", name), _text("Валюта", currency))
    return _element("ТипЦены", *texts, tax)


def storage(onec_id: str | None = "w1", name: str | None = "Основной склад", *, marked: Mark = False) -> str:
    """`<Склад>` of storages."""
    return _element("Склад", _text("Ид", onec_id), _version(), _mark(marked), _text("Наименование", name))


def unit(
    onec_id: str | None = "796 ",
    short_name: str | None = "шт",
    *,
    code: str | None = "796 ",
    full_name: str | None = "Штука",
    international_code: str | None = "PCE",
    marked: Mark = False,
) -> str:
    """`<ЕдиницаИзмерения>`; ids are padded with spaces, as in real exports."""
    return _element(
        "ЕдиницаИзмерения",
        _text("Ид", onec_id),
        _version(),
        _mark(marked),
        _text("НаименованиеКраткое", short_name),
        _text("Код", code),
        _text("НаименованиеПолное", full_name),
        _text("МеждународноеСокращение", international_code),
    )


# --- files --------------------------------------------------------------------------------------------------------


def goods_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A goods packet; None leaves `<Товары>` out."""
    return file_xml(_section("Каталог", envelope, "Товары", items), **envelope)


def offers_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """An offers packet; None leaves `<Предложения>` out. The package has an id and a name of its own."""
    return file_xml(_section("ПакетПредложений", envelope, "Предложения", items), **envelope)


def prices_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A prices packet."""
    return offers_xml(items, **envelope)


def rests_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A rests packet."""
    return offers_xml(items, **envelope)


def groups_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A groups packet; nested groups are the `children` of their parents."""
    return _reference("Каталог", "Группы", items, envelope)


def properties_xml(kind: str, items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A properties packet; `kind` is propertiesGoods or propertiesOffers, which differ in the header section."""
    return _reference("ПакетПредложений" if kind == "propertiesOffers" else "Каталог", "Свойства", items, envelope)


def price_lists_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A priceLists packet."""
    return _reference("Каталог", "ТипыЦен", items, envelope)


def storages_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A storages packet."""
    return _reference("Каталог", "Склады", items, envelope)


def units_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A units packet."""
    return _reference("Каталог", "ЕдиницыИзмерения", items, envelope)


def file_xml(
    *sections: str,
    namespace: str | None = COMMERCEML_3,
    encoding: str = "utf-8",
    bom: bool = True,
    declaration: bool = True,
    schema_version: str = "3.1",
    formed_at: str | None = "2025-01-31T10:00:00",
    exchange: str = "Обмен с сайтом",
    only_changes: str | None = "true",
    prolog: str = "",
) -> bytes:
    """A whole file around ready sections; `prolog` is raw XML before the root. The BOM is written in UTF-8 only."""
    del only_changes  # an attribute of the sections
    attributes = {"xmlns": namespace, "ВерсияСхемы": schema_version, "ДатаФормирования": formed_at, "Ид": exchange}
    root = _element("КоммерческаяИнформация", "\n", *sections, attributes=attributes)
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n' if declaration else ""
    mark = "\ufeff" if bom and encoding.casefold() == "utf-8" else ""
    return f"{mark}{head}{prolog}{root}\n".encode(encoding)


def packet_name(kind: str, packet: int, number: int = 1) -> str:
    """`goods_1_2_<uuid>.xml`: the name of a packet, with the same uuid each time."""
    return _with_uuid(f"{kind}_{number}_{packet}_<uuid>.xml")


def write_export(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their paths inside `folder`; `<uuid>` in a path becomes a uuid. Returns the folder."""
    for path, content in files.items():
        target = folder / _with_uuid(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


# --- pieces -------------------------------------------------------------------------------------------------------


def _with_uuid(path: str) -> str:
    return path.replace("<uuid>", str(uuid5(NAMESPACE_URL, path)))


def _reference(header: str, container: str, items: Iterable[str] | None, envelope: Envelope) -> bytes:
    """A reference file: the empty header of another section, then the classifier with the rows."""
    sections = (_section(header, envelope), _section("Классификатор", envelope, container, items))
    return file_xml(*sections, **envelope)


def _section(tag: str, envelope: Envelope, container: str = "", items: Iterable[str] | None = None) -> str:
    prefix = "#" if tag == "ПакетПредложений" else ""
    rows = "" if items is None else _element(container, *items)
    texts = (_text("Ид", prefix + CLASSIFIER_ID), _text("Наименование", "Товары 1С"))
    return _element(tag, *texts, rows, attributes={"СодержитТолькоИзменения": envelope.get("only_changes", "true")})


def _element(tag: str, *content: str, attributes: Mapping[str, str | None] | None = None) -> str:
    written = "".join(f" {name}={quoteattr(text)}" for name, text in (attributes or {}).items() if text is not None)
    inside = "".join(content)
    return f"<{tag}{written}>{inside}</{tag}>\n" if inside else f"<{tag}{written}/>\n"


def _text(tag: str, text: str | None) -> str:
    return "" if text is None else _element(tag, escape(text))


def _manufacturer(name: str | None) -> str:
    return "" if name is None else _element("Изготовитель", _text("Ид", "m1"), _text("Наименование", name))


def _version() -> str:
    return _text("НомерВерсии", "AAAAAAAAAAE=")


def _mark(marked: Mark) -> str:
    return _text("ПометкаУдаления", str(marked).lower() if isinstance(marked, bool) else marked)


def _pairs(block: str, entry: str, first: str, second: str, pairs: Pairs | None) -> str:
    """A block of two-part entries; the second part None leaves its element out. No block for None."""
    if pairs is None:
        return ""
    listed = pairs.items() if isinstance(pairs, Mapping) else pairs
    return _element(block, *(_element(entry, _text(first, key), _text(second, text)) for key, text in listed))
