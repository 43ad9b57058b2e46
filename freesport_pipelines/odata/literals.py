"""Values as 1C wants them inside a filter (facts/odata, section 1.3). What cannot be written raises ValueError."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def canonical(value: str | UUID) -> str:
    """A reference in the one spelling that is compared: lower case, with hyphens."""
    text = str(value)
    if not GUID.fullmatch(text):
        raise ValueError("this is no guid of the form 8-4-4-4-12")
    return text.lower()


def guid(value: str | UUID) -> str:
    """`guid'…'`: a bare quoted string would be compared as text."""
    return f"guid'{canonical(value)}'"


def cast(value: str | UUID, entity: str) -> str:
    """A reference for a field of a composite type, such as Recorder; `entity` like Document_ЧекККМ."""
    return f"cast({guid(value)},{string(entity)})"


def local(value: datetime, zone: ZoneInfo) -> datetime:
    """A moment as the tenant's clock shows it, naive, in whole seconds: 1C knows neither zones nor fractions.

    A fraction is rounded up, so that a half-open window keeps exactly the whole seconds inside it.
    """
    if value.tzinfo is None:
        raise ValueError("a datetime without a zone is ambiguous")
    wall = value.astimezone(zone).replace(tzinfo=None, fold=0)
    return wall.replace(microsecond=0) + timedelta(seconds=1) if wall.microsecond else wall


def wall_clock(value: datetime) -> str:
    """`datetime'…'` of a naive local time; the year always has four digits, which strftime does not give."""
    if value.tzinfo is not None or value.microsecond:
        raise ValueError("1C knows neither zones nor fractions: convert with local() first")
    return f"datetime'{value.isoformat(timespec='seconds')}'"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """`datetime'…'` of an aware datetime, in the tenant's zone."""
    return wall_clock(local(value, zone))


def string(value: str) -> str:
    """Quoted, inner quotes doubled."""
    return "'" + value.replace("'", "''") + "'"


def condition(text: str) -> str:
    """A whole condition as the argument of a virtual table: its quotes are doubled once more."""
    return string(text)


def decimal(value: Decimal | int) -> str:
    """With a point, never with an exponent."""
    if not Decimal(value).is_finite():
        raise ValueError("1C knows no infinity and no NaN")
    return f"{Decimal(value):f}"


def boolean(value: bool) -> str:
    """`true` or `false`."""
    return "true" if value else "false"
