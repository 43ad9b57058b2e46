"""Which document is what: sale, return, opening balance, shift report. By its type alone (facts/odata 4, rows 6-8).

Which way a sale went, buying or giving back, is said by its total: receipts.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

PREFIX = "StandardODATA."


class Role(IntEnum):
    """What a type of document does in the register of sales."""

    UNKNOWN = 0
    SALE = 1
    RETURN = 2
    OPENING = 3
    REPORT = 4


class DocumentKind(StrEnum):
    """What an installation may say of a type. The receipts of the till are what a shift report sums up."""

    SALE = "sale"
    RETURN = "return"
    TILL_SALE = "till_sale"
    TILL_RETURN = "till_return"
    SHIFT_REPORT = "shift_report"
    OPENING = "opening"


ROLES = {
    DocumentKind.SALE: Role.SALE,
    DocumentKind.RETURN: Role.RETURN,
    DocumentKind.TILL_SALE: Role.SALE,
    DocumentKind.TILL_RETURN: Role.RETURN,
    DocumentKind.SHIFT_REPORT: Role.REPORT,
    DocumentKind.OPENING: Role.OPENING,
}
KNOWN = {
    "Document_ЧекККМ": DocumentKind.TILL_SALE,
    "Document_ЧекККМВозврат": DocumentKind.TILL_RETURN,
    "Document_РасходнаяНакладная": DocumentKind.SALE,
    "Document_РеализацияТоваровУслуг": DocumentKind.SALE,
    "Document_АктВыполненныхРабот": DocumentKind.SALE,
    "Document_ЗаказПокупателя": DocumentKind.SALE,
    "Document_КорректировкаРеализации": DocumentKind.SALE,
    "Document_ПриходнаяНакладная": DocumentKind.RETURN,
    "Document_ВозвратТоваровОтПокупателя": DocumentKind.RETURN,
    "Document_ОтчетОРозничныхПродажах": DocumentKind.SHIFT_REPORT,
}
OPENING_WORD = "ВводНачальныхОстатков"


@dataclass(frozen=True)
class RecorderTypes:
    """The white list; a type that is not on it counts as a sale or a return by its total, and is reported."""

    named: Mapping[str, DocumentKind] = field(default_factory=dict)
    """Types that the installation names, without PREFIX; they win over those that are known."""

    def kind(self, recorder_type: str | None) -> DocumentKind | None:
        """What a type is; None if nobody says so, or 1C does not publish it."""
        name = (recorder_type or "").removeprefix(PREFIX)
        if name in self.named:
            return self.named[name]
        return DocumentKind.OPENING if OPENING_WORD in name else KNOWN.get(name)

    def role(self, recorder_type: str | None) -> Role:
        """The role of a type; None (not published in 1C) is unknown."""
        kind = self.kind(recorder_type)
        return Role.UNKNOWN if kind is None else ROLES[kind]

    def is_summed_up(self, recorder_type: str | None) -> bool:
        """Is it among what a shift report repeats? An unknown type may be: equality will tell."""
        return self.kind(recorder_type) in (None, DocumentKind.TILL_SALE, DocumentKind.TILL_RETURN)
