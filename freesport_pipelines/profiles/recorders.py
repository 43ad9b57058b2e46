"""Which document is what: sale, return, opening balance, shift report. By its type alone (facts/odata 4, rows 6-8).

Which way a sale went, buying or giving back, is said by its total: receipts.py.
"""

from dataclasses import dataclass
from enum import IntEnum

PREFIX = "StandardODATA."
RETAIL_SALE, RETAIL_RETURN = "Document_ЧекККМ", "Document_ЧекККМВозврат"


class Role(IntEnum):
    """What a type of document does in the register of sales."""

    UNKNOWN = 0
    SALE = 1
    RETURN = 2
    OPENING = 3
    REPORT = 4


@dataclass(frozen=True)
class RecorderTypes:
    """The white list; a type that is not on it counts as a sale or a return by its total, and is reported."""

    sales: frozenset[str] = frozenset(
        {
            RETAIL_SALE,
            "Document_РасходнаяНакладная",
            "Document_РеализацияТоваровУслуг",
            "Document_АктВыполненныхРабот",
            "Document_ЗаказПокупателя",
            "Document_КорректировкаРеализации",
        }
    )
    returns: frozenset[str] = frozenset(
        {RETAIL_RETURN, "Document_ПриходнаяНакладная", "Document_ВозвратТоваровОтПокупателя"}
    )
    shift_reports: frozenset[str] = frozenset({"Document_ОтчетОРозничныхПродажах"})
    reported: frozenset[str] = frozenset({RETAIL_SALE, RETAIL_RETURN})
    """What a shift report sums up."""
    opening_word: str = "ВводНачальныхОстатков"

    def role(self, recorder_type: str | None) -> Role:
        """The role of a type; None (not published in 1C) is unknown."""
        name = (recorder_type or "").removeprefix(PREFIX)
        if self.opening_word in name:
            return Role.OPENING
        for role, names in ((Role.REPORT, self.shift_reports), (Role.RETURN, self.returns), (Role.SALE, self.sales)):
            if name in names:
                return role
        return Role.UNKNOWN

    def is_summed_up(self, recorder_type: str | None) -> bool:
        """Is it among what a shift report repeats? An unknown type may be: equality will tell."""
        name = (recorder_type or "").removeprefix(PREFIX)
        return name in self.reported or self.role(name) is Role.UNKNOWN
