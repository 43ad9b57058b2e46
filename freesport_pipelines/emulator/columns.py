"""One field of a published set: whole numbers in an array, and how each is written on the wire.

Codes make a comparison over a million rows a matter of a millisecond; values are written only for rows of a page.
Facts/odata, section 1.2, says how 1C writes each type.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from freesport_pipelines.emulator.dice import Ints
from freesport_pipelines.emulator.guids import guid, number_of

STRING, GUID, MOMENT, FLAG = "Edm.String", "Edm.Guid", "Edm.DateTime", "Edm.Boolean"
INT64, INT16, DOUBLE = "Edm.Int64", "Edm.Int16", "Edm.Double"
NUMBERS = frozenset({INT64, INT16, DOUBLE})

EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - 1C has no zones
EMPTY_MOMENT = int((datetime(1, 1, 1) - EPOCH).total_seconds())  # noqa: DTZ001


class Absent:
    """A field that this row does not have, such as the article of a folder: its key is not written at all."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Column:
    """A field of all rows of a set."""

    edm: str
    codes: Ints
    show: Callable[[int], Any]
    """What a code is on the wire; an Edm.Int64 is shown as a string."""
    code_of: Callable[[Any], int | float | None] | None = None
    """The code of a literal (None: no row has it); without it a comparison looks at every value."""
    ordered: bool = False
    """Whether codes lie in the order of their values."""
    type_field: str | None = None
    """Of a composite field: the field that names its type. Such a field is compared with `cast(...)` only."""

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, at: Ints | NDArray[np.bool_]) -> "Column":
        """The same field of some rows, in that order."""
        return self.with_codes(self.codes[at])

    def with_codes(self, codes: Ints) -> "Column":
        """The same field with other codes in the rows."""
        return replace(self, codes=codes)

    def values(self) -> list[Any]:
        """What stands in each row on the wire."""
        return [self.show(code) for code in self.codes.tolist()]

    def ranks(self) -> Ints:
        """Numbers that lie in the order in which 1C sorts the field: references by no order that a client can see."""
        if self.ordered or self.edm == GUID or self.type_field is not None:
            return self.codes
        distinct, place = np.unique(self.codes, return_inverse=True)
        keys = [_sort_key(self.show(code), self.edm) for code in distinct.tolist()]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
        return np.array([ranks[key] for key in keys], np.int64)[place]


def _sort_key(value: Any, edm: str) -> tuple[float, str]:
    if value is None or value is ABSENT:
        return (float("-inf"), "")
    return (float(value), "") if edm in NUMBERS else (0, str(value))


def guids(family: str, numbers: Ints) -> Column:
    """References to objects of a family."""
    return Column(GUID, numbers, lambda number: guid(family, number), lambda text: number_of(family, text))


def any_references(family: str, numbers: Ints, type_field: str) -> Column:
    """A field of several reference types; number 0 is "undefined"."""
    return Column(
        STRING,
        numbers,
        lambda number: guid(family, number) if number else "",
        lambda text: number_of(family, text),
        type_field=type_field,
    )


def moments(seconds: Ints) -> Column:
    """Local times of the tenant, without zone and fraction, as seconds after EPOCH."""
    return Column(MOMENT, seconds, shown_moment, seconds_of, ordered=True)


def shown_moment(seconds: int) -> str:
    """A time as 1C writes it."""
    return (EPOCH + timedelta(seconds=seconds)).isoformat()


def seconds_of(moment: datetime) -> int:
    """The code of a local time."""
    return (moment - EPOCH) // timedelta(seconds=1)


def flags(yes: NDArray[np.bool_]) -> Column:
    """True or false."""
    return Column(FLAG, yes.astype(np.int64), bool, int, ordered=True)


def counters(numbers: Ints) -> Column:
    """Whole numbers of 64 bits: strings on the wire."""
    return Column(INT64, numbers, str, _scaled, ordered=True)


def _scaled(number: Decimal) -> int | float:
    """A fraction equals no code, but lies between two of them."""
    return int(number) if number == int(number) else float(number)


def amounts(hundredths: Ints) -> Column:
    """Money and quantities with two decimals."""
    return Column(DOUBLE, hundredths, shown_amount, lambda number: _scaled(number * 100), ordered=True)


def shown_amount(hundredths: int) -> float | int:
    """1500.5, but 1500 and not 1500.0."""
    return hundredths / 100 if hundredths % 100 else hundredths // 100


def words(codes: Ints, texts: Sequence[str]) -> Column:
    """One of a few texts."""
    places = {text: place for place, text in enumerate(texts)}
    return Column(STRING, codes, texts.__getitem__, places.get)


def derived(numbers: Ints, show: Callable[[int], Any], edm: str = STRING) -> Column:
    """Whatever a function makes of the number of the object."""
    return Column(edm, numbers, show)


def listed(values: Sequence[Any], edm: str = STRING, type_field: str | None = None) -> Column:
    """Values that somebody wrote down; equal values have one code."""
    distinct: dict[str, tuple[int, Any]] = {}
    codes = [distinct.setdefault(repr(value), (len(distinct), value))[0] for value in values]
    shown = [value for _, value in distinct.values()]
    return Column(edm, np.array(codes, np.int64), shown.__getitem__, type_field=type_field)
