"""Reading takes the same memory whatever the size of the file."""

import io
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.commerceml.rests import read_rests
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import rest, rests_xml

ROWS = 60_000


class ShortReads(io.BytesIO):
    """A remote file that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size, 7) if size is not None and size >= 0 else 7)


def test_rows_come_before_the_file_has_been_read() -> None:
    stream = io.BytesIO(rests_xml(rest(f"g{n}", {"w1": "1"}) for n in range(20_000)))
    assert next(READERS[Kind.RESTS](stream, "rests.xml")).onec_id == "g0"
    assert stream.tell() < len(stream.getvalue()) / 2


def test_a_stream_may_give_short_pieces() -> None:
    stream = ShortReads(rests_xml(rest(f"g{n}", {"w1": str(n)}) for n in range(200)))
    assert [row.quantities for row in read_rests(stream, "x")] == [(("w1", str(n)),) for n in range(200)]


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 5000])
def test_rows_are_whole_wherever_the_pieces_are_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = rests_xml(rest(f"g{n}", {"w1": str(n), "w2": "0"}, extra=" " * n) for n in range(400))
    expected = list(READERS[Kind.RESTS](io.BytesIO(content), "x"))
    assert len(expected) == 400
    for module in ("stream", "flat"):
        monkeypatch.setattr(f"freesport_pipelines.commerceml.{module}.CHUNK_SIZE", size)
        monkeypatch.setattr(f"freesport_pipelines.commerceml.{module}.HEAD_SIZE", 1024)
    assert list(READERS[Kind.RESTS](io.BytesIO(content), "x")) == expected


SCRIPT = """
    import sys
    from freesport_pipelines.commerceml.readers import READERS
    from freesport_pipelines.domain.kinds import Kind
    from freesport_pipelines_tests.peak_memory import peak_megabytes

    before, count = peak_megabytes(), 0
    with open(sys.argv[1], "rb") as stream:
        try:
            for _ in READERS[Kind(sys.argv[2])](stream, "x"):
                count += 1
        except Exception as error:
            count = type(error).__name__
    print(count, peak_megabytes() - before)
"""


def _grown(path: str, kind: Kind) -> Iterator[str]:
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), path, kind]
    return iter(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("large") / "rests.xml"
    path.write_bytes(rests_xml(rest(f"g{n:0100}", {"w1": "1", "w2": "2"}) for n in range(ROWS)))
    assert path.stat().st_size > 25_000_000
    return str(path)


def test_memory_does_not_grow_with_the_file(large: str) -> None:
    count, megabytes = _grown(large, Kind.RESTS)
    assert int(count) == ROWS
    assert float(megabytes) < 30


def test_memory_does_not_grow_while_a_file_of_another_kind_is_refused(large: str) -> None:
    error, megabytes = _grown(large, Kind.GROUPS)
    assert error == "PacketError"
    assert float(megabytes) < 30
