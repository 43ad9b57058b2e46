"""ИНН and КПП. Facts, section 3.1 and check 43: a wrong checksum is a warning, and such a number identifies nobody.

Foreign customers are not refused: a Belarusian УНП has 9 digits, a Kazakh БИН 12, and no Russian checksum.
"""

import re

from stdnum.ru import inn

from freesport_pipelines.domain.values import without_spaces

CHECKSUM_PROBLEM = "tax_id_checksum"
_RUSSIAN = re.compile(r"[0-9]{10}(?:[0-9]{2})?")
_PLACEHOLDER = re.compile(r"0+")
"""Zeros pass the checksum and are what people type to get past a mandatory field."""
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")


def matching_tax_id(text: str) -> str | None:
    """A Russian ИНН whose checksum holds, without spaces: the only tax number that may identify somebody."""
    number = without_spaces(text)
    if not _RUSSIAN.fullmatch(number) or _PLACEHOLDER.fullmatch(number):
        return None
    return number if inn.is_valid(number) else None


def tax_id_problem(text: str) -> str | None:
    """`tax_id_checksum` for a number as long as an ИНН that is none; None where there is nothing to warn of."""
    is_as_long = _RUSSIAN.fullmatch(without_spaces(text)) is not None
    return CHECKSUM_PROBLEM if is_as_long and matching_tax_id(text) is None else None


def kpp(text: str) -> str | None:
    """A КПП (four digits, two digits or capitals, three digits), None for anything else."""
    code = without_spaces(text).upper()
    return code if _KPP.fullmatch(code) and not _PLACEHOLDER.fullmatch(code) else None
