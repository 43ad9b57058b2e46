"""Errors of the database without the values they are about: messages end up in logs, in Dagster and on terminals.

Drivers quote rows in DETAIL and CONTEXT lines; where these are about people's tables, they are left out. Statement
parameters are never part of a message (`hide_parameters` of the engine).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from freesport_pipelines.domain.masking import redacted

PERSONAL_TABLES = (
    "contragents", "customers", "personal_images", "discount_cards", "onec_counterparties", "card_users_today",
)  # fmt: skip
"""Whatever table of them has in its name: staged, gathered and scratch tables are called after them."""
_QUOTING = ("DETAIL:", "CONTEXT:", "LINE ")
_NAMED = re.compile(r'((?:constraint|relation|column|table|schema|index) )"(\w+)"')
"""What PostgreSQL quotes and is no value."""
_RAISED = "P0001"


def without_values(error: BaseException, statement: str = "") -> None:
    """Shorten an error in place if it is about people.

    :param statement: what the database was told to do
    """
    text = str(error.args[0]) if error.args else ""
    if not any(name in text or name in statement for name in PERSONAL_TABLES):
        return
    if _is_raised(getattr(error, "orig", None) or error):
        text = "a trigger of the shop refused the rows"  # its message may say anything
    told: list[str] = []
    for line in text.splitlines():
        if line.startswith(_QUOTING):
            break
        told.append(redacted(_NAMED.sub(r"\1\2", line)))
    error.args = ("\n".join(told).strip(), *error.args[1:])


def _is_raised(error: Any) -> bool:
    """Is it a message of somebody's trigger, and not the server's own about one of its constraints?"""
    code = getattr(error, "pgcode", None) or ""
    told = getattr(error, "diag", None)
    names_nothing = told is None or not (told.constraint_name or told.column_name or told.datatype_name)
    return code == _RAISED or (code.startswith("23") and names_nothing)


def on_error(context: Any) -> None:
    """Listener for SQLAlchemy's `handle_error`."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            without_values(error, context.statement or "")


@contextmanager
def discreet() -> Iterator[None]:
    """For statements on the driver's own cursor, which no listener sees."""
    try:
        yield
    except Exception as error:
        without_values(error)
        raise
