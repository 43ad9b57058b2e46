"""What every reader does with the wrapping of a file: namespaces, encodings, sections that are empty or absent."""

import pytest

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml.helpers import packet, read
from freesport_pipelines_tests.commerceml_xml import COMMERCEML_2, COMMERCEML_3, COMMERCEML_210

KINDS = sorted(READERS)
REFERENCE_KINDS = sorted(set(KINDS) - {Kind.GOODS, Kind.OFFERS, Kind.PRICES, Kind.RESTS})


def test_every_kind_has_a_reader() -> None:
    assert set(READERS) == set(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_any_namespace_or_none_gives_the_same_rows(kind: Kind) -> None:
    rows = [read(kind, packet(kind, {"namespace": uri})) for uri in (COMMERCEML_3, COMMERCEML_2, COMMERCEML_210, None)]
    assert len(rows[0]) == 2
    assert rows == [rows[0]] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_prefixed_namespace_gives_the_same_rows(kind: Kind) -> None:
    text = packet(kind, {"bom": False, "declaration": False}).decode()
    prefixed = text.replace("</", "\0").replace("<", "<k:").replace("\0", "</k:").replace(" xmlns=", " xmlns:k=")
    assert read(kind, prefixed.encode()) == read(kind, packet(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_byte_order_mark_encoding_and_declaration_do_not_change_the_rows(kind: Kind) -> None:
    expected = read(kind, packet(kind))
    assert read(kind, packet(kind, {"bom": False})) == expected
    assert read(kind, packet(kind, {"bom": False, "declaration": False})) == expected
    assert read(kind, packet(kind, {"encoding": "windows-1251"})) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_container_yields_nothing(kind: Kind) -> None:
    assert read(kind, packet(kind, empty=True)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_without_its_container_yields_nothing(kind: Kind) -> None:
    assert read(kind, packet(kind, header_only=True)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_package_and_container_is_refused(kind: Kind) -> None:
    content = packet(Kind.GOODS if kind is not Kind.GOODS else Kind.OFFERS)
    with pytest.raises(PacketError, match="there is no <"):
        read(kind, content)


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_file_of_another_kind_is_refused(kind: Kind) -> None:
    other = Kind.UNITS if kind is not Kind.UNITS else Kind.STORAGES
    with pytest.raises(PacketError, match=r"another kind|there is no <"):
        read(kind, packet(other))


def test_comments_and_processing_instructions_are_not_there() -> None:
    text = packet(Kind.GOODS).decode("utf-8-sig")
    noisy = text.replace("<Ид>g1<", "<!-- a --><Ид>g<!-- b -->1<?c?><").replace("<Товары>", "<Товары><!-- d --><?e?>")
    assert read(Kind.GOODS, noisy.encode()) == read(Kind.GOODS, packet(Kind.GOODS))


def test_character_data_sections_are_text() -> None:
    text = packet(Kind.GOODS).decode("utf-8-sig").replace("<Ид>g1<", "<Ид><![CDATA[<g&1>]]><")
    assert read(Kind.GOODS, text.encode())[0].onec_id == "<g&1>"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {Kind.UNITS}))
def test_a_row_without_id_is_yielded_with_an_empty_one(kind: Kind) -> None:
    text = packet(kind).decode("utf-8-sig")
    for onec_id in ("t1", "w1", "p1", "c1", "g1", "g1#a"):
        text = text.replace(f"<Ид>{onec_id}</Ид>", "", 1)
    assert read(kind, text.encode())[0].onec_id == ""
    assert len(read(kind, text.encode())) == 2


@pytest.mark.parametrize("kind", [*REFERENCE_KINDS, Kind.GOODS, Kind.OFFERS])
@pytest.mark.parametrize("mark", ["true", "1", "Да", " TRUE "])
def test_a_deletion_mark_may_be_spelled_in_several_ways(kind: Kind, mark: str) -> None:
    text = packet(kind).decode("utf-8-sig").replace(">false</ПометкаУдаления>", f">{mark}</ПометкаУдаления>")
    assert all(row.is_marked for row in read(kind, text.encode()))


@pytest.mark.parametrize("status", ["Удален", " удалён "])
def test_a_status_of_two_point_x_marks_as_well(status: str) -> None:
    text = packet(Kind.GOODS).decode("utf-8-sig")
    as_attribute = text.replace("<Товар>", f'<Товар Статус="{status}">')
    as_element = text.replace("<Товар>", f"<Товар><Статус>{status}</Статус>")
    for content in (as_attribute, as_element):
        assert [row.is_marked for row in read(Kind.GOODS, content.encode())] == [True, True]
    other = text.replace("<Товар>", '<Товар Статус="Изменен">')
    assert [row.is_marked for row in read(Kind.GOODS, other.encode())] == [False, True]
