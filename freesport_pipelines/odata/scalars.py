"""Values of 1C to values of ours (facts/odata, section 1.2). Each raises ValueError, which shows no value.

A Kind takes what JSON gave (None where the field is missing or null) and the tenant's zone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from freesport_pipelines.domain.values import ZERO_GUID
from freesport_pipelines.odata.literals import GUID, canonical

Kind = Callable[[Any, ZoneInfo], Any]

UNDEFINED = "StandardODATA.Undefined"
PREFIX = "StandardODATA."
UNAVAILABLE = "UnavailableEntities."


def text(value: Any, zone: ZoneInfo) -> str | None:
    """A string as it is; numbers come as their digits, because 1C is not sure about check numbers."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    raise ValueError("no text")


def reference(value: Any, zone: ZoneInfo) -> str | None:
    """A guid in lower case; the empty reference is None."""
    if value in (None, "", ZERO_GUID):
        return None
    return canonical(value)


def identity(value: Any, zone: ZoneInfo) -> str | None:
    """A reference of a composite type: usually a guid, sometimes text, which is shown to people as it is."""
    if value in (None, "", ZERO_GUID):
        return None
    if not isinstance(value, str):
        raise ValueError("no reference")
    return value.lower() if GUID.fullmatch(value) else value


def type_name(value: Any, zone: ZoneInfo) -> str | None:
    """`Document_ЧекККМ`; None for undefined and for types that are not published, whose identity is still usable."""
    if value in (None, "", UNDEFINED) or str(value).startswith(UNAVAILABLE):
        return None
    return str(value).removeprefix(PREFIX)


def wire_moment(value: Any) -> datetime | None:
    """A naive local time; the empty date and a time without a date are None."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError("no date")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("no date") from None
    if found.tzinfo is not None:
        raise ValueError("a date with a zone")
    return None if found.year == 1 else found


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """The tenant's local time as UTC."""
    wall = wire_moment(value)
    return None if wall is None else wall.replace(tzinfo=zone).astimezone(UTC)


def day(value: Any, zone: ZoneInfo) -> date | None:
    """A date that is no moment, such as a birthday: the same in every zone."""
    wall = wire_moment(value)
    return None if wall is None else wall.date()


def number(value: Any, zone: ZoneInfo) -> Decimal | None:
    """An exact number; None stays None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("no number")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise ValueError("no number") from None
    if not found.is_finite():
        raise ValueError("no number")
    return found


def resource(value: Any, zone: ZoneInfo) -> Decimal:
    """A resource of a register: null means 0."""
    found = number(value, zone)
    return Decimal(0) if found is None else found


def integer(value: Any, zone: ZoneInfo) -> int | None:
    """Int64 comes as a string, Int32 as a number."""
    found = number(value, zone)
    if found is not None and found != found.to_integral_value():
        raise ValueError("no whole number")
    return None if found is None else int(found)


def flag(value: Any, zone: ZoneInfo) -> bool:
    """A boolean; absent means no."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise ValueError("no boolean")
    return value
