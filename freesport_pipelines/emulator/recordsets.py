"""The record-set form of a register: rows grouped by recorder (facts/odata, section 1.5 a)."""

from typing import Any

import numpy as np

from freesport_pipelines.emulator.columns import Column
from freesport_pipelines.emulator.dice import Ints
from freesport_pipelines.emulator.errors import no_segment
from freesport_pipelines.emulator.evaluate import Mask, met
from freesport_pipelines.emulator.syntax import Condition
from freesport_pipelines.emulator.table import Table

SECTION = "RecordSet"
HEAD = ("Recorder", "Recorder_Type")


class RecordSets:
    """The record sets of a flat register."""

    def __init__(self, flat: Table) -> None:
        recorders = flat.columns["Recorder"].codes
        self._flat = flat
        self._by_recorder: Ints = np.argsort(recorders, kind="stable").astype(np.int64)
        self._recorders, self._first = np.unique(recorders[self._by_recorder], return_index=True)
        heads = flat.take(self._by_recorder[self._first])
        section = Column(f"Collection({flat.name})", np.arange(len(heads), dtype=np.int64), self._rows)
        columns = {name: heads.columns[name] for name in HEAD}
        self.table = Table(str(flat.register), {**columns, SECTION: section}, HEAD)

    def any_of(self, section: str, condition: Condition) -> Mask:
        """Which record sets have a row that meets the condition."""
        if section != SECTION:
            raise no_segment(section)
        mask: Mask = np.isin(self._recorders, self._flat.columns["Recorder"].codes[met(self._flat, condition)])
        return mask

    def _rows(self, place: int) -> list[dict[str, Any]]:
        last = self._first[place + 1] if place + 1 < len(self._first) else len(self._by_recorder)
        rows = self._flat.take(self._by_recorder[self._first[place] : last])
        return list(rows.rows([name for name in self._flat.columns if name not in HEAD]))


def record_sets(flat: Table) -> RecordSets:
    """The record sets of a register, grouped once."""
    sets: RecordSets = flat.kept("record sets", lambda: RecordSets(flat))
    return sets
