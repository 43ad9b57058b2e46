"""What PostgreSQL and SQLite say differently: bulk loading, JSON of changed columns, statistics."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql import ColumnElement

from freesport_pipelines.database import discretion
from freesport_pipelines.database.packing import Packed, Packing
from freesport_pipelines.database.types import ExactNumber, Json

CHUNK_ROWS = 10_000
FEW_ROWS = 10_000
"""Up to so many rows are looked up one by one."""
FOUND_BY = frozenset(
    {"seq", "packet", "onec_id", "parent_onec_id", "attribute_onec_id", "id", "kind", "table_name", "operation"}
    | {"key", "live_id", "is_default", "wants_active", "content_hash", "brand_id", "size"}
)
"""Columns of staged tables by which rows are joined or chosen."""


def is_sqlite(connection: sa.Connection) -> bool:
    """SQLite, as opposed to PostgreSQL."""
    return connection.dialect.name == "sqlite"


def bulk_load(connection: sa.Connection, table: sa.Table, rows: Iterable[Sequence[Any]]) -> int:
    """Append rows (values in column order) as fast as the database can take them; return how many.

    Memory is bounded by one chunk. An empty text is kept where the column must not be null and becomes NULL
    elsewhere, because that is how COPY reads CSV.
    """
    packing = packing_of(connection, table)
    iterator = iter(rows)
    count = 0
    while chunk := list(islice(iterator, CHUNK_ROWS)):
        load_packed(connection, table, packing.pack(chunk))
        count += len(chunk)
    return count


def packing_of(connection: sa.Connection, table: sa.Table) -> Packing:
    """How rows of this table are packed for `load_packed`."""
    if not is_sqlite(connection):
        return Packing(is_csv=True)
    numeric = (i for i, column in enumerate(table.columns) if isinstance(column.type, sa.Numeric | ExactNumber))
    nullable = (i for i, column in enumerate(table.columns) if column.nullable)
    return Packing(is_csv=False, numeric=tuple(numeric), nullable=tuple(nullable))


def load_packed(connection: sa.Connection, table: sa.Table, packed: Packed) -> None:
    """Append packed rows: COPY in PostgreSQL, executemany on the driver in SQLite."""
    name = _qualified(connection, table)
    cursor: Any = connection.connection.cursor()
    try:
        with discretion.discreet():
            if isinstance(packed, bytes):
                cursor.copy_expert(_copy_statement(table, name), io.BytesIO(packed))
            else:
                marks = ",".join("?" * len(table.columns))
                cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", packed)  # noqa: S608
    finally:
        cursor.close()


def _qualified(connection: sa.Connection, table: sa.Table) -> str:
    translate = connection.get_execution_options().get("schema_translate_map") or {}
    schema = translate.get(table.schema, table.schema)
    return f"{schema}.{table.name}" if schema else table.name


def _copy_statement(table: sa.Table, name: str) -> str:
    columns = ",".join(column.name for column in table.columns)
    never_null = [c.name for c in table.columns if not c.nullable and isinstance(c.type, sa.Text)]
    force = f", FORCE_NOT_NULL ({','.join(never_null)})" if never_null else ""
    return f"COPY {name} ({columns}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8'{force})"


def analyze(connection: sa.Connection, *tables: sa.Table) -> None:
    """Refresh the planner's statistics of freshly loaded tables; of wide ones only what rows are found by."""
    for table in tables:
        columns = [column.name for column in table.columns if column.name in FOUND_BY]
        of_columns = f" ({', '.join(columns)})" if columns and not is_sqlite(connection) else ""
        connection.exec_driver_sql(f"ANALYZE {_qualified(connection, table)}{of_columns}")


def analyze_live(connection: sa.Connection, table: sa.Table) -> None:
    """The same for a live table that has changed much: PostgreSQL's own daemon comes a minute late."""
    if not is_sqlite(connection):
        connection.exec_driver_sql(f"ANALYZE {_qualified(connection, table)}")


def index_staged(connection: sa.Connection, table: sa.Table, *columns: str) -> None:
    """Index a loaded staged table that rows are looked up in."""
    schema = _qualified(connection, table).partition(".")[0]
    name = f"ix_{table.name}_{'_'.join(columns)}"
    keys = ", ".join(columns)
    if is_sqlite(connection):
        statement = f"CREATE INDEX IF NOT EXISTS {schema}.{name} ON {table.name} ({keys})"
    else:
        statement = f"CREATE INDEX IF NOT EXISTS {name} ON {schema}.{table.name} ({keys})"
    connection.exec_driver_sql(statement)


def index_for_joins(connection: sa.Connection, table: sa.Table, *columns: str) -> None:
    """Index a staged table where the database needs it to join: SQLite has no hash joins, PostgreSQL has."""
    if is_sqlite(connection):
        index_staged(connection, table, *columns)


def plan_for(connection: sa.Connection, rows: int) -> None:
    """For the rest of the transaction, let PostgreSQL plan for so many staged or changed rows.

    With many it must not take nested loops over big fresh tables (facts/speed.md); with few it should, because a hash
    of half a million SKUs is made in a second and a thousand look-ups in milliseconds.
    """
    if not is_sqlite(connection):
        connection.exec_driver_sql(f"SET LOCAL enable_nestloop = {'off' if rows > FEW_ROWS else 'on'}")
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")


def as_live(connection: sa.Connection, staged: ColumnElement[Any], live: sa.Column[Any]) -> ColumnElement[Any]:
    """A staged value as the live column holds it: staged JSON is text until it is written."""
    if live.type is Json and not is_sqlite(connection):
        return sa.cast(staged, JSONB)
    return staged


def changed_columns(
    connection: sa.Connection, values: Sequence[tuple[str, ColumnElement[Any], ColumnElement[Any]]]
) -> ColumnElement[Any]:
    """JSON of the first values whose pair differs: [(name, value, other)] → {"name": value, …}."""
    if is_sqlite(connection):
        pairs: list[Any] = []
        for name, value, _ in values:
            pairs += [sa.literal(name), sa.func.json(value) if value.type is Json else value]
        same = [sa.case((v.is_not_distinct_from(o), f"$.{name}"), else_="$.\u200b") for name, v, o in values]
        return sa.func.json_remove(sa.func.json_object(*pairs), *same)
    pairs = []
    for name, value, _ in values:
        pairs += [sa.literal(name, sa.Text), value]
    same = [sa.case((v.is_not_distinct_from(o), sa.literal(name, sa.Text))) for name, v, o in values]
    whole = sa.func.jsonb_build_object(*pairs, type_=JSONB)
    names = sa.func.array_remove(sa.cast(sa.dialects.postgresql.array(same), ARRAY(sa.Text)), None)
    return whole.op("-", return_type=JSONB)(names)


def has_key(connection: sa.Connection, document: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Does a JSON object have this key?"""
    if is_sqlite(connection):
        return sa.func.json_type(document, f"$.{name}").is_not(None)
    return document.op("?", return_type=sa.Boolean)(sa.literal(name, sa.Text))


def from_json(connection: sa.Connection, document: ColumnElement[Any], column: sa.Column[Any]) -> ColumnElement[Any]:
    """The value a JSON object holds for a column, as the column itself holds it."""
    if is_sqlite(connection):
        return sa.type_coerce(sa.func.json_extract(document, f"$.{column.name}"), column.type)
    text = document.op("->>", return_type=sa.Text)(sa.literal(column.name, sa.Text))
    return sa.cast(text, column.type)


def empty_json(connection: sa.Connection) -> ColumnElement[Any]:
    """`{}` to compare with."""
    return sa.literal_column("'{}'" if is_sqlite(connection) else "'{}'::jsonb")


def row_json(connection: sa.Connection, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """JSON object of some columns, for quarantine payloads."""
    build = sa.func.json_object if is_sqlite(connection) else sa.func.jsonb_build_object
    pairs: list[Any] = []
    for column in columns:
        pairs += [sa.literal(column.key, sa.Text), column]
    return build(*pairs)


def exact_sum(connection: sa.Connection, column: sa.Column[Any]) -> Decimal:
    """Σ of a numeric column with up to three decimals; SQLite adds thousandths as integers, not doubles."""
    if is_sqlite(connection):
        thousandths = sa.cast(sa.func.round(sa.type_coerce(column, sa.Float) * 1000), sa.Integer)
        total = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(thousandths), 0))).scalar_one()
        return Decimal(total) / 1000
    return Decimal(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(column), 0))).scalar_one())


def last_characters(connection: sa.Connection, column: ColumnElement[Any], count: int) -> ColumnElement[str]:
    """The end of a text."""
    return sa.func.substr(column, -count) if is_sqlite(connection) else sa.func.right(column, count)


def utc_date(connection: sa.Connection, moment: sa.Column[Any]) -> ColumnElement[Any]:
    """The day of a moment in UTC, whatever zone the server is set to."""
    return sa.func.date(moment if is_sqlite(connection) else sa.func.timezone("UTC", moment))


def moment_text(connection: sa.Connection, moment: datetime) -> str:
    """A moment as bulk loading hands it to a column of type UtcDateTime."""
    if is_sqlite(connection):
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return moment.astimezone(UTC).isoformat()
