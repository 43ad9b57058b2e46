"""`freesport doctor`: says what is published and what to do, shows nothing personal, needs no database."""

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from freesport_pipelines.cli.app import app
from freesport_pipelines.emulator import Access, Company, Fault, Limits, Server, serve, table_of
from freesport_pipelines.odata import errors
from freesport_pipelines.odata.entities import Entities
from freesport_pipelines.odata.probe import Probe, examine
from freesport_pipelines_tests.odata.building import client_of
from freesport_pipelines_tests.odata.scripted import Answer, Reply, Scripted, Seen, odata_error, rows, serving
from freesport_pipelines_tests.odata.test_metadata import edmx

CARDS, LOYALTY = "Catalog_ДисконтныеКарты", "AccumulationRegister_БонусныеБаллы_RecordType"
ACCRUALS = "AccumulationRegister_НачисленияБонусныхБаллов_RecordType"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(customers=20, receipts=60, months=2)


def doctor(monkeypatch: pytest.MonkeyPatch, server: Server, *options: str, **variables: str) -> Result:
    known = {
        "ONEC_API_URL": server.url,
        "ONEC_API_USER": server.user,
        "ONEC_API_PASSWORD": server.password,
        "ONEC_PAGE_PAUSE": "0",
        **variables,
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(app, ["doctor", *options])


def findings(said: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def test_a_base_that_has_everything_is_fine(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    with serve(company) as server:
        said = doctor(monkeypatch, server, "--json")
    found = findings(said)
    assert (said.exit_code, found["is_fine"], found["canary"], found["balance"]) == (0, True, "", "")
    rows = {entity["entity"]: entity["rows"] for entity in found["entities"]}
    assert rows == {name: company.truth().rows[name] for name in rows}
    assert found["advice"] == []


def test_no_row_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    with serve(company) as server:
        told = doctor(monkeypatch, server).stdout + doctor(monkeypatch, server, "--json").stdout
        with client_of(server.url, api_user=server.user, api_password=server.password) as client:
            buyers = client.catalogue(client.entities.customers).rows() or []
    personal = {text for row in buyers for text in (row.onec_id, row.description, row.phone, row.email) if text}
    assert [text for text in personal if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", told)] == []
    assert server.password not in told
    assert "barcode=" in told


def test_an_unpublished_mandatory_entity_is_named_with_the_remedy_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    tables = {name: table for name, table in company.tables.items() if name != CARDS}
    with serve(tables) as server:
        said = doctor(monkeypatch, server, COLUMNS="200")
    assert said.exit_code == 1
    assert f"Опубликуйте в 1С объект {CARDS}" in said.stdout
    assert f"Publish it in 1C: {CARDS}" in said.stdout


def test_all_mandatory_fields_that_are_missing_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    poor = table_of(CARDS, {"Ref_Key": "Edm.Guid", "Code": "Edm.String"}, [])
    with serve({**company.tables, CARDS: poor}) as server:
        found = findings(doctor(monkeypatch, server, "--json"))
    (cards,) = [entity for entity in found["entities"] if entity["entity"] == CARDS]
    assert "Description, ВладелецКарты_Key, КодКартыШтрихкод" in cards["problem"]
    assert not found["is_fine"]


def test_an_unpublished_optional_entity_is_told_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    tables = {name: table for name, table in company.tables.items() if name != LOYALTY}
    with serve(tables) as server:
        said = doctor(monkeypatch, server, "--json")
    found = findings(said)
    assert (said.exit_code, found["is_fine"]) == (0, True)
    problems = {entity["entity"]: entity["kind"] for entity in found["entities"] if entity["problem"]}
    assert problems == {LOYALTY: "NotPublishedError"}
    assert "(optional)" in found["advice"][0]["english"]


def test_a_register_that_nothing_reads_is_not_advised_to_be_published(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    tables = {name: table for name, table in company.tables.items() if name != ACCRUALS}
    with serve(tables) as server:
        found = findings(doctor(monkeypatch, server, "--json"))
    (advice,) = found["advice"]
    assert advice["english"].startswith(f"{ACCRUALS}: nothing needs to be done")
    (problem,) = [entity["problem"] for entity in found["entities"] if entity["name"] == "loyalty_accrual"]
    assert not [text for text in (*advice.values(), problem) if "публикуйте" in text or "Publish it" in text]


def test_bonus_points_are_not_looked_at_when_they_are_switched_off(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    with serve(company) as server:
        found = findings(doctor(monkeypatch, server, "--json", ONEC_LOYALTY_ENABLED="false"))
    assert not [entity for entity in found["entities"] if entity["name"].startswith("loyalty")]
    assert not [seen for seen in server.log if "Бонусн" in seen.path]


@pytest.mark.parametrize("fault", ["filter_ignored", "where_refused"])
def test_filters_that_do_not_work_are_a_failure(monkeypatch: pytest.MonkeyPatch, company: Company, fault: str) -> None:
    with serve(company, faults=[Fault(fault)]) as server:
        said = doctor(monkeypatch, server)
    assert said.exit_code == 1
    assert "Фильтры не доходят до 1С" in said.stdout


def test_a_wrong_password_is_one_request_and_said_plainly(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    with serve(company) as server:
        said = doctor(monkeypatch, server, ONEC_API_PASSWORD="wrong")
    assert said.exit_code == 1
    assert "Подключения нет" in said.stdout
    assert "ONEC_API_TOKEN" in said.stdout
    assert len(server.log) == 1


def test_missing_rights_are_told_for_their_entity_only(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    with serve(company, access=Access(forbidden=frozenset({CARDS}))) as server:
        found = findings(doctor(monkeypatch, server, "--json"))
    kinds = {entity["kind"] for entity in found["entities"] if entity["problem"]}
    assert kinds == {errors.AccessDeniedError.__name__}
    assert not found["is_fine"]


def test_a_register_that_is_read_by_document_is_advised_against(
    monkeypatch: pytest.MonkeyPatch, company: Company
) -> None:
    with serve(company, limits=Limits(sessions=1)) as server:
        found = findings(doctor(monkeypatch, server, "--json", ONEC_SALES_ENDPOINT="/AccumulationRegister_Продажи"))
    (sales,) = [entity for entity in found["entities"] if entity["name"] == "sales"]
    assert (sales["shape"], sales["problem"]) == ("register by document", "")
    assert "AccumulationRegister_Продажи_RecordType" in found["advice"][0]["russian"]


PAGE = {"Content-Type": "text/html"}
LOGIN, MAINTAINED = Reply("<html>Вход</html>".encode(), 200, PAGE), Reply(b"<html>gateway</html>", 503, PAGE)
NO_LICENCE = odata_error(503, None, "Не найдена свободная лицензия")


def examined(answer: Answer | Reply) -> tuple[Probe, Scripted]:
    with serving() as server:
        server.answer = lambda seen: (server.log.append(seen), answer(seen) if callable(answer) else answer)[1]  # type: ignore[method-assign]
        with client_of(server.url) as client:
            return examine(client), server


@pytest.mark.parametrize(
    "answer",
    [LOGIN, MAINTAINED, NO_LICENCE, Reply(b"", 302, {"Location": "http://127.0.0.1:1/login"})],
    ids=["login page", "503", "no licence", "redirect"],
)
def test_a_base_that_never_answers_as_1c_is_no_connection(answer: Reply) -> None:
    found, server = examined(answer)
    assert found.connection
    assert (found.is_fine, found.advice, found.entities) == (False, (), ())
    assert {seen.entity for seen in server.log} <= {"$metadata", CARDS}


def test_metadata_that_cannot_be_had_alone_are_no_reason_to_stop() -> None:
    found, _ = examined(lambda seen: LOGIN if seen.entity == "$metadata" else rows(count=0))
    assert (found.connection, found.canary) == ("", "")
    assert "no EDMX" in found.metadata
    assert len(found.entities) == len(Entities._fields)


def test_a_canary_without_an_answer_says_nothing_about_filters() -> None:
    empty = edmx("Catalog_A")
    found, _ = examined(lambda seen: Reply(empty) if seen.entity == "$metadata" else Reply(b"", 504))
    assert not [advice for advice in found.advice if "Filters" in advice.english]


def test_a_field_that_is_missing_is_not_shown_as_chosen() -> None:
    def answer(seen: Seen) -> Reply:
        wrong = set(seen.options.get("$select", "").split(",")) & {"Производитель_Key", "Марка_Key", "Бренд_Key"}
        return odata_error(400, "6", f"Сегмент пути {min(wrong)} не найден!") if wrong else rows(count=0)

    found, _ = examined(lambda seen: LOGIN if seen.entity == "$metadata" else answer(seen))
    (products,) = [entity for entity in found.entities if entity.name == "products"]
    assert (products.chosen_field, products.missing_fields) == ("", ("Бренд_Key",))
    with serving(answer) as server, client_of(server.url) as client:
        reading = client.catalogue(client.entities.products)
        reading.rows()
    assert (reading.summary.chosen_field, reading.summary.unpublished_fields) == ("", ("Бренд_Key",))


def test_names_of_entities_are_readable_in_eighty_columns(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    with serve(company) as server:
        lines = doctor(monkeypatch, server, COLUMNS="80").stdout.splitlines()
    table = [line for line in lines if line.startswith(("│", "┃"))]
    assert max(map(len, table)) <= 80
    names = "".join(line.split("│")[1].strip() for line in table if line.startswith("│"))
    for entity in Entities():
        assert entity.name in names


def test_without_an_address_the_variable_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["doctor"])
    assert said.exit_code == 1
    assert "ONEC_API_URL" in said.stderr
