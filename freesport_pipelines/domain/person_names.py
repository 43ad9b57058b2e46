"""Names of people and companies as 1C has them: which part is which, and which names are alike.

All of it is guessing (facts, section 3.1: trailing spaces, cities and contact persons inside a name), so a name only
ever proposes a candidate and never links.
"""

import re
import unicodedata
from typing import NamedTuple

_PROPRIETOR = re.compile(r"\A(?:ИП|И\.\s?П\.|ЧП|индивидуальный\s+предприниматель)(?=[\s.])[\s.]*", re.IGNORECASE)
_PROPRIETOR_BEHIND = re.compile(r"[\s,]+(?:ИП|ЧП)\.?\Z", re.IGNORECASE)
_LIMITED = "общество с ограниченной ответственностью"
_LEGAL_FORMS = frozenset(
    {"ооо", "оао", "зао", "пао", "нао", "ао", "ип", "чп", "тоо", "одо", "уп", "чуп", "чтуп", "ано", "нко", "гбу"}
    | {"мбу", "мау", "мку", "фгбу", "мбоу", "гбоу", "ltd", "llc", "inc", "gmbh", "индивидуальный", "предприниматель"}
    | {"общество", "акционерное", "публичное", "непубличное", "закрытое", "открытое"}
)
_NO_SURNAMES = _LEGAL_FORMS | {
    *("автономная", "ассоциация", "база", "дом", "клуб", "комбинат", "комплекс", "компания", "корпорация", "лицей"),
    *("магазин", "организация", "отдел", "покупатель", "розница", "секция", "склад", "сош", "союз", "спорт"),
    *("спортклуб", "студия", "техникум", "торговый", "тренер", "университет", "учреждение", "федерация", "филиал"),
    *("фирма", "фитнес", "фонд", "центр", "частное", "школа"),
}
"""Words that say: this is no person."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")
_MARKS = re.compile(r"[^\w\s]|_")


class PersonName(NamedTuple):
    """Фамилия Имя Отчество."""

    last: str
    first: str
    middle: str | None


def collapsed(text: str) -> str:
    """The text with single spaces inside and none around."""
    return " ".join(text.split())


def person_name(text: str) -> PersonName | None:
    """The parts of "Фамилия Имя Отчество", None where the text does not look like two or three such words.

    The mark of a sole proprietor (ИП) is left out, in front or behind.
    """
    bare = _PROPRIETOR_BEHIND.sub("", _PROPRIETOR.sub("", collapsed(text)))
    words = bare.split()
    if not 2 <= len(words) <= 3 or not all(map(_WORD.fullmatch, words)):
        return None
    if any(word.rstrip(".").casefold() in _NO_SURNAMES for word in words):
        return None
    return PersonName(words[0], words[1], words[2] if len(words) == 3 else None)


def name_key(text: str) -> str | None:
    """What makes two names alike: their words without case, ё, punctuation, legal forms and order.

    None when nothing is left.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).replace("ё", "е")
    without_accents = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = collapsed(_MARKS.sub(" ", without_accents)).replace(_LIMITED, " ").split()
    return " ".join(sorted(word for word in words if word not in _LEGAL_FORMS)) or None
