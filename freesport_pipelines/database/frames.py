"""Tables as columns of plain values, fast and with little memory: what the profiles are made of.

Ids repeat by the thousand, so equal texts become one object. Money and quantities come as whole kopecks and
thousandths, times as seconds since 1970: no object per cell, nothing rounded.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect
from freesport_pipelines.database.types import ExactNumber, UtcDateTime

CHUNK = 50_000

Columns = dict[str, list[Any]]


def chunks(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], where: sa.ColumnElement[bool] | None = None
) -> Iterator[Columns]:
    """The rows of a table, chunk by chunk, as {column: values}; see `_expression` for their units."""
    query = sa.select(*(_expression(connection, table.c[name]) for name in names))
    if where is not None:
        query = query.where(where)
    known: dict[str, str] = {}
    result = connection.execute(query.execution_options(stream_results=True, yield_per=CHUNK))
    for rows in result.partitions(CHUNK):
        columns = list(zip(*rows, strict=True))
        yield {name: _shared(values, known) for name, values in zip(names, columns, strict=True)}


def _shared(values: Sequence[Any], known: dict[str, str]) -> list[Any]:
    return [known.setdefault(value, value) if isinstance(value, str) else value for value in values]


def _expression(connection: sa.Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A number of two or three decimals as a whole number of hundredths or thousandths, a moment as seconds (UTC)."""
    if isinstance(column.type, ExactNumber):
        scaled = sa.type_coerce(column, sa.Numeric) * sa.literal_column(str(10**column.type.scale))
        return sa.type_coerce(sa.cast(sa.func.round(scaled), sa.BigInteger), sa.BigInteger)
    if isinstance(column.type, UtcDateTime):
        if dialect.is_sqlite(connection):
            return sa.cast(sa.func.strftime("%s", sa.type_coerce(column, sa.Text)), sa.Integer)
        return sa.cast(sa.func.extract("epoch", column), sa.BigInteger)
    return column
