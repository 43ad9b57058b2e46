"""Telephone numbers as people type them into 1C, read as E.164. Facts, section 3.1: the masks; check 38.

Numbers are judged by their length, not by whether some operator owns them: a new code must not lose a customer's
phone. Keep out: whose phone it is.
"""

import re
import unicodedata
from functools import lru_cache

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number
from phonenumbers import parse as parse_international

REMEMBERED = 10_000
LONGEST = 300
"""Characters that are looked at: a contact is no novel."""
"""The same shop phone stands in many rows."""
_SEPARATORS = re.compile(r"[,;\r\n]+|(?=\+)")
"""A plus can only begin a number, so it parts two of them as well."""
_EXTENSION = re.compile(r"(?:(?<![^\W\d_])(?:добавочный|доб|внутренний|внутр|вн|ext)[.:]*|#)\s*\d+\)?", re.IGNORECASE)
_NOT_A_DIGIT = re.compile(r"[^0-9]+")
_RUSSIAN_LENGTH = 10
"""Digits behind the country code 7."""
_ABROAD = ("810", "00")
"""What is dialled in front of a foreign number, from Russia and from elsewhere."""


def split_phones(text: str) -> list[str]:
    """The pieces of a text that should be one number each, as typed, extensions left out.

    A text without any digit is one piece: it will prove unreadable, and that is worth a warning.
    """
    written = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    pieces = [piece.strip() for piece in _SEPARATORS.split(_EXTENSION.sub(" ", written))]
    return [piece for piece in pieces if _NOT_A_DIGIT.sub("", piece)] or ([written] if written else [])


@lru_cache(maxsize=REMEMBERED)
def phone(text: str) -> str | None:
    """The first usable number of a text as E.164 (`+70000000001`), None when there is none."""
    return next((number for piece in split_phones(text) if (number := _number(piece))), None)


def _number(piece: str) -> str | None:
    """Eleven digits with an 8 in front are Russian, behind a plus too: `+8 (495)` is a habit, Vietnam is far."""
    digits = _NOT_A_DIGIT.sub("", piece)
    if len(digits) == _RUSSIAN_LENGTH + 1 and digits[0] in "78":
        return _e164("7" + digits[1:])
    if "+" in piece:
        return _e164(digits)
    if len(digits) == _RUSSIAN_LENGTH:
        return _e164("7" + digits)
    dialled = next((code for code in _ABROAD if digits.startswith(code)), None)
    return _e164(digits.removeprefix(dialled)) if dialled and len(digits) > _RUSSIAN_LENGTH + 1 else None


def _e164(digits: str) -> str | None:
    """The number as `phonenumbers` writes it, None where no country has numbers of this length."""
    if digits.startswith("7") and len(digits) != _RUSSIAN_LENGTH + 1:
        return None
    try:
        number = parse_international("+" + digits)
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else None
