"""Invented buyers and their cards: folders, nameless ones, several cards of one owner, phones in every mask.

Phones have the unassigned code 000, mails end in example.test. Facts/odata, sections 3.1, 3.2 and 4 (no. 10-15).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from freesport_pipelines.emulator.columns import (
    ABSENT,
    FLAG,
    MOMENT,
    Column,
    derived,
    flags,
    guids,
    words,
)
from freesport_pipelines.emulator.dice import Ints
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.plan import Plan
from freesport_pipelines.emulator.table import Table

COUNTERPARTIES, CARDS, CARD_KINDS = "Catalog_Контрагенты", "Catalog_ДисконтныеКарты", "Catalog_ВидыДисконтныхКарт"
CONTACTS = "КонтактнаяИнформация"
FOLDERS = ("Розничные покупатели", "Оптовые покупатели")
RETAIL_BUYER = "Розничный покупатель"
"""The technical counterparty that stands for anybody."""
CONTACT_FIELDS = {
    "Ref_Key": "Edm.Guid", "LineNumber": "Edm.Int64", "Тип": "Edm.String", "Вид_Key": "Edm.Guid",
    "Представление": "Edm.String", "ЗначенияПолей": "Edm.String", "Значение": "Edm.String",
    "АдресЭП": "Edm.String", "ДоменноеИмяСервера": "Edm.String", "НомерТелефона": "Edm.String",
    "НомерТелефонаБезКодов": "Edm.String", "ДействуетС": "Edm.DateTime",
}  # fmt: skip
NO_DATE = "0001-01-01T00:00:00"
FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар")
LAST_NAMES = ("Тестова", "Примерова", "Образцова", "Пробникова", "Макетова", "Черновикова", "Условная")
EAN_EVERY, ODD_MASKS, SHARED_EVERY, OWNERLESS_EVERY, MARKED_EVERY = 17, 5, 50, 40, 33


def digits(number: int) -> str:
    """The phone of a person as eleven digits."""
    return f"7000{number % 10_000_000:07}"


def pretty(number: int) -> str:
    """The same, as people write it."""
    text = digits(number)
    return f"+7 ({text[1:4]}) {text[4:7]}-{text[7:9]}-{text[9:]}"


def full_name(number: int) -> str:
    """The name of a person; every 29th has none, every 31st is called by a phone."""
    if number % 29 == 0:
        return ""
    if number % 31 == 0:
        return pretty(number)
    return f"{LAST_NAMES[number % len(LAST_NAMES)]} {FIRST_NAMES[number % len(FIRST_NAMES)]}"


def _longer_name(number: int) -> str:
    """The same with a patronymic; whoever is called by a phone has no longer name."""
    name = full_name(number)
    return f"{name} Образцовна" if name and number % 31 else ""


def retail_buyer(plan: Plan) -> int:
    """The number of the technical counterparty."""
    return plan.customers + len(FOLDERS) + 1


def counterparties(plan: Plan) -> Table:
    """Customers 1 to n, then the folders, then the technical buyer."""
    numbers = np.arange(1, retail_buyer(plan) + 1, dtype=np.int64)
    people = plan.customers
    is_folder = (numbers > people) & (numbers <= people + len(FOLDERS))

    def of_item(show: Callable[[int], Any]) -> Callable[[int], Any]:
        return lambda number: ABSENT if people < number <= people + len(FOLDERS) else show(number)

    def name(number: int) -> str:
        if number > people:
            return (*FOLDERS, RETAIL_BUYER)[number - people - 1]
        return full_name(number)

    parents = np.where(is_folder, 0, people + 1 + (numbers % 10 == 0))
    columns: dict[str, Column] = {
        "Ref_Key": guids("counterparty", numbers),
        "DataVersion": derived(numbers, version),
        "DeletionMark": flags((numbers % 47 == 0) & ~is_folder),
        "IsFolder": flags(is_folder),
        "Parent_Key": guids("counterparty", parents),
        "Code": derived(numbers, lambda number: f"НФ-{number:06}"),
        "Description": derived(numbers, name),
        "НаименованиеПолное": derived(numbers, of_item(lambda n: _longer_name(n) if n <= people else RETAIL_BUYER)),
        "ВидКонтрагента": derived(numbers, of_item(lambda _: "ФизическоеЛицо")),
        "ДатаРождения": derived(numbers, of_item(_birth), MOMENT),
        "Пол": derived(numbers, of_item(lambda n: ("", "Женский", "Мужской")[n % 3])),
        "НомерТелефонаДляПоиска": derived(numbers, of_item(lambda n: pretty(n) if n <= people else "")),
        "АдресЭПДляПоиска": derived(numbers, of_item(lambda n: mail(n) if n <= people and n % 2 else "")),
        CONTACTS: derived(numbers, of_item(lambda n: _contacts(n) if n <= people else []), "Collection"),
    }
    return Table(COUNTERPARTIES, columns, sections={CONTACTS: CONTACT_FIELDS})


def version(number: int) -> str:
    """An opaque data version."""
    return f"AAAAAAA{number:08X}="


def mail(number: int) -> str:
    """The mail address of a person."""
    return f"buyer{number}@example.test"


def _birth(number: int) -> str:
    """Real, empty, too old and future dates."""
    if number % 4 == 0:
        return NO_DATE
    return {5: "1899-12-30T00:00:00", 6: "3025-01-01T00:00:00"}.get(
        number % 41, f"{1950 + number % 55}-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00"
    )


def _contacts(number: int) -> list[dict[str, Any]]:
    rows = [_contact(number, "Телефон", pretty(number), НомерТелефона=digits(number),
                     НомерТелефонаБезКодов=digits(number)[4:])]  # fmt: skip
    if number % 2:
        rows.append(_contact(number, "АдресЭлектроннойПочты", mail(number), АдресЭП=mail(number),
                             ДоменноеИмяСервера="example.test"))  # fmt: skip
    return [{**row, "LineNumber": str(place)} for place, row in enumerate(rows, start=1)]


def _contact(number: int, kind: str, shown: str, **more: str) -> dict[str, Any]:
    empty = dict.fromkeys(CONTACT_FIELDS, "")
    return {
        **empty, "Ref_Key": guid("counterparty", number), "Тип": kind, "Вид_Key": guid("contact_kind", len(kind)),
        "Представление": shown, "ДействуетС": NO_DATE, **more,
    }  # fmt: skip


def owners(plan: Plan) -> Ints:
    """The owner of each card by its number; place 0 is no card."""
    numbers = np.arange(plan.cards + 1, dtype=np.int64)
    owned = np.where(numbers <= plan.customers, numbers, (numbers - plan.customers) * 8)
    owned[numbers % OWNERLESS_EVERY == 0] = 0
    return owned


def cards(plan: Plan) -> Table:
    """Cards 1 to n; the second cards of an owner come last."""
    numbers = np.arange(1, plan.cards + 1, dtype=np.int64)
    return card_table(numbers, owners(plan)[1:])


def card_table(numbers: Ints, owned: Ints) -> Table:
    """Cards with the given owners (0: none)."""
    phones = np.where(owned > 0, owned, numbers)
    phones[numbers % SHARED_EVERY == 9] -= 1
    both = numbers * PHONES + phones
    columns = {
        "Ref_Key": guids("card", numbers),
        "DataVersion": derived(numbers, version),
        "DeletionMark": flags(numbers % MARKED_EVERY == 0),
        "Owner_Key": guids("card_kind", 1 + numbers % 2),
        "Code": derived(numbers, lambda number: f"{number:09}"),
        "Description": derived(both, _card_name),
        "ВладелецКарты_Key": guids("counterparty", owned),
        "КодКартыШтрихкод": derived(both, _barcode),
        "КодКартыМагнитный": derived(numbers, lambda number: f";{number:08}=?" if number % 19 == 0 else ""),
        "Predefined": Column(FLAG, numbers * 0, bool, int, ordered=True),
        "PredefinedDataName": derived(numbers, lambda _: ""),
    }
    return Table(CARDS, columns)


PHONES = 10_000_000
"""Number of a card and number of its phone are kept in one code: number * PHONES + phone."""


def _barcode(both: int) -> str:
    number, phone = divmod(both, PHONES)
    if number % EAN_EVERY == 0:
        return ean13(number)
    text = digits(phone)
    masks = (text, f"8 ({text[1:4]}) {text[4:7]}-{text[7:9]}-{text[9:]}", text[1:], pretty(phone), text)
    return masks[number % ODD_MASKS]


def _card_name(both: int) -> str:
    number, phone = divmod(both, PHONES)
    return f"{digits(phone)} {full_name(phone)}".strip() if number % 3 else _barcode(both)


def ean13(number: int) -> str:
    """A barcode of a shop's own range, with its check digit."""
    text = f"200{number:09}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text))
    return f"{text}{-total % 10}"


def card_kinds() -> Table:
    """What the cards belong to."""
    numbers = np.array([1, 2], np.int64)
    return Table(CARD_KINDS, {
        "Ref_Key": guids("card_kind", numbers),
        "DataVersion": derived(numbers, version),
        "DeletionMark": flags(numbers < 0),
        "Code": derived(numbers, lambda number: f"{number:09}"),
        "Description": words(numbers - 1, ("Накопительная", "Подарочная")),
    })  # fmt: skip
