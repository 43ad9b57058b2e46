"""A published set: its fields side by side. A table never changes; a change of data is another table in its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from freesport_pipelines.emulator.columns import ABSENT, Column, listed
from freesport_pipelines.emulator.dice import Ints

RECORD_TYPE = "_RecordType"


@dataclass(frozen=True)
class Table:
    """The rows of one set and what its metadata says of them."""

    name: str
    """As in the URL, for instance `Catalog_Контрагенты`; of a register the name of its flat form."""
    columns: dict[str, Column]
    key: tuple[str, ...] = ("Ref_Key",)
    sections: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Tabular sections: their fields and EDM types."""
    resources: tuple[str, ...] = ()
    """Of a balance register: the fields that `/Balance` sums; a turnover register has none."""
    dimensions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def register(self) -> str | None:
        """The record-set name of a register, else None."""
        return self.name.removesuffix(RECORD_TYPE) if self.name.endswith(RECORD_TYPE) else None

    def take(self, at: Ints | NDArray[np.bool_]) -> "Table":
        """Some of the rows, in that order."""
        return self.having({name: column.take(at) for name, column in self.columns.items()})

    def having(self, columns: dict[str, Column]) -> "Table":
        """The same set with other rows."""
        return Table(self.name, columns, self.key, self.sections, self.resources, self.dimensions)

    def with_codes(self, codes: Mapping[str, Ints]) -> "Table":
        """The same set with some fields changed."""
        return self.having(
            {name: column.with_codes(codes.get(name, column.codes)) for name, column in self.columns.items()}
        )

    def plus(self, rows: Mapping[str, Sequence[int]]) -> "Table":
        """More rows at the end, given by the codes of every field."""
        return self.with_codes(
            {name: np.append(column.codes, np.array(rows[name], np.int64)) for name, column in self.columns.items()}
        )

    def rows(self, names: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Every row as the wire has it: a field that a row does not have is not in it."""
        chosen = list(self.columns) if names is None else list(names)
        for values in zip(*(self.columns[name].values() for name in chosen), strict=True):
            yield {name: value for name, value in zip(chosen, values, strict=True) if value is not ABSENT}

    def ranks(self, name: str) -> Ints:
        """Numbers in the order of a field, one for each row; remembered."""
        ranks: Ints = self.kept("ranks " + name, self.columns[name].ranks)
        return ranks

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made of this table once and needed again."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}


def table_of(
    name: str,
    fields: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    key: tuple[str, ...] = ("Ref_Key",),
) -> Table:
    """A set of rows written by hand, for instance for a test; a field missing in a row is missing on the wire.

    :param fields: EDM type of each field; values are given as they stand on the wire
    """
    columns = {
        field: listed([row.get(field, ABSENT) for row in rows], edm, type_field if type_field in fields else None)
        for field, edm in fields.items()
        for type_field in [f"{field}_Type"]
    }
    return Table(name, columns, key)
