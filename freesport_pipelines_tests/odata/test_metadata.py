"""`$metadata` is parsed as a stream, and only what we use is kept."""

import subprocess
import sys
import textwrap

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.classify import Answer, Target
from freesport_pipelines.odata.metadata import Metadata, read_metadata

NAMESPACE = "http://schemas.microsoft.com/ado/2009/11/edm"
TARGET = Target("http://x/$metadata", "$metadata")


def edmx(*names: str, fields: int = 2) -> bytes:
    types = "".join(
        f'<EntityType Name="{name}"><Key><PropertyRef Name="Ref_Key"/></Key>'
        + "".join(f'<Property Name="Поле{n}" Type="Edm.String"/>' for n in range(fields))
        + '<NavigationProperty Name="Владелец"/></EntityType>'
        for name in names
    )
    sets = "".join(f'<EntitySet Name="{name}" EntityType="StandardODATA.{name}"/>' for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"><edmx:DataServices>'
        f'<Schema xmlns="{NAMESPACE}" Namespace="StandardODATA">{types}'
        f'<EntityContainer Name="EnterpriseV8">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'
    ).encode()


def read(body: bytes, *wanted: str) -> Metadata:
    return read_metadata(Answer(200, {}, body), TARGET, wanted)


def test_wanted_entities_are_found_with_their_fields() -> None:
    found = read(edmx("Catalog_A", "Catalog_B"), "Catalog_B", "Catalog_C")
    assert {name: set(entity.fields) for name, entity in found.entities.items()} == {"Catalog_B": {"Поле0", "Поле1"}}
    assert found.published == 2


def test_a_base_that_publishes_nothing_is_empty() -> None:
    assert read(edmx(), "Catalog_A") == Metadata({}, 0)


@pytest.mark.parametrize("body", [b"<html><body>login</body></html>", b"", b"no xml", b"<a/>"])
def test_something_else_is_refused(body: bytes) -> None:
    with pytest.raises(errors.FormatError):
        read(body, "Catalog_A")


def test_metadata_that_are_cut_short_are_asked_for_again() -> None:
    with pytest.raises(errors.BrokenBodyError) as raised:
        read(edmx("Catalog_A")[:-100], "Catalog_A")
    assert raised.value.attempts > 1


SCRIPT = """
    from freesport_pipelines_tests.odata.test_metadata import edmx, read
    from freesport_pipelines_tests.peak_memory import peak_megabytes

    body = edmx(*(f"Catalog_{n}" for n in range(4000)), fields=60)
    before = peak_megabytes()
    print(read(body, "Catalog_7").published, len(body) / 2**20, peak_megabytes() - before)
"""


def test_memory_does_not_grow_with_what_is_not_wanted() -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(SCRIPT)], check=True, capture_output=True, text=True)
    published, body, grown = (float(text) for text in done.stdout.split())
    assert published == 4000
    assert body > 10
    assert grown < 10
