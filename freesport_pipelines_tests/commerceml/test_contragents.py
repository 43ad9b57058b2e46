"""Reading contragents: where 1C writes what. People and companies here are invented."""

from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.commerceml.readers import READERS, SHAPES
from freesport_pipelines.commerceml.slices import slices_of
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.records import Contragent
from freesport_pipelines_tests.commerceml.helpers import read
from freesport_pipelines_tests.commerceml_xml import COMMERCEML_2, file_xml
from freesport_pipelines_tests.contragents_xml import contragent, contragents_xml

SAMPLE = Path(__file__).parents[3] / "shared" / "sample-export"
BARE = contragent("c1", "Пример", roles=())


def one(row: str) -> Contragent:
    (record,) = read(Kind.CONTRAGENTS, contragents_xml([row]))
    assert isinstance(record, Contragent)
    return record


def with_extra(extra: str) -> Contragent:
    return one(contragent(extra=extra))


def test_a_legal_entity_is_read_whole() -> None:
    row = contragent(
        "c1",
        "Пример ООО ",
        official_name='ООО "Пример"',
        roles=["Покупатель"],
        tax_id="0000000018",
        kpp="000001001",
        okpo="",
        registration="000000, Условный край, дом 1",
        address="Условный край",
        contacts=[("Телефон рабочий", " +7000 000-00-01"), ("Электронная почта", "info@example.test")],
        representatives=[("Контактное лицо", "Образцов Пётр")],
        requisites=[("ТипЦенId", "t1"), ("ТипЦенId", "t2")],
    )
    assert one(row) == Contragent(
        onec_id="c1",
        name="Пример ООО",
        official_name='ООО "Пример"',
        full_name=None,
        roles=("Покупатель",),
        tax_id="0000000018",
        kpp="000001001",
        okpo="",
        legal_address="000000, Условный край, дом 1",
        address="Условный край",
        contacts=(("Телефон рабочий", "+7000 000-00-01"), ("Электронная почта", "info@example.test")),
        representatives=(("Контактное лицо", "Образцов Пётр"),),
        requisites=(("ТипЦенId", "t1"), ("ТипЦенId", "t2")),
        is_marked=False,
    )


def test_what_is_not_written_is_absent() -> None:
    nothing = dict.fromkeys(("official_name", "full_name", "tax_id", "kpp", "okpo", "legal_address", "address"))
    empty: dict[str, tuple[str, ...]] = {"roles": (), "contacts": (), "representatives": (), "requisites": ()}
    assert one(BARE)._asdict() == {"onec_id": "c1", "name": "Пример", "is_marked": False} | nothing | empty


def test_a_person_has_a_full_name_and_no_official_one() -> None:
    record = one(contragent(full_name="Образцов Пётр Ильич"))
    assert (record.official_name, record.full_name) == (None, "Образцов Пётр Ильич")


def test_a_role_may_be_repeated() -> None:
    assert one(contragent(roles=["Поставщик", " Покупатель ", ""])).roles == ("Поставщик", "Покупатель")


def test_a_marked_contragent_is_read_and_marked() -> None:
    assert one(contragent(marked="Да")).is_marked


def test_the_tax_numbers_may_stand_in_a_block_of_their_own() -> None:
    block = "<Реквизиты><ИНН>0000000018</ИНН><КПП>000001001</КПП><КодПоОКПО>00000001</КодПоОКПО></Реквизиты>"
    record = with_extra(block)
    assert (record.tax_id, record.kpp, record.okpo) == ("0000000018", "000001001", "00000001")


def test_the_tax_numbers_beside_the_block_win() -> None:
    row = contragent(tax_id="0000000018", kpp="", extra="<Реквизиты><ИНН>0</ИНН><КПП>000001001</КПП></Реквизиты>")
    assert (one(row).tax_id, one(row).kpp) == ("0000000018", "000001001")


def test_an_address_without_its_text_is_put_together_from_its_fields() -> None:
    fields = "".join(
        f"<АдресноеПоле><Тип>{kind}</Тип><Значение>{value}</Значение></АдресноеПоле>"
        for kind, value in [("Почтовый индекс", "000000"), ("Город", ""), ("Улица", " Первая ул ")]
    )
    record = with_extra(f"<АдресРегистрации><Представление/>{fields}</АдресРегистрации>")
    assert record.legal_address == "000000, Первая ул"


def test_the_text_of_an_address_wins_over_its_fields() -> None:
    field = "<АдресноеПоле><Тип>Город</Тип><Значение>Другой</Значение></АдресноеПоле>"
    assert with_extra(f"<Адрес>{field}<Представление>Условный край</Представление></Адрес>").address == "Условный край"


def test_an_address_with_nothing_in_it_is_empty_and_not_absent() -> None:
    assert with_extra("<Адрес><Представление/></Адрес>").address == ""


def test_the_address_of_a_bank_is_not_that_of_its_client() -> None:
    bank = "<Банк><Наименование>Банк</Наименование><Адрес><Представление>Другой</Представление></Адрес></Банк>"
    account = f"<РасчетныеСчета><РасчетныйСчет>{bank}</РасчетныйСчет></РасчетныеСчета>"
    record = with_extra(account)
    assert (record.address, record.name) == (None, "Контрагент c1")


def test_a_representative_may_be_written_as_a_contragent_inside() -> None:
    inner = "<Контрагент><Ид>p1</Ид><Наименование>Тестова Анна</Наименование><Роль>Покупатель</Роль></Контрагент>"
    people = f"<Представитель><Отношение>Контактное лицо</Отношение>{inner}</Представитель>"
    record = one(contragent("c1", roles=[], extra=f"<Представители>{people}</Представители>"))
    assert record.representatives == (("Контактное лицо", "Тестова Анна"),)
    assert (record.onec_id, record.roles) == ("c1", ())


def test_a_contact_without_a_value_is_left_out() -> None:
    assert with_extra("<Контакты><Контакт><Тип>Факс</Тип></Контакт></Контакты>").contacts == ()


@pytest.mark.parametrize("section", ["Классификатор", "Каталог"])
def test_the_container_may_stand_deeper(section: str) -> None:
    content = file_xml(f"<{section}><Контрагенты>{BARE}</Контрагенты></{section}>", namespace=COMMERCEML_2)
    assert [record.onec_id for record in read(Kind.CONTRAGENTS, content)] == ["c1"]


PERSON = "<Представитель><Контрагент><Наименование>Тестова Анна</Наименование></Контрагент></Представитель>"
MANY = contragents_xml(
    contragent(f"c{n}", extra=f"<Представители>{PERSON * (n % 4)}</Представители>") for n in range(80)
)


@given(length=st.integers(2500, 30_000))
def test_a_large_packet_is_cut_between_contragents_and_never_inside_one(length: int) -> None:
    slices = slices_of(BytesIO(MANY), len(MANY), SHAPES[Kind.CONTRAGENTS], length)
    assert slices is not None
    *others, last = (MANY[begin:end] for begin, end in slices.spans)
    parts = [slices.head + part + slices.tail for part in others] + [slices.head + last]
    assert list(chain(*(read(Kind.CONTRAGENTS, part) for part in parts))) == read(Kind.CONTRAGENTS, MANY)


def sample_packets() -> list[Path]:
    named = ((parse_file_name(path.name), path) for path in SAMPLE.rglob("*.xml"))
    return [path for name, path in named if name is not None and name.kind is Kind.CONTRAGENTS]


@pytest.mark.skipif(not sample_packets(), reason="no contragents in a sample export beside the project")
def test_the_contragents_of_the_sample_export_are_read() -> None:
    """Counts alone are known here. Source: facts, section 3.1."""
    records: list[Contragent] = []
    for path in sample_packets():
        with path.open("rb") as stream:
            records += (record for record in READERS[Kind.CONTRAGENTS](stream, "x") if isinstance(record, Contragent))
    assert len(records) == 37
    assert sum(bool(record.official_name) for record in records) == 18
    assert sum(len(record.contacts) for record in records) == 9
    assert sum(record.is_marked for record in records) == 1
