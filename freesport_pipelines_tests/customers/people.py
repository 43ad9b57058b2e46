"""People and companies that nobody is, as 1C unloads them: phones of the code 000, mails at example.test.

packet(company("c1", tax_id=inn(1)), person("c2", email="anna@example.test"))
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from freesport_pipelines_tests.contragents_xml import contragent, contragents_xml

MAIL, PHONE = "Электронная почта", "Телефон рабочий"
FIRST_DAY = datetime(2026, 1, 15, 3, 0)  # noqa: DTZ001 - 1C writes naive local time
_OF_LEGAL_ENTITY, _OF_PERSON_11, _OF_PERSON_12 = "2,4,10,3,5,9,4,6,8", "7,2,4,10,3,5,9,4,6,8", "3,7,2,4,10,3,5,9,4,6,8"


def _check_digit(digits: str, weights: str) -> str:
    return str(sum(int(w) * int(d) for w, d in zip(weights.split(","), digits, strict=True)) % 11 % 10)


def inn(number: int) -> str:
    """The ИНН of the n-th invented legal entity: ten digits, a right checksum."""
    digits = f"{number:09}"
    return digits + _check_digit(digits, _OF_LEGAL_ENTITY)


def inn_of_person(number: int) -> str:
    """Twelve digits, two right checksums."""
    digits = f"{number:010}"
    digits += _check_digit(digits, _OF_PERSON_11)
    return digits + _check_digit(digits, _OF_PERSON_12)


def wrong_inn(number: int) -> str:
    """Ten digits whose checksum does not hold."""
    right = inn(number)
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def kpp(number: int) -> str:
    return f"0001{number:02}001"


def contacts(phone: str | Sequence[str] | None = None, email: str | None = None) -> list[tuple[str, str]]:
    phones = [phone] if isinstance(phone, str) else list(phone or ())
    return [(PHONE, text) for text in phones] + ([(MAIL, email)] if email is not None else [])


def company(
    onec_id: str = "c1",
    name: str | None = None,
    *,
    phone: str | Sequence[str] | None = None,
    email: str | None = None,
    platform_id: str | None = None,
    price_type: str | None = None,
    **fields: Any,
) -> str:
    """A legal entity."""
    told = {"ИдНаСайте": platform_id, "ТипЦенId": price_type}
    return contragent(
        onec_id,
        official_name=f'ООО "Пример {onec_id}"' if name is None else name,
        contacts=contacts(phone, email),
        requisites=[(key, value) for key, value in told.items() if value],
        **fields,
    )


def person(
    onec_id: str = "c1",
    name: str = "Образцов Пётр Ильич",
    *,
    phone: str | Sequence[str] | None = None,
    email: str | None = None,
    platform_id: str | None = None,
    **fields: Any,
) -> str:
    """An individual."""
    told = [("ИдНаСайте", platform_id)] if platform_id else []
    return contragent(onec_id, name, full_name=name, contacts=contacts(phone, email), requisites=told, **fields)


def packet(*contragents: str, day: int = 0, **envelope: Any) -> dict[str, bytes]:
    """A folder with one contragents file, formed so many days after the first."""
    formed_at = (FIRST_DAY + timedelta(days=day)).isoformat()
    return {"contragents/contragents_1_<uuid>.xml": contragents_xml(contragents, formed_at=formed_at, **envelope)}
