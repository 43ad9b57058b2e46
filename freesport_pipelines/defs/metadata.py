"""Metadata in one shape for every asset: rows, columns, table, duration, preview. Never personal data."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import sqlalchemy as sa

PREVIEW_ROWS = 5
PREVIEW_WIDTH = 60


def column_schema(table: sa.Table) -> dg.TableSchema:
    """The table's columns, so that the Overview tab is the data dictionary."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type.compile(sa.create_mock_engine("sqlite://", lambda *_: None).dialect)).lower(),
                description=column.doc,
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable)),
            )
            for column in table.columns
        ]
    )


def table_metadata(table: sa.Table) -> dict[str, Any]:
    """What is known of a table before it has rows."""
    return {"dagster/column_schema": column_schema(table), "dagster/table_name": table.name}


def preview(connection: sa.Connection, source: sa.Table | str) -> dg.MetadataValue[str]:
    """A few rows as markdown, of a table or of a query made for people."""
    if isinstance(source, str):
        result = connection.execute(sa.text(source))
        return dg.MetadataValue.md(markdown_table(list(result.keys()), list(result)))
    table = source
    columns = [c for c in table.columns if c.name not in ("created_at", "updated_at", "session_id", "content_hash")][:8]
    rows = connection.execute(sa.select(*columns).limit(PREVIEW_ROWS)).all()
    return dg.MetadataValue.md(markdown_table([column.name for column in columns], rows))


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A markdown table; long cells are cut."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= PREVIEW_WIDTH else text[: PREVIEW_WIDTH - 1] + "…"


def figures_metadata(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a staging step counted, as numbers the Plots tab can draw."""
    metadata: dict[str, Any] = {}
    for name in ("packets", "records", "rows", "megabytes", "seconds"):
        metadata[name] = round(sum(values.get(name, 0) for values in figures.values()), 3)
    rejected = [(kind, r, n) for kind, values in figures.items() for r, n in values.get("rejected", {}).items()]
    warnings = [(kind, w, n) for kind, values in figures.items() for w, n in values.get("warnings", {}).items()]
    metadata["rejected"] = sum(count for *_, count in rejected)
    if rejected or warnings:
        metadata["noticed"] = dg.MetadataValue.md(markdown_table(["kind", "what", "rows"], [*rejected, *warnings]))
    return metadata
