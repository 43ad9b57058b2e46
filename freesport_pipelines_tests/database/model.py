"""What publishing must mean, in a few lines of Python: the oracle of the property test."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from freesport_pipelines.database.feeds import Feed
from freesport_pipelines.domain.roles import PRICE_FIELDS

Row = dict[str, Any]
"""A live row: its columns, and is_active and hidden_by_1c where the table has them."""
Table = dict[str, Row]


def after(feed: Feed, live: Table, staged: Mapping[str, Row]) -> Table:
    """The live table after a session that staged these rows."""
    result = {key: dict(row) for key, row in live.items()}
    for key, row in staged.items():
        if key in live:
            result[key] = _changed(feed, live[key], row)
        elif feed.inserts_hidden or row["wants_active"]:
            result[key] = _inserted(feed, row)
    return result


def _inserted(feed: Feed, row: Row) -> Row:
    values = {name: row[name] for name in feed.columns}
    if feed.has_lifecycle:
        values |= {"is_active": row["wants_active"], "hidden_by_1c": not row["wants_active"]}
    return values


def _changed(feed: Feed, live: Row, row: Row) -> Row:
    values = {name: _next(feed, name, live[name], row) for name in feed.columns}
    if feed.has_lifecycle:
        was_hidden_by_shop = not live["is_active"] and not live["hidden_by_1c"]
        values["is_active"] = row["wants_active"] and not was_hidden_by_shop
        values["hidden_by_1c"] = not row["wants_active"] and not was_hidden_by_shop
    return values


def _next(feed: Feed, name: str, old: Any, row: Row) -> Any:
    new = row[name]
    if name in feed.first_word:
        return new if old is None else old
    if name in feed.sticky:
        return bool(new or old)
    if name in feed.kept and new is None:
        return old
    if name in PRICE_FIELDS and name in row["rejected"].split(","):
        return old
    return new


def operation(before: Row | None, following: Row | None) -> str | None:
    """What the journal calls the step from one state to the other."""
    if following is None or before == following:
        return None
    if before is None:
        return "insert"
    if before.get("is_active") == following.get("is_active"):
        return "update"
    return "hide" if before["is_active"] else "unhide"


def difference(before: Row, following: Row) -> tuple[Row, Row]:
    """Before- and after-image: the columns that differ, as they were and as they become."""
    names = [name for name in before if before[name] != following[name] and name != "content_hash"]
    return {name: before[name] for name in names}, {name: following[name] for name in names}


def as_json_value(value: Any) -> Any:
    """A value as it can be compared with one that was stored as JSON."""
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value
