"""Files that are refused, and what is said about them."""

import contextlib
import pickle
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.commerceml.packet import read_header
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml.helpers import packet, read
from freesport_pipelines_tests.commerceml_xml import file_xml, good, goods_xml

CLOSING_TAG = "</КоммерческаяИнформация>".encode()


def refusal(content: bytes, kind: Kind = Kind.GOODS) -> PacketError:
    with pytest.raises(PacketError) as caught:
        read(kind, content)
    return caught.value


def test_a_refusal_names_file_line_problem_expectation_and_remedy() -> None:
    error = refusal(goods_xml([good("g1"), good("g2", extra="<Открыт>")], bom=False))
    assert error.file == "goods.xml"
    assert error.line is not None
    assert error.line > 20
    assert "Открыт" in error.problem
    assert str(error) == (
        f"goods.xml, line {error.line}: {error.problem}; expected well-formed XML up to </КоммерческаяИнформация>. "
        "Выгрузите файл из 1С ещё раз."
    )


def test_a_refusal_survives_pickling() -> None:
    error = refusal(b"")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (b"<!DOCTYPE html><html><body>502</body></html>", "web page"),
        (b"<html><body>502</body></html>", "web page"),
        (b"failure\nno such file", "this is not XML"),
        (b"PK\x03\x04rest of an archive", "ZIP archive"),
        (bytes(range(256)), "binary"),
        ("<КоммерческаяИнформация/>".encode("utf-16"), "UTF-16"),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "encoding 'UTF-7' is not supported"),
        (b'<?xml version="1.0"?><catalog/>', "the root element is <catalog>"),
        ("<КоммерческаяИнформаци/>".encode(), "the root element is <КоммерческаяИнформаци>"),
        (b'<?xml version="1.0"?><!-- never closed', "no root element"),
        ("<КоммерческаяИнформация>".encode() + b"\xff\xfe" + CLOSING_TAG, "damaged"),
    ],
)
def test_what_is_no_packet_is_refused_with_its_reason(content: bytes, problem: str) -> None:
    assert problem in str(refusal(content))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE КоммерческаяИнформация>",
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        "<!-- first a comment -->\n<!doctype x>",
        "<?pi ?>\n\n<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_a_doctype_is_refused_by_readers_and_by_the_header(doctype: str, encoding: str) -> None:
    content = goods_xml([good()], prolog=doctype, encoding=encoding)
    assert "DOCTYPE" in refusal(content).problem
    with pytest.raises(PacketError, match="DOCTYPE"):
        read_header(BytesIO(content), "goods.xml")


def test_a_doctype_that_is_only_text_of_a_comment_is_none() -> None:
    assert len(read(Kind.GOODS, goods_xml([good()], prolog="<!-- <!DOCTYPE x> -->"))) == 1


def test_an_entity_without_doctype_is_refused() -> None:
    assert "damaged" in refusal(goods_xml([good(extra="<Описание>&anything;</Описание>")])).problem


def test_text_after_the_root_is_refused() -> None:
    assert "damaged" in refusal(goods_xml([good()]) + b"<b>PHP warning</b>").problem


def test_the_wrong_root_is_refused_before_its_body_is_read() -> None:
    stream = BytesIO(b"<catalog>" + b" " * 5_000_000 + b"</catalog>")
    with pytest.raises(PacketError, match="root element is <catalog>"):
        next(READERS[Kind.GOODS](stream, "goods.xml"))
    assert stream.tell() < 2_000_000


def test_a_root_alone_is_refused() -> None:
    assert "there is no <Каталог>" in refusal(file_xml()).problem


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(READERS)), data=st.data())
def test_a_file_that_was_cut_never_passes_for_a_whole_one(kind: Kind, data: st.DataObject) -> None:
    content = packet(kind)
    end = content.rindex(CLOSING_TAG) + len(CLOSING_TAG)
    refusal(content[: data.draw(st.integers(0, end - 1))], kind)


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_file_that_was_cut_between_two_rows_is_said_to_be_cut(kind: Kind) -> None:
    content = packet(kind)
    error = refusal(content[: content.rindex(b"\n<", 0, len(content) // 2)], kind)
    assert "cut short" in error.problem
    assert error.line is not None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_random_bytes_give_rows_or_a_refusal_and_nothing_else(noise: bytes, position: int) -> None:
    content = bytearray(packet(Kind.GOODS))
    content[position : position + len(noise)] = noise
    with contextlib.suppress(PacketError):
        read(Kind.GOODS, bytes(content))
