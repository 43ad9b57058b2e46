"""Rows as bytes: JSON with or without metadata, and the Atom XML that comes when nobody asked for JSON."""

from collections.abc import Iterator
from typing import Any, Literal
from xml.sax.saxutils import escape

import orjson

from freesport_pipelines.emulator.errors import Refusal
from freesport_pipelines.emulator.paging import Page
from freesport_pipelines.emulator.table import Table

Level = Literal["atom", "nometadata", "minimalmetadata", "fullmetadata"]
LEVELS: dict[str, Level] = {
    "json": "minimalmetadata",
    "application/json": "minimalmetadata",
    "application/json;odata=nometadata": "nometadata",
    "application/json;odata=minimalmetadata": "minimalmetadata",
    "application/json;odata=fullmetadata": "fullmetadata",
    "atom": "atom",
    "application/atom+xml": "atom",
}
_ATOM_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
)


def level_of(format_: str | None, accept: str) -> Level:
    """How much metadata is asked for: by `$format`, of which an `Accept` header can only choose JSON or Atom."""
    if format_ is None:
        return "minimalmetadata" if "application/json" in accept else "atom"
    level = LEVELS.get(format_.replace(" ", ""))
    if level is None:
        raise Refusal(406, "3", "Запрошенный тип представления не поддерживается!")
    return level


def feed(page: Page, level: Level, base: str, *, with_total: bool) -> bytes:
    """A list of rows."""
    rows = _rows(page, level, base)
    if level == "atom":
        count = f"<m:count>{page.total}</m:count>" if with_total else ""
        entries = "".join(f"<entry>{_properties(row)}</entry>" for row in rows)
        return f"{_ATOM_HEAD}<title>{escape(page.rows.name)}</title>{count}{entries}</feed>".encode()
    head: dict[str, Any] = {} if level == "nometadata" else {"odata.metadata": f"{base}/$metadata#{page.rows.name}"}
    if with_total:
        head["odata.count"] = str(page.total)
    return orjson.dumps({**head, "value": list(rows)})


def entity(page: Page, level: Level, base: str) -> bytes:
    """The one row of a page, asked for by its key."""
    row = next(_rows(page, level, base))
    if level == "atom":
        return _ATOM_HEAD.replace("<feed", "<entry").encode() + f"{_properties(row)}</entry>".encode()
    head = {} if level == "nometadata" else {"odata.metadata": f"{base}/$metadata#{page.rows.name}/@Element"}
    return orjson.dumps({**head, **row})


def _rows(page: Page, level: Level, base: str) -> Iterator[dict[str, Any]]:
    for row in page.rows.rows(page.names):
        yield {**row, **_links(page.rows, row, base)} if level in ("minimalmetadata", "fullmetadata") else row


def _links(table: Table, row: dict[str, Any], base: str) -> dict[str, str]:
    """Links to the objects that a row refers to; they give the server's own address away."""
    key = f"{base}/{table.name}(guid'{row.get('Ref_Key', '')}')"
    names = [name.removesuffix("_Key") for name in row if name.endswith("_Key") and name != "Ref_Key"]
    return {f"{name}@navigationLinkUrl": f"{key}/{name}" for name in names}


def _properties(row: dict[str, Any]) -> str:
    return f'<content type="application/xml"><m:properties>{_fields(row)}</m:properties></content>'


def _fields(row: dict[str, Any]) -> str:
    return "".join(_field(name, value) for name, value in row.items())


def _field(name: str, value: Any) -> str:
    if value is None:
        return f'<d:{name} m:null="true"/>'
    if isinstance(value, list):
        elements = "".join(f"<d:element>{_fields(row)}</d:element>" for row in value)
        return f"<d:{name}>{elements}</d:{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<d:{name}>{text}</d:{name}>"
