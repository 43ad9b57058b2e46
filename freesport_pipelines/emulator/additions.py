"""The rows that a new receipt puts into the registers and the journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from freesport_pipelines.emulator.receipts import SALE
from freesport_pipelines.emulator.registers import JOURNAL
from freesport_pipelines.emulator.table import Table


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt that is being written; amounts in hundredths, numbers instead of ids."""

    number: int
    period: int
    amounts: Sequence[int]
    card: int
    owner: int
    product: int

    def codes(self, table: Table) -> dict[str, list[int]]:
        """The codes of its rows in a register, or of its one row in the journal."""
        lines = 1 if table.name == JOURNAL else len(self.amounts)
        values = self._of_journal() if table.name == JOURNAL else self._of_register()
        return {name: [values[name](line) for line in range(lines)] for name in table.columns}

    def _of_register(self) -> dict[str, Callable[[int], int]]:
        same = {
            "Recorder": self.number, "Recorder_Type": SALE, "Period": self.period, "Active": 1, "Организация_Key": 1,
            "Контрагент_Key": self.owner, "Номенклатура_Key": self.product, "Характеристика_Key": 0, "Склад_Key": 1,
            "Документ": self.number, "Документ_Type": SALE, "Количество": 100,
            "ДисконтнаяКарта_Key": self.card, "ВладелецКарты_Key": self.owner,
        }  # fmt: skip
        return _constant(same) | {"LineNumber": lambda line: line + 1, "Сумма": lambda line: self.amounts[line]}

    def _of_journal(self) -> dict[str, Callable[[int], int]]:
        return _constant({
            "Ref": self.number, "Ref_Type": SALE, "Type": SALE, "Date": self.period, "Number": self.number,
            "Posted": 1, "DeletionMark": 0, "Сумма": sum(self.amounts), "НомерЧека": 1,
            "Покупатель_Key": self.owner, "КассаККМ_Key": 1, "Организация_Key": 1,
        })  # fmt: skip


def _constant(codes: dict[str, int]) -> dict[str, Callable[[int], int]]:
    def always(code: int) -> Callable[[int], int]:
        return lambda _: code

    return {name: always(code) for name, code in codes.items()}
