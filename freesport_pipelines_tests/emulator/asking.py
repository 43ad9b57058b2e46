"""Plain requests over `http.client`: what the emulator says is judged without the project's own client."""

import http.client
import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from freesport_pipelines.emulator import Server
from freesport_pipelines.emulator.target import BASE

JSON = "$format=application/json%3Bodata=nometadata"
SALES = "AccumulationRegister_Продажи_RecordType"
SALES_SETS = "AccumulationRegister_Продажи"
BY_CARD = "AccumulationRegister_ПродажиПоДисконтнымКартам_RecordType"
POINTS = "AccumulationRegister_БонусныеБаллы_RecordType"
POINTS_SETS = "AccumulationRegister_БонусныеБаллы"
JOURNAL = "DocumentJournal_РозничныеПродажи"
CARDS, PEOPLE, GOODS = "Catalog_ДисконтныеКарты", "Catalog_Контрагенты", "Catalog_Номенклатура"


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig")

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def rows(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.text
        rows: list[dict[str, Any]] = self.json["value"]
        return rows

    @property
    def code(self) -> str:
        """The internal code of a refusal."""
        code: str = self.json["odata.error"]["code"]
        return code

    @property
    def message(self) -> str:
        """The text of a refusal."""
        message: str = self.json["odata.error"]["message"]["value"]
        return message


def basic(user: str, password: str) -> str:
    """The Authorization header of an account."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def option(name: str, value: str) -> str:
    """An option as 1C wants it."""
    return name + "=" + quote(value, safe="$,():'/")


def where(condition: str) -> str:
    """A `$filter`."""
    return option("$filter", condition)


def raw(server: Server, target: str, *, method: str = "GET", authorization: str | None = "", **headers: str) -> Reply:
    """Ask for a target exactly as written."""
    if authorization == "":
        authorization = basic(server.user, server.password)
    if authorization is not None:
        headers["Authorization"] = authorization
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, target, headers=headers)
        response = connection.getresponse()
        body = response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    finally:
        connection.close()


def get(server: Server, path: str, *options: str, **headers: str) -> Reply:
    """Ask for JSON without metadata."""
    query = "&".join([JSON, *options])
    return raw(server, BASE + "/" + quote(path, safe="$(),='/") + "?" + query, **headers)


def every_row(server: Server, path: str, orderby: str, *options: str, page: int = 100) -> list[dict[str, Any]]:
    """All rows by `$skip`, in an order."""
    rows: list[dict[str, Any]] = []
    while True:
        more = get(server, path, option("$orderby", orderby), f"$top={page}", f"$skip={len(rows)}", *options).rows
        rows += more
        if len(more) < page:
            return rows
