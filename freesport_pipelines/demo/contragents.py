"""Contragents: invented customers and suppliers in the proportions of a real base. Facts, sections 1.11 and 3.1.

Belongs here: who there is and the `<Контрагент>`. What people are called and how phones look is in `people`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from freesport_pipelines.demo import people
from freesport_pipelines.demo.dice import dice
from freesport_pipelines.demo.ids import id_maker

PER_PACKET = 500
BAD_CHECKSUM = 5
"""The number of the company whose ИНН has a wrong check digit, unless the plan is clean."""
_BRANCH_EVERY, _BRANCH = 25, 3
"""One in so many is a branch of the company before it: the same ИНН and another КПП."""
_SUPPLIER_EVERY, _SUPPLIER, _BOTH = 50, 20, 21
_MARKED_EVERY, _MARKED = 100, 10
_TAX_NUMBERS = 10_000_000
_STEP = 7_654_321
"""Has no divisor in common with `_TAX_NUMBERS`: no two contragents get one number by chance."""


@dataclass(frozen=True)
class ContragentsSize:
    """What the contragents add to the totals."""

    contragents: int
    buyers: int
    """Not marked, and with the role of a buyer."""
    marked: int


class Contragents:
    """The contragents of one plan."""

    def __init__(self, seed: int, count: int, *, dirty: bool) -> None:
        self._seed, self._count, self._dirty = seed, count, dirty
        self._new_id = id_maker(seed, "contragent")
        self._person_id = id_maker(seed, "representative")
        self._first_tax_number = int.from_bytes(dice(seed, "tax numbers", 0)[:4], "little")

    def size(self) -> ContragentsSize:
        """Count them."""
        marked = sum(map(_is_marked, range(self._count)))
        strangers = sum("Покупатель" not in _roles(number) for number in range(self._count))
        return ContragentsSize(self._count, self._count - marked - strangers, marked)

    def rows(self) -> Iterator[str]:
        """Render all of them."""
        return map(self._row, range(self._count))

    def _row(self, number: int) -> str:
        sides = dice(self._seed, "contragent", number)
        named, numbers, person = (
            (*self._company(number, sides), self._representative(number, sides))
            if _is_company(number, sides)
            else (*self._individual(number, sides), "")
        )
        parts = (
            _text("Ид", self._new_id(number)),
            _text("НомерВерсии", "AAAAAAAAAAE="),
            _text("ПометкаУдаления", str(_is_marked(number)).lower()),
            named,
            *(_text("Роль", role) for role in _roles(number)),
            numbers,
            person,
            _address("АдресРегистрации", sides[5]) if sides[6] < 145 else "",
            _address("Адрес", sides[7]) if sides[8] < 130 else "",
            _contacts(number, sides),
        )
        return f"\t\t<Контрагент>\n{''.join(parts)}\t\t</Контрагент>\n"

    def _company(self, number: int, sides: bytes) -> tuple[str, str]:
        head = number - 1 if number % _BRANCH_EVERY == _BRANCH else number
        word = f"{people.COMPANY_WORDS[head % len(people.COMPANY_WORDS)]}-{head}"
        official = people.COMPANY_FORMS[sides[1] % len(people.COMPANY_FORMS)].format(word)
        place = f" {people.TOWNS[sides[2] % len(people.TOWNS)]}" if sides[2] < 90 else ""
        branch = " (филиал)" if head != number else ""
        tax_id = self._tax_number(head, 10)
        if self._dirty and number == BAD_CHECKSUM:
            tax_id = people.with_bad_check_digit(tax_id)
        kpp = "" if sides[3] < 13 and not _is_of_branches(number) else f"{tax_id[:4]}01{number % 1000:03}"
        okpo = f"{number + 1:08}" if sides[4] < 100 else ""
        named = _text("Наименование", f"{word}{branch}{place} ") + _text("ОфициальноеНаименование", official)
        return named, _text("ИНН", tax_id) + _text("КПП", kpp) + _text("КодПоОКПО", okpo) + _account(sides)

    def _individual(self, number: int, sides: bytes) -> tuple[str, str]:
        name = _person(sides[10:14])
        is_proprietor = sides[1] < 170
        prefix = "ИП " if is_proprietor and sides[2] < 20 else ""
        place = f" ({people.TOWNS[sides[3] % len(people.TOWNS)]})" if sides[3] < 60 else ""
        named = _text("Наименование", f"{prefix}{name}{place} ") + _text("ПолноеНаименование", name)
        tax_id = self._tax_number(number, 12) if is_proprietor else ""
        return named, _text("ИНН", tax_id) + _text("КПП", "") + _text("КодПоОКПО", "")

    def _representative(self, number: int, sides: bytes) -> str:
        if sides[14] > 90:
            return ""
        texts = (
            _text("Отношение", "Контактное лицо", 5),
            _text("Ид", self._person_id(number), 5),
            _text("Наименование", _person(sides[15:19]), 5),
        )
        return _block("Представители", _block("Представитель", "".join(texts), 4), 3)

    def _tax_number(self, number: int, length: int) -> str:
        mixed = (self._first_tax_number + number * _STEP) % _TAX_NUMBERS
        return people.tax_number(mixed or _TAX_NUMBERS - 1, length)


def _is_of_branches(number: int) -> bool:
    return number % _BRANCH_EVERY in (_BRANCH - 1, _BRANCH)


def _is_company(number: int, sides: bytes) -> bool:
    return sides[0] < 124 or number == BAD_CHECKSUM or _is_of_branches(number)


def _is_marked(number: int) -> bool:
    return number % _MARKED_EVERY == _MARKED


def _roles(number: int) -> tuple[str, ...]:
    place = number % _SUPPLIER_EVERY
    if place == _SUPPLIER:
        return ("Поставщик",)
    return ("Поставщик", "Покупатель") if place == _BOTH else ("Покупатель",)


def _person(sides: bytes) -> str:
    surnames, names, patronymics = people.MEN if sides[0] % 2 else people.WOMEN
    chosen = (row[side % len(row)] for row, side in zip((surnames, names, patronymics), sides[1:], strict=True))
    return " ".join(chosen)


def _contacts(number: int, sides: bytes) -> str:
    """A phone in every fifth, a mail in few; the rest have an empty element."""
    contacts = ""
    if sides[20] < 51:
        mask = people.PHONE_MASKS[sides[21] % len(people.PHONE_MASKS)]
        contacts += _contact("Телефон рабочий", mask.format(*people.phone_parts(number + 1)))
    if sides[22] < 8:
        contacts += _contact("Электронная почта", f"{'Buyer' if sides[23] % 2 else 'buyer'}{number}@example.test ")
    return _block("Контакты", contacts, 3)


def _contact(kind: str, value: str) -> str:
    return _block("Контакт", _text("Тип", kind, 5) + _text("Значение", value, 5), 4)


def _account(sides: bytes) -> str:
    """A bank has a name and an address of its own: they are not those of the contragent."""
    if sides[9] > 60:
        return ""
    bank = _text("БИК", "", 6) + _text("Наименование", "Банк-пример", 6)
    bank += _block("Адрес", _text("Представление", "Банковский край", 7), 6)
    account = _text("НомерСчета", "0" * 20, 5) + _block("Банк", bank, 5)
    return _block("РасчетныеСчета", _block("РасчетныйСчет", account, 4), 3)


def _address(tag: str, side: int) -> str:
    """An address as a text and in fields; some are no more than a town."""
    town = people.TOWNS[side % len(people.TOWNS)]
    if side < 60:
        return _block(tag, _text("Представление", town, 4), 3)
    fields = (("Почтовый индекс", "000000"), ("Регион", town), ("Улица", "Учебная ул"), ("Дом", f"дом № {side}"))
    shown = _text("Представление", ", ".join(value for _, value in fields), 4)
    listed = (_block("АдресноеПоле", _text("Тип", kind, 5) + _text("Значение", value, 5), 4) for kind, value in fields)
    return _block(tag, shown + "".join(listed), 3)


def _block(tag: str, inside: str, depth: int) -> str:
    indent = "\t" * depth
    return f"{indent}<{tag}>\n{inside}{indent}</{tag}>\n" if inside else f"{indent}<{tag}/>\n"


def _text(tag: str, text: str, depth: int = 3) -> str:
    indent = "\t" * depth
    return f"{indent}<{tag}>{escape(text)}</{tag}>\n" if text else f"{indent}<{tag}/>\n"
