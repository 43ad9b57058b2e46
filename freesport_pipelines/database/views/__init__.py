"""The views over the live tables, one SQL file per database: what the shop reads.

A changed view takes effect with the next migration, an empty one if need be: `migrate.upgrade` makes all views anew.
"""

from importlib.resources import files

import sqlalchemy as sa

NAMES = ("product_availability", "product_specifications", "product_stocks", "products")


def drop(connection: sa.Connection) -> None:
    """Drop the views so that tables under them can change."""
    for name in NAMES:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create(connection: sa.Connection) -> None:
    """Create the views."""
    text = (files(__name__) / f"{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for block in text.split("\n\n"):
        if not all(line.startswith("--") for line in block.strip().splitlines()):
            connection.exec_driver_sql(block)
