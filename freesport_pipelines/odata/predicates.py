"""What rows are wanted: said to 1C as a filter, and checked again on every row (facts/odata, section 0, rule 6)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from freesport_pipelines.odata import literals
from freesport_pipelines.odata.decoding import RawRow
from freesport_pipelines.odata.errors import SchemaError
from freesport_pipelines.odata.fields import Entity
from freesport_pipelines.odata.scalars import wire_moment

SECOND = timedelta(seconds=1)
CARD_TYPE = "Catalog_ДисконтныеКарты"


class Window(NamedTuple):
    """A half-open span of the tenant's local time, in whole seconds: the end is not in it."""

    start: datetime
    end: datetime

    @property
    def width(self) -> timedelta:
        return self.end - self.start


class Wanted(NamedTuple):
    """A window of a register or journal, perhaps of one card only."""

    window: Window
    holder: str | None = None
    """The guid that the entity's chosen field must have."""

    def during(self, window: Window) -> "Wanted":
        """The same of another window."""
        return self._replace(window=window)

    def text(self, entity: Entity[Any]) -> str:
        """As a filter of 1C on rows."""
        return self._terms(entity, "")

    def text_of_documents(self, entity: Entity[Any]) -> str:
        """As a filter on sets of movements: those of which at least one row is wanted."""
        return f"RecordSet/any(r: {self._terms(entity, 'r/')})"

    def _terms(self, entity: Entity[Any], prefix: str) -> str:
        period = prefix + entity.period
        terms = [
            f"{period} ge {literals.wall_clock(self.window.start)}",
            f"{period} lt {literals.wall_clock(self.window.end)}",
        ]
        if self.holder is not None:
            terms.append(f"{prefix}{entity.chosen_wire} eq {_reference(entity.chosen_wire, self.holder)}")
        return " and ".join(terms)

    def holds(self, raw: RawRow, entity: Entity[Any]) -> bool:
        """Is this row what was asked for?"""
        if not self.window.start <= period_of(raw, entity) < self.window.end:
            return False
        return self.holder is None or str(raw.get(entity.chosen_wire, "")).lower() == self.holder


def _reference(wire: str, holder: str) -> str:
    """A field without _Key is of a composite type, and its value must name its type."""
    return literals.guid(holder) if wire.endswith("_Key") else literals.cast(holder, CARD_TYPE)


def period_of(raw: RawRow, entity: Entity[Any]) -> datetime:
    """The local time of a row; an empty date is before everything."""
    try:
        return wire_moment(raw[entity.period]) or datetime.min  # noqa: DTZ901 (the tenant's local time is naive)
    except KeyError:
        raise SchemaError(f"the field {entity.period} is missing", entity=entity.name) from None
    except ValueError:
        raise SchemaError(f"the field {entity.period} has an unexpected type", entity=entity.name) from None
