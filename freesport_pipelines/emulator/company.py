"""The invented company: all its published sets, made from a plan, and the changes that people make in 1C meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

import numpy as np

from freesport_pipelines.emulator import goods, people, registers
from freesport_pipelines.emulator.additions import NewReceipt
from freesport_pipelines.emulator.columns import seconds_of
from freesport_pipelines.emulator.guids import guid, number_of
from freesport_pipelines.emulator.plan import Plan
from freesport_pipelines.emulator.receipts import trade
from freesport_pipelines.emulator.table import Table
from freesport_pipelines.emulator.truth import Truth, truth

Change = Callable[[Table], Table]
REGISTERS = (registers.SALES, registers.BY_CARD, registers.POINTS, registers.ACCRUALS)


class Company:
    """A company of a given size. Readers see whole tables: a change replaces them all at once."""

    def __init__(self, plan: Plan | None = None, *, unpublished: Sequence[str] = (), **sizes: Any) -> None:
        """Invent it.

        :param unpublished: names of sets that are not in the list of published objects, in their flat form
        :param sizes: fields of Plan, for instance `customers=1000`
        """
        self.plan = plan or Plan(**sizes)
        self._lock = RLock()
        self._unpublished = frozenset(unpublished)
        self._tables: Mapping[str, Table] = _tables(self.plan)
        self._next_early = 0

    @property
    def tables(self) -> Mapping[str, Table]:
        """The published sets as they are now."""
        return {name: table for name, table in self._tables.items() if name not in self._unpublished}

    def publish_all_but(self, *names: str) -> None:
        """Change the list of published objects."""
        self._unpublished = frozenset(names)

    def truth(self) -> Truth:
        """What is true of the data now, counted independently of the service."""
        return truth(self.tables)

    def recorders(self, register: str = registers.SALES) -> list[str]:
        """The documents that have rows in a register, in the order of their first rows by period."""
        columns = self._tables[register].columns
        order = np.argsort(columns["Period"].codes, kind="stable")
        codes = columns["Recorder"].codes[order].tolist()
        return [guid("document", number) for number in dict.fromkeys(codes)]

    def repost(self, recorder: str, lines: int) -> None:
        """Post a document again with its first lines only: its record sets are replaced as a whole."""
        number = _document(recorder)

        def shortened(table: Table) -> Table:
            columns = table.columns
            return table.take((columns["Recorder"].codes != number) | (columns["LineNumber"].codes <= lines))

        with self._lock:
            total = _noted(number, Сумма=self._active_sum(number, lines))
            self._change({**dict.fromkeys((registers.SALES, registers.BY_CARD), shortened), registers.JOURNAL: total})

    def reprice(self, recorder: str, times: int) -> None:
        """Post a document again with so many times its amounts; it has as many rows as before."""
        number = _document(recorder)

        def raised(table: Table) -> Table:
            mine, codes = table.columns["Recorder"].codes == number, table.columns["Сумма"].codes
            return table.with_codes({"Сумма": np.where(mine, times * codes, codes)})

        with self._lock:
            self._change(dict.fromkeys((registers.SALES, registers.BY_CARD), raised))
            total = self._active_sum(number, self._last("LineNumber", registers.SALES))
            self._change({registers.JOURNAL: _noted(number, Сумма=total)})

    def unpost(self, recorder: str) -> None:
        """Take a document's posting back: all its rows vanish, in the journal it is unposted."""
        number = _document(recorder)

        def emptied(table: Table) -> Table:
            return table.take(table.columns["Recorder"].codes != number)

        self._change({**dict.fromkeys(REGISTERS, emptied), registers.JOURNAL: _noted(number, Posted=0, Сумма=0)})

    def move(self, recorder: str, to: datetime) -> None:
        """Give a document another time, in local time of the tenant."""
        number, seconds = _document(recorder), seconds_of(to)

        def moved(table: Table) -> Table:
            mine = table.columns["Recorder"].codes == number
            return table.with_codes({"Period": np.where(mine, seconds, table.columns["Period"].codes)})

        self._change({**dict.fromkeys(REGISTERS, moved), registers.JOURNAL: _noted(number, Date=seconds)})

    def sell(self, at: datetime, amounts: Sequence[float], *, card: str | None = None, product: int = 1) -> str:
        """Add a receipt with one line for each amount; return its id."""
        owned = 0 if card is None else number_of("card", card) or 0
        owner = self._owner_of(owned)
        with self._lock:
            number = 1 + max(self._last("Recorder", registers.SALES), self._last("Ref", registers.JOURNAL))
            hundredths = [round(amount * 100) for amount in amounts]
            receipt = NewReceipt(number, seconds_of(at), hundredths, owned, owner, product)
            self._change({name: lambda table: table.plus(receipt.codes(table)) for name in _written_by_sale(owned)})
            return guid("document", number)

    def delete_card(self, card: str) -> None:
        """Delete a card physically: it is just not there any more."""
        number = number_of("card", card)
        self._change({people.CARDS: lambda table: table.take(table.columns["Ref_Key"].codes != number)})

    def add_card(self, owner: str | None = None) -> str:
        """Add a card that comes before all others in the order of references, as one written while somebody pages."""
        owned = number_of("counterparty", owner) or 0 if owner else 0
        with self._lock:
            self._next_early -= 1
            number = self._next_early
            one = people.card_table(np.array([-number], np.int64), np.array([owned], np.int64))
            codes = {name: column.codes for name, column in one.columns.items()} | {"Ref_Key": np.array([number])}
            self._change({people.CARDS: lambda table: table.plus({n: c.tolist() for n, c in codes.items()})})
            return guid("card", number)

    def _last(self, field: str, name: str) -> int:
        return int(self._tables[name].columns[field].codes.max(initial=0))

    def _owner_of(self, card: int) -> int:
        columns = self._tables[people.CARDS].columns
        mine = columns["ВладелецКарты_Key"].codes[columns["Ref_Key"].codes == card]
        return int(mine[0]) if len(mine) else 0

    def _active_sum(self, number: int, lines: int) -> int:
        """The sum of a document's first lines."""
        columns = self._tables[registers.SALES].columns
        mine = (columns["Recorder"].codes == number) & (columns["Active"].codes != 0)
        return int(columns["Сумма"].codes[mine & (columns["LineNumber"].codes <= lines)].sum())

    def _change(self, changes: Mapping[str, Change]) -> None:
        with self._lock:
            changed = {name: change(self._tables[name]) for name, change in changes.items()}
            self._tables = {**self._tables, **changed}


def _tables(plan: Plan) -> dict[str, Table]:
    documents, lines = trade(plan)
    totals = registers.receipt_totals(documents, lines)
    loyalty = registers.points(documents, totals, plan)
    every = [
        people.counterparties(plan),
        people.cards(plan),
        people.card_kinds(),
        goods.goods(plan),
        goods.categories(),
        *goods.dictionaries(plan),
        registers.sales(documents, lines, plan),
        registers.sales_by_card(documents, lines, plan),
        registers.journal(documents, totals, plan),
        loyalty,
        registers.accruals(loyalty),
    ]
    return {table.name: table for table in every}


def _noted(number: int, **codes: int) -> Change:
    """Changes fields of a document in the journal."""

    def noted(table: Table) -> Table:
        mine = table.columns["Ref"].codes == number
        return table.with_codes({name: np.where(mine, code, table.columns[name].codes) for name, code in codes.items()})

    return noted


def _written_by_sale(card: int) -> list[str]:
    return [registers.SALES, registers.JOURNAL, *([registers.BY_CARD] if card else [])]


def _document(recorder: str) -> int:
    number = number_of("document", recorder)
    if not number:
        raise ValueError("this is no document of the company")
    return number
