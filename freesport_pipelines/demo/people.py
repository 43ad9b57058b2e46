"""The invented vocabulary of contragents: nobody is called so, and no such number can be dialled or be assigned.

Phones have the code 000, mails are at example.test, tax numbers begin with 00, which is no tax office.
"""

COMPANY_FORMS = ('ООО "{}"', "ООО «{}»", 'АО "{}"', 'Общество с ограниченной ответственностью "{}"')
COMPANY_WORDS = ("Пример", "Образец", "Демо-Спорт", "Тест & Ко", "Условность", "Макет", "Шаблон", "Черновик")
TOWNS = ("Условный край", "г. Примерный", "Образцовая обл")

MEN = (
    ("Образцов", "Тестов", "Примеров", "Демонстров", "Условнов", "Шаблонов", "Макетов", "Черновиков-Образцов"),
    ("Пётр", "Семён", "Артём", "Илья", "Фёдор"),
    ("Ильич", "Семёнович", "Петрович", "Артёмович"),
)
WOMEN = (
    ("Образцова", "Тестова", "Примерова", "Демонстрова", "Условнова", "Шаблонова", "Макетова", "Тестова-Примерова"),
    ("Анна", "Мария", "Алёна", "Софья", "Фёкла"),
    ("Ильинична", "Семёновна", "Петровна", "Артёмовна"),
)
"""(surnames, first names, patronymics)."""

PHONE_MASKS = (
    "8{0}{1}{2}{3}",
    " +7{0} {1}-{2}-{3}",
    "8 {0} {1} {2} {3}",
    "+7 {0} {1}-{2}-{3}",
    "({0}) {1}-{2[0]}-{2[1]}{3}",
    "+7-{0}-{1}-{2}-{3}",
    "{0}{1}{2}{3}",
    "7{0}{1}{2}{3}",
    "8 ({0}) {1}-{2}-{3} доб. 12",
    "8 ({0}) {1}-{2}-{3}, +7 {0} {1} {3}{2}",
)
"""Ten digits as people write them (facts, section 3.1): code, three, two and two digits."""
PHONE_CODE = "000"

_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def tax_number(number: int, length: int) -> str:
    """The tax number (10 or 12 digits) of a number below ten millions, with valid check digits."""
    digits = f"00{number:07}" if length == 10 else f"00{number:08}"
    while len(digits) < length:
        weights = _WEIGHTS[-len(digits) :]
        total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
        digits += str(total % 11 % 10)
    return digits


def with_bad_check_digit(tax_id: str) -> str:
    """The same number with another last digit."""
    return tax_id[:-1] + str((int(tax_id[-1]) + 1) % 10)


def phone_parts(number: int) -> tuple[str, str, str, str]:
    """The parts of a phone that a mask needs."""
    digits = f"{number % 10_000_000:07}"
    return PHONE_CODE, digits[:3], digits[3:5], digits[5:]
