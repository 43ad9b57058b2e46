"""The common envelope of CommerceML 3.1 files and their packets. Knows nothing of what a packet carries."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from freesport_pipelines.demo.ids import id_maker, packet_uuid
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines.domain.kinds import Kind

_CHUNK = 50
"""Rows that are joined and written at once."""
_NODE = "Обмен с сайтом (демо)"
_ROOT = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3" xmlns:xs="http://www.w3.org/2001/XMLSchema" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ВерсияСхемы="3.1" ДатаФормирования="{formed}" Ид="{node}">
"""
_END = "</КоммерческаяИнформация>"
_CATALOG = """\t<Каталог СодержитТолькоИзменения="true">
\t\t<Ид>{id}</Ид>
\t\t<ИдКлассификатора>{id}</ИдКлассификатора>
\t\t<Наименование>Товары 1С</Наименование>
"""
_CATALOG_END = "\t\t<Описание>Товары 1С</Описание>\n\t</Каталог>\n"
_PACKAGE = """\t<ПакетПредложений СодержитТолькоИзменения="true">
\t\t<Ид>#{id}</Ид>
\t\t<Наименование>Пакет предложений (Товары 1С)</Наименование>
\t\t<ИдКаталога>{id}</ИдКаталога>
\t\t<ИдКлассификатора>{id}</ИдКлассификатора>
"""
_PACKAGE_END = "\t</ПакетПредложений>\n"
_CLASSIFIER = """\t<Классификатор СодержитТолькоИзменения="true">
\t\t<Ид>{id}</Ид>
\t\t<Наименование>Товары 1С</Наименование>
\t\t<{list}>
"""
_CONTRAGENTS = '\t<Контрагенты СодержитТолькоИзменения="false">\n'
_CONTRAGENTS_END = "\t</Контрагенты>\n"
_CLASSIFIER_END = "\t\t</{list}>\n\t</Классификатор>\n"


class Frames:
    """What stands before and after the rows of each kind of file."""

    def __init__(self, catalog_id: str) -> None:
        self._catalog = _CATALOG.format(id=catalog_id)
        self._package = _PACKAGE.format(id=catalog_id)
        self._id = catalog_id

    def classifier(self, list_tag: str) -> tuple[str, str]:
        """Frame of a reference file with an empty catalogue header."""
        return self._framed(self._catalog + _CATALOG_END, list_tag)

    def offers_classifier(self, list_tag: str) -> tuple[str, str]:
        """Frame of a reference file with an empty package header (propertiesOffers)."""
        return self._framed(self._package + _PACKAGE_END, list_tag)

    def catalog(self) -> tuple[str, str]:
        """Frame of goods."""
        return self._catalog + "\t\t<Товары>\n", "\t\t</Товары>\n" + _CATALOG_END

    def package(self) -> tuple[str, str]:
        """Frame of offers, prices and rests."""
        return self._package + "\t\t<Предложения>\n", "\t\t</Предложения>\n" + _PACKAGE_END

    def contragents(self) -> tuple[str, str]:
        """Frame of contragents: no catalogue, no package, and the one kind that does not claim to be changes."""
        return _CONTRAGENTS, _CONTRAGENTS_END

    def _framed(self, header: str, list_tag: str) -> tuple[str, str]:
        opening = header + _CLASSIFIER.format(id=self._id, list=list_tag)
        return opening, _CLASSIFIER_END.format(list=list_tag)


@dataclass
class Unload:
    """One unload of 1C into a folder: names and dates the files and counts them."""

    plan: DemoPlan
    out: Path
    files: int = 0
    bytes_written: int = 0
    frames: Frames = field(init=False)
    _now: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock of 1C."""
        self.frames = Frames(id_maker(self.plan.seed, "catalog")(0))
        self._now = self.plan.starts_at

    def write(self, kind: Kind, frame: tuple[str, str], rows: Iterable[str], limit: int) -> None:
        """Write the rows as packets of at most `limit`; no rows, no file. A kind not asked for is only counted."""
        stream = iter(rows)
        self._now += timedelta(seconds=2)
        for packet, first in enumerate(stream, start=1):
            self._now += timedelta(seconds=1)
            rows_of_packet = chain((first,), islice(stream, limit - 1))
            if kind not in self.plan.kinds:
                deque(rows_of_packet, maxlen=0)
                continue
            name = self._name(kind, packet)
            folder = self.out / kind
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("wb") as file:
                self._write_packet(file, frame, rows_of_packet)
            self.files += 1

    def _name(self, kind: Kind, packet: int) -> str:
        """Two numbers and a uuid; contragents have one number. Source: facts, section 1.0."""
        numbers = packet if kind is Kind.CONTRAGENTS else f"1_{packet}"
        return f"{kind}_{numbers}_{packet_uuid(self.plan.seed, self.plan.starts_at, kind, packet)}.xml"

    def _write_packet(self, file: BinaryIO, frame: tuple[str, str], rows: Iterator[str]) -> None:
        opening = _ROOT.format(formed=self._now.isoformat(timespec="seconds"), node=_NODE) + frame[0]
        self.bytes_written += file.write(opening.encode())
        while chunk := "".join(islice(rows, _CHUNK)):
            self.bytes_written += file.write(chunk.encode())
        self.bytes_written += file.write((frame[1] + _END).encode())
