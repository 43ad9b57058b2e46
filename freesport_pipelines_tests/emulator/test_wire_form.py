"""How answers are written: facts/odata, sections 1.1 and 1.2."""

import json
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from freesport_pipelines.emulator import Company, Manners, Server, serve, table_of
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import (
    CARDS,
    GOODS,
    JSON,
    PEOPLE,
    SALES,
    get,
    option,
    raw,
    where,
)

ATOM = {"a": "http://www.w3.org/2005/Atom", "d": "http://schemas.microsoft.com/ado/2007/08/dataservices",
        "m": "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"}  # fmt: skip
CARDS_TARGET = f"{BASE}/{quote(CARDS)}"


def test_a_json_body_begins_with_a_byte_order_mark(server: Server) -> None:
    assert get(server, CARDS, "$top=1").body.startswith(b"\xef\xbb\xbf{")


def test_without_a_format_the_answer_is_atom_xml(server: Server) -> None:
    reply = raw(server, f"{CARDS_TARGET}?$top=2&$inlinecount=allpages")
    feed = ET.fromstring(reply.body)
    assert reply.headers["content-type"].startswith("application/atom+xml")
    assert len(feed.findall("a:entry", ATOM)) == 2
    assert feed.findtext("m:count", None, ATOM) == "135"
    assert feed.findtext(".//d:Code", None, ATOM)


def test_an_accept_header_chooses_json_but_not_the_level_of_metadata(server: Server) -> None:
    reply = raw(server, f"{CARDS_TARGET}?$top=1", Accept="application/json;odata=nometadata")
    assert "odata.metadata" in reply.json


@pytest.mark.parametrize("format_", ["json", "application/json;odata=minimalmetadata", "application/json"])
def test_metadata_is_left_out_only_when_that_is_asked_for(server: Server, format_: str) -> None:
    row = raw(server, f"{CARDS_TARGET}?$top=1&$format={quote(format_)}").rows[0]
    assert "ВладелецКарты@navigationLinkUrl" in row


def test_without_metadata_a_row_holds_its_fields_only(server: Server) -> None:
    reply = get(server, CARDS, "$top=1")
    assert list(reply.json) == ["value"]
    assert not [name for name in reply.rows[0] if "@" in name or name.startswith("odata.")]


def test_an_unknown_format_is_refused_in_xml(server: Server) -> None:
    reply = raw(server, f"{CARDS_TARGET}?$format=yaml")
    assert (reply.status, ET.fromstring(reply.body).findtext("m:code", None, ATOM)) == (406, "3")


def test_a_refusal_comes_in_xml_when_json_was_not_asked_for(server: Server) -> None:
    reply = raw(server, f"{BASE}/Catalog_X")
    assert ET.fromstring(reply.body).findtext("m:code", None, ATOM) == "8"


def test_whole_numbers_of_64_bits_are_strings_and_amounts_are_numbers(server: Server) -> None:
    row = get(server, SALES, "$top=1", where("LineNumber eq 2")).rows[0]
    assert row["LineNumber"] == "2"
    assert isinstance(row["Сумма"], float | int)


def test_an_amount_has_at_most_two_decimals_and_none_when_it_is_whole(server: Server) -> None:
    texts = [json.dumps(row["Сумма"]) for row in get(server, SALES, "$top=1000").rows]
    assert all(len(text.partition(".")[2]) <= 2 and not text.endswith(".0") for text in texts)
    assert any("." in text for text in texts)


def test_times_are_local_without_zone_and_fraction(server: Server) -> None:
    assert all(len(row["Period"]) == 19 for row in get(server, SALES, "$top=50").rows)


def test_a_folder_lacks_what_only_items_have(server: Server) -> None:
    folder = get(server, PEOPLE, where("IsFolder eq true"), "$top=1").rows[0]
    assert "КонтактнаяИнформация" not in folder
    assert "Description" in folder


def test_a_tabular_section_comes_whole_inside_its_row(server: Server) -> None:
    row = get(server, PEOPLE, where("Code eq 'НФ-000001'"), "$select=" + quote("КонтактнаяИнформация")).rows[0]
    assert [line["LineNumber"] for line in row["КонтактнаяИнформация"]] == ["1", "2"]


def test_select_cuts_the_row_to_the_named_fields(server: Server) -> None:
    assert list(get(server, GOODS, "$top=1", "$select=Code,Ref_Key").rows[0]) == ["Code", "Ref_Key"]
    assert len(get(server, GOODS, "$top=1", "$select=*").rows[0]) > 5


def test_inlinecount_is_a_string_and_counts_without_skip_and_top(server: Server, company: Company) -> None:
    reply = get(server, CARDS, "$top=5", "$skip=3", "$inlinecount=allpages")
    assert reply.json["odata.count"] == str(len(company.tables[CARDS]))
    assert len(reply.rows) == 5
    assert "odata.count" not in get(server, CARDS, "$top=5").json


def test_the_count_segment_is_text_with_a_mark_and_heeds_the_filter(server: Server, company: Company) -> None:
    marked = sum(row["DeletionMark"] for row in company.tables[CARDS].rows())
    reply = get(server, f"{CARDS}/$count", where("DeletionMark eq true"))
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.body == b"\xef\xbb\xbf" + str(marked).encode()


def test_top_zero_gives_no_rows(server: Server) -> None:
    assert get(server, CARDS, "$top=0").json == {"value": []}


def test_a_base_may_write_no_mark_and_a_wrong_charset() -> None:
    table = table_of("Catalog_X", {"Description": "Edm.String"}, [{"Description": "Тест"}])
    manners = Manners(bom=False, content_type="text/html; charset=windows-1251")
    with serve({"Catalog_X": table}, manners=manners) as server:
        reply = get(server, "Catalog_X")
    assert reply.headers["content-type"] == "text/html; charset=windows-1251"
    assert json.loads(reply.body) == {"value": [{"Description": "Тест"}]}


def test_one_row_is_found_by_its_key(server: Server) -> None:
    first = get(server, CARDS, option("$orderby", "Code"), "$top=1").rows[0]
    assert get(server, f"{CARDS}(guid'{first['Ref_Key']}')").json == first


def test_a_register_row_is_found_by_its_composite_key(server: Server) -> None:
    row = get(server, SALES, "$top=1").rows[0]
    key = f"Recorder='{row['Recorder']}',LineNumber={row['LineNumber']},Recorder_Type='{row['Recorder_Type']}'"
    assert get(server, f"{SALES}({key})").json == row


def test_the_format_is_understood_with_a_bare_semicolon_too(server: Server) -> None:
    assert raw(server, f"{CARDS_TARGET}?{JSON.replace('%3B', ';')}&$top=1").rows


def test_options_may_be_written_with_an_encoded_dollar(server: Server) -> None:
    assert len(raw(server, f"{CARDS_TARGET}?{JSON}&%24top=3").rows) == 3
