"""What a `$filter` may say: facts/odata, sections 0, 1.3 and 2.5."""

from urllib.parse import quote

import pytest

from freesport_pipelines.emulator import Company, Manners, Server, serve, table_of
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import (
    CARDS,
    JSON,
    PEOPLE,
    SALES,
    SALES_SETS,
    get,
    option,
    raw,
    where,
)

PLUS = f"{BASE}/{quote(CARDS)}?{JSON}&$filter=Code+eq+'000000003'"


def test_a_plus_is_no_space_but_an_error_of_the_query(server: Server) -> None:
    reply = raw(server, PLUS)
    assert (reply.status, reply.code) == (500, "-1")
    assert 'в предложении "ГДЕ"' in reply.message


def test_a_plus_in_the_order_is_an_error_too(server: Server) -> None:
    assert raw(server, f"{BASE}/{quote(CARDS)}?{JSON}&$orderby=Code+desc").status == 500


def test_other_bases_silently_ignore_what_has_a_plus(company: Company) -> None:
    with serve(company, manners=Manners(plus="ignored")) as server:
        assert len(raw(server, PLUS).rows) == len(company.tables[CARDS])


def test_an_encoded_space_works_and_an_encoded_plus_is_data() -> None:
    rows = [{"Description": "1+1 & 'два' # 100% ; ? \\ \""}, {"Description": "1 1"}]
    with serve({"Catalog_X": table_of("Catalog_X", {"Description": "Edm.String"}, rows)}) as server:
        found = get(server, "Catalog_X", where("Description eq '1+1 & ''два'' # 100% ; ? \\ \"'")).rows
    assert found == rows[:1]


@pytest.mark.parametrize(
    "condition",
    [
        "Period ge 2025-01-01T00:00:00",
        "Period ge '2025-01-01T00:00:00",
        "Period ge datetime'2025-01-01T00:00:00.000001'",
        "Period ge datetime'2025-01-01T00:00:00Z'",
        "Period ge datetime'2025-01-01'",
        "Period ge datetime'1-01-01T00:00:00'",
        "Period ge datetime'2025-02-30T00:00:00'",
        "Контрагент_Key eq guid'42'",
        "Контрагент_Key in (guid'aaaaaaaa-0001-4000-8000-000000000001')",
        "Active eq",
        "Active eq true)",
        "(Active eq true",
        "Active = true",
        "true eq true",
        "Сумма",
        "",
        " ",
    ],
)
def test_what_cannot_be_parsed_is_refused_with_code_14(server: Server, condition: str) -> None:
    reply = get(server, SALES, where(condition))
    assert (reply.status, reply.code) == (400, "14")


@pytest.mark.parametrize(
    "condition",
    [
        "Контрагент_Key eq 'aaaaaaaa-0001-4000-8000-000000000001'",
        "Контрагент_Key gt guid'aaaaaaaa-0001-4000-8000-000000000001'",
        "Recorder eq 'aaaaaaaa-000c-4000-8000-000000000001'",
        "Recorder eq guid'aaaaaaaa-000c-4000-8000-000000000001'",
        "Сумма eq '1'",
        "Period eq '2025-01-01T00:00:00'",
        "Active gt true",
        "startswith(Сумма,'1')",
        "year(Сумма) eq 2025",
    ],
)
def test_what_cannot_be_compared_fails_with_500(server: Server, condition: str) -> None:
    reply = get(server, SALES, where(condition))
    assert (reply.status, reply.code) == (500, "-1")
    assert "Нельзя сравнивать" in reply.message


def test_an_unknown_field_is_refused_by_its_name(server: Server) -> None:
    for options in (where("Период eq datetime'2025-01-01T00:00:00'"), "$select=" + quote("Период"),
                    "$orderby=" + quote("Период")):  # fmt: skip
        reply = get(server, SALES, options)
        assert (reply.status, reply.code, reply.message) == (400, "6", "Сегмент пути Период не найден!")


def test_names_are_case_sensitive(server: Server) -> None:
    assert get(server, CARDS, where("code eq '000000001'")).code == "6"


def test_an_unknown_function_is_refused_with_code_21(server: Server) -> None:
    assert get(server, CARDS, where("contains(Code,'1')")).code == "21"


def test_an_unknown_option_is_not_supported(server: Server) -> None:
    assert (get(server, CARDS, "$fitler=Code").status, get(server, CARDS, "$expand=Owner").code) == (501, "0")


@pytest.mark.parametrize("options", ["$top=-1", "$top=x", "$skip=1.5", "$inlinecount=yes", "$orderby=Code%20up",
                                     "$orderby=", "$select=Code,,"])  # fmt: skip
def test_a_bad_option_is_refused_with_code_14(server: Server, options: str) -> None:
    assert get(server, CARDS, options).code == "14"


def test_a_flat_filter_on_record_sets_finds_no_segment(server: Server) -> None:
    reply = get(server, SALES_SETS, where("Period ge datetime'2025-01-01T00:00:00'"))
    assert (reply.status, reply.code, reply.message) == (400, "6", "Сегмент пути Period не найден!")


def test_a_composite_field_equals_a_cast_of_its_type_only(server: Server, company: Company) -> None:
    recorder = company.recorders()[3]
    mine = get(server, SALES, where(f"Recorder eq cast(guid'{recorder}','Document_ЧекККМ')")).rows
    assert {row["Recorder"] for row in mine} == {recorder}
    assert not get(server, SALES, where(f"Recorder eq cast(guid'{recorder}','Document_ЧекККМВозврат')")).rows


def test_a_cast_works_on_rows_written_by_hand() -> None:
    key = "aaaaaaaa-0000-4000-8000-000000001001"
    fields = {"Recorder": "Edm.String", "Recorder_Type": "Edm.String"}
    rows = [{"Recorder": key, "Recorder_Type": f"StandardODATA.Document_{name}"} for name in ("ЧекККМ", "Другой")]
    with serve({"Catalog_X": table_of("Catalog_X", fields, rows)}) as server:
        assert get(server, "Catalog_X", where(f"Recorder eq cast(guid'{key}','Document_ЧекККМ')")).rows == rows[:1]
        assert get(server, "Catalog_X", where(f"Recorder ne cast(guid'{key}','Document_ЧекККМ')")).rows == rows[1:]
        assert get(server, "Catalog_X", where(f"Recorder eq '{key}'")).status == 500


@pytest.mark.parametrize(
    ("condition", "meets"),
    [
        ("startswith(Description,'Тест')", lambda row: row["Description"].startswith("Тест")),
        ("endswith(Description,'Анна') eq true", lambda row: row["Description"].endswith("Анна")),
        ("substringof('ова',Description)", lambda row: "ова" in row["Description"]),
        ("not substringof('ова',Description)", lambda row: "ова" not in row["Description"]),
        ("year(ДатаРождения) eq 1980", lambda row: row.get("ДатаРождения", "")[:4] == "1980"),
        ("month(ДатаРождения) le 2 and IsFolder eq false", lambda row: row.get("ДатаРождения", "9999-99")[5:7] <= "02"),
        ("Code eq 'НФ-000002' or Code eq 'НФ-000005'", lambda row: row["Code"] in ("НФ-000002", "НФ-000005")),
        ("IsFolder", lambda row: row["IsFolder"]),
        ("not (IsFolder eq true or DeletionMark eq true)", lambda row: not row["IsFolder"] and not row["DeletionMark"]),
        ("IsFolder eq true or DeletionMark eq true and Code lt 'НФ-000060'",
         lambda row: row["IsFolder"] or (row["DeletionMark"] and row["Code"] < "НФ-000060")),
        ("Description eq ''", lambda row: row["Description"] == ""),
    ],
)  # fmt: skip
def test_a_condition_means_what_it_says(server: Server, company: Company, condition: str, meets: object) -> None:
    assert callable(meets)
    rows = list(company.tables[PEOPLE].rows())
    if "ДатаРождения" in condition:
        rows = [row for row in rows if not row["IsFolder"]]
    expected = {row["Ref_Key"] for row in rows if meets(row)}
    assert expected
    assert {row["Ref_Key"] for row in get(server, PEOPLE, where(condition)).rows} == expected


def test_a_guid_is_compared_in_any_case(server: Server, company: Company) -> None:
    key = next(company.tables[CARDS].rows())["Ref_Key"]
    assert len(get(server, CARDS, where(f"Ref_Key eq guid'{key.upper()}'")).rows) == 1
    table = table_of("Catalog_X", {"Ref_Key": "Edm.Guid"}, [{"Ref_Key": key}])
    with serve({"Catalog_X": table}) as other:
        assert len(get(other, "Catalog_X", where(f"Ref_Key eq guid'{key.upper()}'")).rows) == 1


def test_a_literal_may_stand_first(server: Server) -> None:
    turned = get(server, SALES, where("1000 lt Сумма"), option("$orderby", "Recorder,LineNumber")).rows
    assert turned == get(server, SALES, where("Сумма gt 1000"), option("$orderby", "Recorder,LineNumber")).rows != []


def test_a_random_guid_is_found_nowhere(server: Server) -> None:
    reply = get(server, CARDS, where("Ref_Key eq guid'12345678-1234-4234-8234-123456789abc'"), "$inlinecount=allpages")
    assert reply.json == {"odata.count": "0", "value": []}
    others = get(server, CARDS, where("Ref_Key ne guid'12345678-1234-4234-8234-123456789abc'"), "$top=1")
    assert len(others.rows) == 1
