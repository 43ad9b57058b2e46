"""`$metadata` (EDMX of OData v3) and the service document: what is published, and with which fields."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import quoteattr

import orjson

from freesport_pipelines.emulator.columns import DOUBLE
from freesport_pipelines.emulator.recordsets import HEAD, SECTION
from freesport_pipelines.emulator.table import Table
from freesport_pipelines.emulator.wire import Level

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
    '<edmx:DataServices m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
    '<Schema Namespace="StandardODATA" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">'
)
_TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"


def set_names(tables: Iterable[Table]) -> list[str]:
    """The names under which the tables are published: a register has two."""
    return [name for table in tables for name in ([table.register] if table.register else []) + [table.name]]


def service_document(tables: Iterable[Table], level: Level, base: str) -> bytes:
    """The root of the service; an empty workspace means that nothing is published."""
    names = set_names(tables)
    if level != "atom":
        return orjson.dumps({"odata.metadata": f"{base}/$metadata", "value": [{"name": n, "url": n} for n in names]})
    collections = "".join(
        f"<collection href={quoteattr(name)}><atom:title>{name}</atom:title></collection>" for name in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<service xmlns="http://www.w3.org/2007/app" '
        f'xmlns:atom="http://www.w3.org/2005/Atom"><workspace><atom:title>Default</atom:title>{collections}'
        "</workspace></service>"
    ).encode()


def edmx(tables: Iterable[Table]) -> bytes:
    """The types, sets and functions of what is published."""
    tables = list(tables)
    types = "".join(_types(table) for table in tables)
    sets = "".join(f'<EntitySet Name="{name}" EntityType="StandardODATA.{name}"/>' for name in set_names(tables))
    functions = "".join(_function(table) for table in tables if table.resources)
    container = f'<EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">{sets}{functions}'
    return f"{_HEAD}{types}{container}</EntityContainer>{_TAIL}".encode()


def _types(table: Table) -> str:
    fields = {name: column.edm for name, column in table.columns.items()}
    for section in table.sections:
        fields[section] = f"Collection(StandardODATA.{table.name}_{section}_RowType)"
    parts = [_entity_type(table.name, fields, table.key)]
    parts += [_complex(f"{table.name}_{name}_RowType", rows) for name, rows in table.sections.items()]
    if table.resources:
        sums = {f"{name}Balance": DOUBLE for name in table.resources}
        parts.append(_complex(f"{table.register}_Balance", {n: fields[n] for n in table.dimensions} | sums))
    if table.register:
        row = f"{table.register}_RowType"
        head = {name: fields[name] for name in HEAD}
        parts.append(_complex(row, {name: edm for name, edm in fields.items() if name not in HEAD}))
        parts.append(_entity_type(table.register, {**head, SECTION: f"Collection(StandardODATA.{row})"}, HEAD))
    return "".join(parts)


def _entity_type(name: str, fields: Mapping[str, str], key: tuple[str, ...]) -> str:
    refs = "".join(f'<PropertyRef Name="{part}"/>' for part in key)
    return f'<EntityType Name="{name}"><Key>{refs}</Key>{_properties(fields, key)}</EntityType>'


def _complex(name: str, fields: Mapping[str, str]) -> str:
    return f'<ComplexType Name="{name}">{_properties(fields, ())}</ComplexType>'


def _properties(fields: Mapping[str, str], key: tuple[str, ...]) -> str:
    return "".join(
        f'<Property Name="{name}" Type="{edm}" Nullable="{"false" if name in key else "true"}"/>'
        for name, edm in fields.items()
    )


def _function(table: Table) -> str:
    kind = f"StandardODATA.{table.register}_Balance"
    return (
        f'<FunctionImport Name="Balance" ReturnType="Collection({kind})" IsBindable="true">'
        f'<Parameter Name="bindingParameter" Type="StandardODATA.{table.register}"/>'
        '<Parameter Name="Period" Type="Edm.DateTime"/><Parameter Name="Condition" Type="Edm.String"/>'
        '<Parameter Name="Dimensions" Type="Edm.String"/></FunctionImport>'
    )
