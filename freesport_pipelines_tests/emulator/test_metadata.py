"""`$metadata` describes exactly what the rows hold: facts/odata, sections 1.1 and 1.7."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

from freesport_pipelines.emulator import Company, Server, serve
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import CARDS, PEOPLE, POINTS_SETS, SALES, SALES_SETS, get, raw

EDM = "{http://schemas.microsoft.com/ado/2009/11/edm}"


@pytest.fixture(scope="module")
def schema(server: Server) -> ET.Element:
    return ET.fromstring(raw(server, f"{BASE}/$metadata").body)


def fields(schema: ET.Element, name: str, kind: str = "EntityType") -> Mapping[str, str]:
    found = schema.find(f".//{EDM}{kind}[@Name='{name}']")
    assert found is not None
    return {part.attrib["Name"]: part.attrib["Type"] for part in found.findall(f"{EDM}Property")}


def test_every_field_of_every_row_is_described(server: Server, company: Company, schema: ET.Element) -> None:
    for name in company.tables:
        described = set(fields(schema, name))
        written = {field for row in get(server, name).rows for field in row}
        assert written == described, name


def test_a_register_has_a_flat_form_a_record_set_and_a_row(schema: ET.Element) -> None:
    assert fields(schema, SALES)["Period"] == "Edm.DateTime"
    assert fields(schema, SALES_SETS)["RecordSet"] == f"Collection(StandardODATA.{SALES_SETS}_RowType)"
    assert set(fields(schema, f"{SALES_SETS}_RowType", "ComplexType")) == set(fields(schema, SALES)) - {
        "Recorder", "Recorder_Type",
    }  # fmt: skip


def test_tabular_sections_have_types(schema: ET.Element) -> None:
    kind = fields(schema, PEOPLE)["КонтактнаяИнформация"]
    assert kind == f"Collection(StandardODATA.{PEOPLE}_КонтактнаяИнформация_RowType)"
    assert "АдресЭП" in fields(schema, f"{PEOPLE}_КонтактнаяИнформация_RowType", "ComplexType")


def test_keys_are_named(schema: ET.Element) -> None:
    refs = schema.findall(f".//{EDM}EntityType[@Name='{SALES}']/{EDM}Key/{EDM}PropertyRef")
    assert [ref.attrib["Name"] for ref in refs] == ["Recorder", "LineNumber", "Recorder_Type"]


def test_only_a_balance_register_has_the_function(schema: ET.Element) -> None:
    bound = [
        p.attrib["Type"] for p in schema.findall(f".//{EDM}FunctionImport/{EDM}Parameter[@Name='bindingParameter']")
    ]
    assert bound == [f"StandardODATA.{POINTS_SETS}"]
    assert "НачисленоBalance" in fields(schema, f"{POINTS_SETS}_Balance", "ComplexType")


def test_an_unpublished_set_is_not_described() -> None:
    with serve(Company(unpublished=[CARDS])) as server:
        assert CARDS.encode() not in raw(server, f"{BASE}/$metadata").body
