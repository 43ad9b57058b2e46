"""How personal values are shown where people and logs may see them: their shape, never themselves.

The one place that decides it (facts/commerceml, check 53): reports, logs, Dagster metadata, error messages and
the examples of a dry run pass their values through here.
"""

import re

LETTER = re.compile(r"[^\W\d_]")
DIGIT = re.compile(r"\d")

GUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>\"'«»]+@[^\s@<>\"'«»]+")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»")
LONG_NUMBER = re.compile(r"\+?\d(?:[\s().-]*\d){4,}")


def masked(value: object) -> str:
    """The shape of a personal value: every letter becomes x, every digit #; what else there is stays.

    `+7 (000) 000-00-01` gives `+# (###) ###-##-##`: enough to see why a value was refused, nothing to call.
    """
    return DIGIT.sub("#", LETTER.sub("x", str(value)))


def redacted(text: str) -> str:
    """Free text from outside (an error body of 1C, a driver's message) without what could identify somebody.

    Ids, e-mail addresses, quoted strings and numbers of five digits or more are replaced by their shape.
    """
    for pattern in (GUID, EMAIL, QUOTED, LONG_NUMBER):
        text = pattern.sub(lambda found: masked(found.group()), text)
    return text
