"""How an entity is declared, and how a raw row becomes a typed one.

Keep out: which entities there are (catalogue_entities.py, register_entities.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from freesport_pipelines.odata.decoding import RawRow
from freesport_pipelines.odata.errors import SchemaError
from freesport_pipelines.odata.scalars import Kind

RowT = TypeVar("RowT")
FLAT = "_RecordType"
"""How the name of a register ends whose rows come one by one (facts/odata, section 1.5 b)."""


class Field(NamedTuple):
    """One field of 1C."""

    wire: str
    kind: Kind
    is_mandatory: bool = True
    default: Any = None
    """What an absent optional field is read as."""


def optional(wire: str, kind: Kind, default: Any = None) -> Field:
    """A field that a configuration may lack (marked † in the facts)."""
    return Field(wire, kind, is_mandatory=False, default=default)


@dataclass(frozen=True)
class Entity(Generic[RowT]):
    """One thing that 1C publishes, and what we read of it."""

    name: str
    """As it stands in the URL."""
    make: Callable[..., RowT]
    fields: Mapping[str, Field]
    """Our name of a field to 1C's."""
    key: tuple[str, ...] = ("Ref_Key",)
    """1C's names of the fields that identify a row."""
    order: str = "Ref_Key"
    """As near to a total order as 1C has; never sent to a record-set register."""
    period: str = ""
    """1C's name of the time by which windows are read; empty for catalogues."""
    is_mandatory: bool = True
    """Is the project useless without it?"""
    chosen: str = ""
    """Our name of the field whose 1C name is found by trying `candidates` in order."""
    candidates: tuple[str, ...] = ()
    table: str = ""
    """The virtual table, such as Balance, of the register with this name: a function, not the rows of the register."""
    wanting: frozenset[str] = frozenset()
    """1C's names of optional fields that this configuration turned out to lack."""

    @property
    def select(self) -> tuple[str, ...]:
        """What to ask for: every field once."""
        wires = [*self.key, *([self.period] if self.period else []), *(f.wire for f in self.fields.values())]
        return tuple(wire for wire in dict.fromkeys(wires) if wire not in self.wanting)

    @property
    def is_register(self) -> bool:
        """Is it read by windows of time?"""
        return bool(self.period)

    @property
    def is_grouped(self) -> bool:
        """Do its rows come grouped by their document?"""
        return self.name.startswith("AccumulationRegister_") and not self.name.endswith(FLAT)

    @property
    def total_order(self) -> str:
        """An order in which no two rows are equal, for reading by offsets: a time, then the rest of the key."""
        names = [name for name in self.key if not name.endswith("_Type")]
        return ",".join([self.period, *names]) if self.period else self.order

    @property
    def chosen_wire(self) -> str:
        """1C's name of the chosen field, so far; empty if none of the candidates is published."""
        wire = self.fields[self.chosen].wire if self.chosen else ""
        return "" if wire in self.wanting else wire

    def named(self, name: str) -> "Entity[RowT]":
        """The same under the name that an installation configured."""
        return replace(self, name=name.strip().strip("/"))

    def choosing_from(self, candidates: tuple[str, ...]) -> "Entity[RowT]":
        """The same with other names to try for the chosen field."""
        return replace(self, candidates=candidates).with_wire(self.chosen, candidates[0]) if candidates else self

    def with_wire(self, field: str, wire: str) -> "Entity[RowT]":
        """The same with another name of 1C for one of our fields."""
        return replace(self, fields={**self.fields, field: self.fields[field]._replace(wire=wire)})

    def without(self, wires: frozenset[str]) -> "Entity[RowT]":
        """The same without optional fields that are not published."""
        return replace(self, wanting=self.wanting | wires)

    def row(self, raw: RawRow, zone: ZoneInfo) -> RowT:
        """A typed row; keys of the raw one that are not declared are ignored."""
        return self.make(**values(self.name, self.fields, raw, zone))


def values(entity: str, fields: Mapping[str, Field], raw: RawRow, zone: ZoneInfo) -> dict[str, Any]:
    """Our names to typed values. Raises SchemaError, which names entity and field and shows no value."""
    found = {}
    for name, (wire, kind, is_mandatory, default) in fields.items():
        if wire not in raw:
            if is_mandatory:
                raise SchemaError(f"the field {wire} is missing", entity=entity)
            found[name] = default
            continue
        try:
            found[name] = kind(raw[wire], zone)
        except (ValueError, OverflowError):
            raise SchemaError(f"the field {wire} has an unexpected type", entity=entity) from None
    return found


def key_of(raw: RawRow, entity: Entity[Any]) -> tuple[str, ...]:
    """What identifies a row, the same however 1C writes it (`LineNumber` as 1 or "1")."""
    try:
        return tuple(str(raw[wire]).lower() for wire in entity.key)
    except KeyError as missing:
        raise SchemaError(f"the field {missing.args[0]} is missing", entity=entity.name) from None


def section(name: str, fields: Mapping[str, Field], make: Callable[..., Any]) -> Kind:
    """The kind of a tabular section: a tuple of typed lines; folders have none."""

    def lines(value: Any, zone: ZoneInfo) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            raise ValueError("no tabular section")
        return tuple(make(**values(name, fields, line, zone)) for line in value)

    return lines
