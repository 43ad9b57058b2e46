"""The examples of a change set as markdown, for the report page."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

SHOWN_CHANGES = 120


def preview_lines(preview: Mapping[str, Any]) -> list[str]:
    """Sections for the worst moves and for examples of each table; none where there is nothing to show."""
    lines = _moves(
        "Prices that move farthest", preview.get("price_moves", ()), ("key", "name", "price", "before", "after")
    )
    lines += _moves("Stocks that lose most", preview.get("stock_moves", ()), ("key", "name", "before", "after"))
    rows = preview.get("rows", {})
    if rows:
        lines += ["", "**Examples of what changes**", "", "| table | operation | key | what |", "|---|---|---|---|"]
        lines += [_row(table, example) for table, examples in rows.items() for example in examples]
    return lines


def _moves(title: str, moves: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    if not moves:
        return []
    lines = ["", f"**{title}**", "", f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    return lines + [f"| {' | '.join(_cell(move[name]) for name in columns)} |" for move in moves]


def _row(table: str, example: Mapping[str, Any]) -> str:
    before, after = example.get("before") or {}, example.get("after") or {}
    changes = ", ".join(f"{name}: {_value(before.get(name))} → {_value(after.get(name))}" for name in after)
    what = changes[: SHOWN_CHANGES - 1] + "…" if len(changes) > SHOWN_CHANGES else changes
    return f"| {table} | {example['operation']} | {_cell(example['key'])} | {_cell(what or example.get('name'))} |"


def _value(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # SQLite writes 100.0 where PostgreSQL writes 100.00
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: Any) -> str:
    return "–" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
