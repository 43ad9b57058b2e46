"""Rules of profiles that are written as tables: `name=number,…` and `number,…`. Each reader says what is wrong."""

import re
from collections.abc import Sequence
from itertools import pairwise

from freesport_pipelines.settings.onec_values import words

DOCUMENT = re.compile(r"Document_\w+")
ROLES = ("sale", "return", "till_sale", "till_return", "shift_report", "opening")
NUMBER = re.compile(r"[0-9]{1,12}")
"""More digits are a slip, and would not fit beside kopecks into 64 bits."""
GIVEN_FREQUENCIES = ("single", "rare")
LEAST_POINTS, MOST_POINTS = 3, 15
"""RFM: three scores of 1 to 5."""


def document_roles(text: str) -> tuple[tuple[str, str], ...]:
    """Types of documents and what they are.

    :raises ValueError: no type of documents, no role, a type that is named twice
    """
    found = _pairs(text)
    for name, role in found:
        if not DOCUMENT.fullmatch(name):
            raise ValueError(f"{name!r} is no type of documents")
        if role not in ROLES:
            raise ValueError(f"{role!r} is none of {', '.join(ROLES)}")
    return found


def frequencies(text: str) -> tuple[tuple[str, int], ...]:
    """Names and longest median gaps in days.

    :raises ValueError: they do not rise, or none can be reached, or a name is one that the profiles give themselves
    """
    found = _named_numbers(text)
    _check_rising([days for _, days in found])
    if found[0][1] < 1:
        raise ValueError("the shortest gap is 1 day")
    if taken := {name for name, _ in found} & set(GIVEN_FREQUENCIES):
        raise ValueError(f"{taken.pop()!r} is the name of buyers with one day of purchases, or with longer gaps")
    return found


def four_rising(text: str) -> tuple[int, ...]:
    """Where the four better scores begin.

    :raises ValueError: not four, or they do not rise
    """
    found = tuple(_number(word) for word in words(text))
    if len(found) != 4:
        raise ValueError(f"these are {len(found)} numbers instead of four")
    _check_rising(found)
    return found


def segments(text: str) -> tuple[tuple[str, int], ...]:
    """Names and lowest totals of points, best first.

    :raises ValueError: they do not fall, nobody has so many points, or somebody would have no segment
    """
    found = _named_numbers(text)
    totals = [total for _, total in found]
    for one, next_one in pairwise(totals):
        if next_one >= one:
            raise ValueError(f"the totals must fall: {next_one} comes after {one}")
    if totals[0] > MOST_POINTS:
        raise ValueError(f"nobody has {totals[0]} points: {MOST_POINTS} are the most")
    if totals[-1] > LEAST_POINTS:
        raise ValueError(f"buyers with {LEAST_POINTS} points, the fewest, would be in no segment: end with 0")
    return found


def _check_rising(numbers: Sequence[int]) -> None:
    for one, next_one in pairwise(numbers):
        if next_one <= one:
            raise ValueError(f"the numbers must rise: {next_one} comes after {one}")


def _named_numbers(text: str) -> tuple[tuple[str, int], ...]:
    """`name=number,…`, at least one."""
    found = tuple((name, _number(number)) for name, number in _pairs(text))
    if not found:
        raise ValueError("give at least one name=number")
    return found


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`name=value,…`, each name once."""
    found: dict[str, str] = {}
    for word in words(text):
        name, sign, value = (part.strip() for part in word.partition("="))
        if not (name and sign and value):
            raise ValueError(f"{word!r} is no name=value")
        if name in found:
            raise ValueError(f"{name!r} is named twice")
        found[name] = value
    return tuple(found.items())


def _number(word: str) -> int:
    if not NUMBER.fullmatch(word):
        raise ValueError(f"{word!r} is no whole number")
    return int(word)
