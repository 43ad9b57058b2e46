"""The phone that the barcode of a discount card is: the login of whoever holds it (facts/odata 4, row 13).

Stricter than phones.py: a barcode may be EAN-13 or a magnet code, so only what has the length of a Russian number is
one. Keep out: whose card it is.
"""

import re

_NOT_A_DIGIT = re.compile(r"[^0-9]")


def card_phone(text: str | None) -> str | None:
    """The phone, as 7 and ten digits, that a barcode is; None for EAN-13, magnet codes and whatever else.

    `8 (000) 000-00-02`, `+7 000 000 00 02` and `0000000002` are all `70000000002`.
    """
    digits = _NOT_A_DIGIT.sub("", text or "")
    if len(digits) == 10:
        return "7" + digits
    if len(digits) == 11 and digits[0] in "78":
        return "7" + digits[1:]
    return None
