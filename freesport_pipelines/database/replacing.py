"""Make our tables hold exactly what another set of tables holds, row by row, inside one transaction.

Only rows that differ are written, and nothing is truncated: readers see the old state until the commit, rows that stay
keep what the shop has attached to them (its own columns, references), and so do the tables (grants, views, triggers).
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, fingerprints
from freesport_pipelines.database.backup_manifest import BackupError, TableContent
from freesport_pipelines.database.schema import metadata

Source = Callable[[str, tuple[str, ...]], Any]
"""Gives the table that holds the wanted rows, by the live table's name and columns."""


def replace_rows(connection: sa.Connection, wanted: Mapping[str, TableContent], source: Source) -> None:
    """Give all our tables the wanted rows; fail if they then hold anything else."""
    dialect.plan_for(connection, sum(content.rows for content in wanted.values()))
    for name, content in wanted.items():
        live = sa.table(name, *(sa.column(column) for column in content.columns))
        _replace(connection, live, source(name, content.columns), _identity(name, content))
    _refuse_if_different(connection, wanted)
    for name, content in wanted.items():
        fingerprints.continue_numbers(connection, name, content.last_id)


def _identity(name: str, content: TableContent) -> list[str]:
    """What makes a row the same row: its key and all that must be unique, so that no two rows swap a unique value."""
    known = metadata.tables.get(name)
    if known is None:
        return list(content.columns)
    unique = [c for c in known.constraints if isinstance(c, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    names = {column.name for constraint in unique for column in constraint.columns}
    return [column for column in content.columns if column in names]


def _replace(connection: sa.Connection, live: Any, source: Any, identity: list[str]) -> None:
    same = sa.and_(*(live.c[name] == source.c[name] for name in identity))
    others = [name for name in live.c.keys() if name not in identity]  # noqa: SIM118 - columns, not their names
    connection.execute(sa.delete(live).where(~sa.exists().where(same)))
    if others:
        changed = {name: source.c[name] for name in others}
        connection.execute(sa.update(live).values(changed).where(same, _differ(connection, live, source, others)))
    missing = sa.select(*source.c).where(~sa.exists().where(same))
    connection.execute(sa.insert(live).from_select([column.name for column in source.c], missing))


def _differ(connection: sa.Connection, live: Any, source: Any, columns: list[str]) -> sa.ColumnElement[bool]:
    if dialect.is_sqlite(connection):
        return sa.or_(*(live.c[name].is_distinct_from(source.c[name]) for name in columns))
    # as text: PostgreSQL's json knows no equality
    texts = [sa.cast(sa.func.row(*(table.c[name] for name in columns)), sa.Text) for table in (live, source)]
    return texts[0].is_distinct_from(texts[1])


def _refuse_if_different(connection: sa.Connection, wanted: Mapping[str, TableContent]) -> None:
    for name, content in wanted.items():
        found = fingerprints.content(connection, name, content.columns)
        if (found.rows, found.digest) != (content.rows, content.digest):
            raise BackupError(
                f"{name} would hold {found.rows} rows that are not the {content.rows} rows of the backup (does a "
                "trigger of the shop change them?): nothing was restored / данные магазина не изменены"
            )
