"""A whole real export, where one lies beside the repository: only its counts are known here."""

from collections import Counter
from pathlib import Path

import pytest

from freesport_pipelines.commerceml.file_names import parse_file_name
from freesport_pipelines.commerceml.packet import ends_complete, read_header
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind

SAMPLE = Path(__file__).parents[3] / "shared" / "sample-export"


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no sample export beside the repository")
def test_the_whole_sample_export_is_read() -> None:
    ids: dict[Kind, set[str]] = {kind: set() for kind in READERS}
    rows: Counter[Kind] = Counter()
    for path in sorted(SAMPLE.rglob("*.xml")):
        name = parse_file_name(str(path))
        assert name is not None
        assert ends_complete(path.read_bytes()[-200:])
        with path.open("rb") as stream:
            assert read_header(stream, path.name).formed_at is not None
        with path.open("rb") as stream:
            for row in READERS[name.kind](stream, path.name):
                rows[name.kind] += 1
                ids[name.kind].add(row.onec_id)
    assert {kind: len(found) for kind, found in ids.items()} == {
        Kind.PRICE_LISTS: 6,
        Kind.STORAGES: 2,
        Kind.PROPERTIES_GOODS: 433,
        Kind.PROPERTIES_OFFERS: 54,
        Kind.UNITS: 18,
        Kind.GROUPS: 119,
        Kind.GOODS: 3,
        Kind.OFFERS: 3,
        Kind.PRICES: 4,
        Kind.RESTS: 5,
        Kind.CONTRAGENTS: 0,
    }
    assert rows[Kind.GROUPS] == 119
    assert rows[Kind.PROPERTIES_GOODS] == 441, "the brand is repeated in each of the nine packets"
