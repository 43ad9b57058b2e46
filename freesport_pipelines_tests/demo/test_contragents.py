"""The contragents of a demo export: as a real base has them, and nobody who could be real."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from stdnum.ru import inn

from freesport_pipelines.commerceml.contragents import read_contragents
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.domain.contragents import shape_contragent
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines_tests.demo.recount import NS, packets

PLAN = DemoPlan(goods=50, offers_per_good=1, properties_per_good=1, kinds=frozenset({Kind.CONTRAGENTS}))
MANY = 3000

Row = etree._Element


def rows(plan: DemoPlan, folder: Path) -> list[Row]:
    write_demo_export(plan, folder)
    files = packets(folder, "contragents")
    return [row for path in files for row in etree.parse(path).getroot().iter(NS + "Контрагент")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return rows(replace(PLAN, contragents=MANY), tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return rows(PLAN, tmp_path_factory.mktemp("few"))


def said(row: Row, path: str) -> str:
    return row.findtext("/".join(NS + tag for tag in path.split("/"))) or ""


def companies(some: list[Row]) -> list[Row]:
    return [row for row in some if said(row, "ОфициальноеНаименование")]


def persons(some: list[Row]) -> list[Row]:
    return [row for row in some if said(row, "ПолноеНаименование")]


def contacts(some: list[Row], kind: str) -> list[str]:
    found = (contact for row in some for contact in row.iter(NS + "Контакт"))
    return [said(contact, "Значение") for contact in found if said(contact, "Тип") == kind]


def share(part: int, whole: int = MANY) -> float:
    return round(part / whole, 3)


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_have_one_number_and_five_hundred_rows(tmp_path: Path) -> None:
    write_demo_export(replace(PLAN, contragents=1100), tmp_path)
    files = packets(tmp_path, "contragents")
    assert [path.read_bytes().count("<Контрагент>".encode()) for path in files] == [500, 500, 100]
    for number, path in enumerate(files, start=1):
        assert re.fullmatch(rf"contragents_{number}_[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.xml", path.name)
        (container,) = etree.parse(path).getroot()
        assert (container.tag, container.get("СодержитТолькоИзменения")) == (NS + "Контрагенты", "false")


@pytest.mark.parametrize(("goods", "count"), [(50, 102), (500, 120), (10_000, 500)])
def test_more_goods_have_a_few_more_contragents(goods: int, count: int) -> None:
    assert DemoPlan(goods=goods).contragent_count == count


def test_no_contragents_give_no_file(tmp_path: Path) -> None:
    assert rows(replace(PLAN, contragents=0), tmp_path) == []
    assert not (tmp_path / "contragents").exists()


def test_a_delta_has_no_contragents_and_its_totals_have_them(tmp_path: Path) -> None:
    totals = write_demo_export(replace(PLAN, change_share=0.1, delta=True), tmp_path)
    assert not (tmp_path / "contragents").exists()
    assert totals.contragents == 102


def test_the_number_of_contragents_changes_no_other_file(tmp_path: Path) -> None:
    plan = DemoPlan(goods=50, offers_per_good=1, properties_per_good=1)
    for name, count in (("a", 0), ("b", 7)):
        write_demo_export(replace(plan, contragents=count), tmp_path / name)
    of_a, of_b = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.xml") if "contragents" not in path.name}
        for name in "ab"
    )
    assert of_a == of_b


# --- proportions ----------------------------------------------------------------------------------------------------


def test_a_row_is_a_company_or_a_person_and_about_half_are_companies(many: list[Row]) -> None:
    assert len(companies(many)) + len(persons(many)) == len({said(row, "Ид") for row in many}) == MANY
    assert 0.45 < share(len(companies(many))) < 0.56


def test_most_persons_have_a_tax_number_and_no_kpp(many: list[Row]) -> None:
    numbers = Counter(len(said(row, "ИНН")) for row in persons(many))
    assert numbers.keys() == {0, 12}
    assert 0.6 < numbers[12] / numbers.total() < 0.75
    assert {said(row, "КПП") for row in persons(many)} == {""}


def test_few_companies_have_no_kpp(many: list[Row]) -> None:
    lengths = Counter(len(said(row, "КПП")) for row in companies(many))
    assert lengths.keys() == {0, 9}
    assert 0.03 < lengths[0] / lengths.total() < 0.07


def test_few_have_a_mail_and_a_fifth_has_a_phone(many: list[Row]) -> None:
    assert 0.02 < share(len(contacts(many, "Электронная почта"))) < 0.04
    assert 0.17 < share(len(contacts(many, "Телефон рабочий"))) < 0.23


def test_some_companies_share_a_tax_number_under_different_kpp(few: list[Row], many: list[Row]) -> None:
    for some in (few, many):
        numbers = Counter(said(row, "ИНН") for row in companies(some))
        shared = [number for number, count in numbers.items() if count > 1]
        assert len(shared) > 2
        both = Counter((said(row, "ИНН"), said(row, "КПП")) for row in companies(some))
        assert max(both.values()) == 1


def test_roles_and_marks_of_every_sort_are_there(few: list[Row], many: list[Row]) -> None:
    for some in (few, many):
        roles = Counter(tuple(role.text for role in row.findall(NS + "Роль")) for row in some)
        assert roles.keys() == {("Покупатель",), ("Поставщик",), ("Поставщик", "Покупатель")}
        assert roles["Покупатель",] > 0.9 * len(some)
        marked = [row for row in some if said(row, "ПометкаУдаления") == "true"]
        assert 0 < len(marked) <= 0.02 * len(some)


# --- invented -------------------------------------------------------------------------------------------------------


def test_checksums_hold_but_for_one_and_no_number_belongs_to_a_tax_office(few: list[Row], many: list[Row]) -> None:
    for some in (few, many):
        numbers = {said(row, "ИНН") for row in some} - {""}
        assert sum(not inn.is_valid(number) for number in numbers) == 1
        assert all(number.startswith("00") and number.strip("0") for number in numbers)


def test_a_clean_plan_has_no_bad_checksum(tmp_path: Path) -> None:
    numbers = {said(row, "ИНН") for row in rows(replace(PLAN, dirty=False), tmp_path)} - {""}
    assert all(map(inn.is_valid, numbers))


def test_phones_come_in_every_mask_and_have_a_code_that_nobody_has(many: list[Row]) -> None:
    phones = contacts(many, "Телефон рабочий")
    shapes = {re.sub(r"\d", "9", phone) for phone in phones}
    assert {"99999999999", " +9999 999-99-99", "9 999 999 99 99", "(999) 999-9-999", "+9-999-999-99-99"} < shapes
    assert any("," in phone for phone in phones)
    assert any("доб. " in phone for phone in phones)
    for phone in phones:
        assert all(re.match(r"\s*\D*[78]?\D*000", part) for part in phone.split(","))


def test_mails_are_at_a_domain_that_cannot_exist(many: list[Row]) -> None:
    assert all(mail.strip().endswith("@example.test") for mail in contacts(many, "Электронная почта"))


# --- read again -----------------------------------------------------------------------------------------------------


def test_the_rules_find_fault_with_nothing_but_the_bad_checksum(tmp_path: Path) -> None:
    totals = write_demo_export(replace(PLAN, contragents=1000), tmp_path)
    notes, customers = Notes(), 0
    for path in packets(tmp_path, "contragents"):
        with path.open("rb") as stream:
            shaped = [shape_contragent(record, notes) for record in read_contragents(stream, path.name)]
        customers += sum(row is not None and row.is_buyer and row.wants_active for row in shaped)
        assert all(row is not None and (row.company_name or row.last_name) for row in shaped)
    assert customers == totals.buyers
    assert dict(notes.warnings) == {"tax_id_checksum": 1}
