"""Customers of the platform as a contragents packet for 1C, written piece by piece. Personal data.

Belongs here: the shape of the file. Which customers are sent, and when, is decided by those who call.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from freesport_pipelines.commerceml.packet import EXCHANGE, FORMED_AT, ONLY_CHANGES, SCHEMA_VERSION
from freesport_pipelines.commerceml.prolog import ROOT
from freesport_pipelines.domain.contragents import BUYER, LEGAL_ENTITY, PLATFORM_ID_REQUISITE
from freesport_pipelines.domain.outgoing import OutgoingCustomer

NAMESPACE = "urn:1C.ru:commerceml_3"
NODE = "freesport"
ENCRYPTED = "enc:"
"""How a value begins that was encrypted; a Fernet token follows."""
_ENCRYPTION, _FERNET = "Шифрование", "Fernet"
_CONTACT_PERSON, _PHONE, _EMAIL = "Контактное лицо", "Телефон рабочий", "Электронная почта"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, whatever the escaping."""

Encrypt = Callable[[str], str]


class _Names(NamedTuple):
    """`<Наименование>`, and the longer name under the tag that says what the customer is."""

    shown: str
    tag: str
    full: str
    is_personal: bool


def write_contragents(
    stream: BinaryIO, customers: Iterable[OutgoingCustomer], formed_at: datetime, encrypt: Encrypt | None
) -> int:
    """Write the packet to `stream` and return how many customers it holds.

    Source: facts, sections 1.11 and 3.3.

    :param formed_at: local time of the shop, as 1C writes it; an offset is left out
    :param encrypt: what makes tokens of personal values; None writes them as they are
    """
    written = 0
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        packet = _Packet(file, encrypt)
        about_file = {
            SCHEMA_VERSION: "3.1",
            FORMED_AT: formed_at.replace(tzinfo=None).isoformat(timespec="seconds"),
            EXCHANGE: NODE,
        }
        about_rows = {ONLY_CHANGES: "true"} | ({_ENCRYPTION: _FERNET} if encrypt else {})
        root = file.element(_qualified(ROOT), about_file, nsmap={None: NAMESPACE})
        with root, packet.block("Контрагенты", about_rows):
            for written, customer in enumerate(customers, start=1):  # noqa: B007 - the count is the answer
                _write(packet, customer)
    return written


class _Packet:
    """The open file: elements of the one namespace, texts that XML can hold, tokens for personal values."""

    def __init__(self, file: Any, encrypt: Encrypt | None) -> None:
        self._file, self._encrypt = file, encrypt

    @contextmanager
    def block(self, tag: str, attributes: dict[str, str] | None = None) -> Iterator[None]:
        """An element with others in it; every element begins on a line of its own."""
        with self._file.element(_qualified(tag), attributes or {}):
            self._file.write("\n")
            yield
        self._file.write("\n")

    def text(self, tag: str, value: str) -> None:
        """An element with a text."""
        with self._file.element(_qualified(tag)):
            self._file.write(_ILLEGAL.sub("", value))
        self._file.write("\n")

    def personal(self, tag: str, value: str) -> None:
        """An element with a text that nobody but 1C may read."""
        value = _ILLEGAL.sub("", value)
        self.text(tag, f"{ENCRYPTED}{self._encrypt(value)}" if self._encrypt else value)


def _write(packet: _Packet, customer: OutgoingCustomer) -> None:
    names = _names(customer)
    write_name = packet.personal if names.is_personal else packet.text
    with packet.block("Контрагент"):
        packet.text("Ид", customer.onec_id or customer.platform_id)
        packet.text("ПометкаУдаления", str(customer.is_marked).lower())
        write_name("Наименование", names.shown)
        write_name(names.tag, names.full)
        packet.text("Роль", BUYER)
        for tag, number in (("ИНН", customer.tax_id), ("КПП", customer.kpp)):
            if number:
                packet.personal(tag, number)
        if customer.contact_person:
            with packet.block("Представители"), packet.block("Представитель"):
                packet.text("Отношение", _CONTACT_PERSON)
                packet.personal("Наименование", customer.contact_person)
        if customer.legal_address:
            with packet.block("АдресРегистрации"):
                packet.personal("Представление", customer.legal_address)
        _write_contacts(packet, customer)
        with packet.block("ЗначенияРеквизитов"), packet.block("ЗначениеРеквизита"):
            packet.text("Наименование", PLATFORM_ID_REQUISITE)
            packet.text("Значение", customer.platform_id)


def _write_contacts(packet: _Packet, customer: OutgoingCustomer) -> None:
    """`<Контакты>` is there also without any, as in the files of 1C."""
    with packet.block("Контакты"):
        for kind, value in ((_PHONE, customer.phone), (_EMAIL, customer.email)):
            if value:
                with packet.block("Контакт"):
                    packet.text("Тип", kind)
                    packet.personal("Значение", value)


def _names(customer: OutgoingCustomer) -> _Names:
    """1C refuses a contragent without a name: the platform's id stands in where nothing is known."""
    person = " ".join(filter(None, (customer.last_name, customer.first_name, customer.middle_name)))
    if customer.customer_type == LEGAL_ENTITY:
        name = customer.company_name or person or customer.platform_id
        return _Names(name, "ОфициальноеНаименование", name, is_personal=not customer.company_name)
    name = person or customer.company_name or customer.platform_id
    return _Names(name, "ПолноеНаименование", name, is_personal=True)


def _qualified(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
