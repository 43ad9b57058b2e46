"""Column types that mean the same in PostgreSQL and SQLite."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON: jsonb in PostgreSQL, text in SQLite."""

OrderedJson = sa.JSON(none_as_null=True)
"""JSON read as a whole by people and programs: keys keep their order, nothing is indexed."""

LocalId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Internal integer keys; SQLite makes rowids only of INTEGER columns."""


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal. PostgreSQL has NUMERIC; SQLite stores an integer or the nearest double of a short decimal,

    which compares exactly for equal decimals; the digits after the point are restored on reading.
    Sums must not be taken over doubles: see `dialect.exact_sum`.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision=precision, scale=scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SqliteNumeric(self.precision, self.scale))
        return dialect.type_descriptor(sa.Numeric(self.precision, self.scale))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-self.scale))


class _SqliteNumeric(sa.types.UserDefinedType[Any]):
    """NUMERIC affinity without SQLAlchemy's float conversions."""

    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        self.precision = precision
        self.scale = scale

    def get_col_spec(self, **_: Any) -> str:
        return f"NUMERIC({self.precision}, {self.scale})"

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        return lambda value: None if value is None else str(value)


Money = ExactNumber(14, 2)
"""Roubles and kopecks."""
Quantity = ExactNumber(15, 3)
"""Pieces, kilograms, metres."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, always with its time zone in Python."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
