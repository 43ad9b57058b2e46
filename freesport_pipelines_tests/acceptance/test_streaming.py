"""Packets of the sizes that 1C writes are read as a stream, in memory that does not add up. Check 54 of the facts."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    price,
    prices_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
)

VALUES = {f"v{n}": f"Значение {n}" for n in range(10_000)}
PACKETS: dict[Kind, tuple[int, Callable[[int], bytes]]] = {
    Kind.GOODS: (500, lambda count: goods_xml(good(f"g{n}", description="Описание " * 200) for n in range(count))),
    Kind.PRICES: (1000, lambda count: prices_xml(price(f"g{n}#a", {"t1": "5", "t2": "6"}) for n in range(count))),
    Kind.RESTS: (3000, lambda count: rests_xml(rest(f"g{n}#a", {"w1": "1", "w2": "2"}) for n in range(count))),
    Kind.PROPERTIES_GOODS: (
        1,
        lambda count: properties_xml("propertiesGoods", [prop(f"p{n}", values=VALUES) for n in range(count)]),
    ),
}
"""Per kind: how many rows a packet of check 54 has, and how to write one of any size."""
FEW, MANY = 4, 20
"""How many packets' worth of rows a file has; from FEW on the buffers of the parser are full."""
LITTLE_MEGABYTES = 6
KINDS = pytest.mark.parametrize("kind", PACKETS, ids=["500 goods", "1000 prices", "3000 rests", "10000 values"])

SCRIPT = """
import sys
from freesport_pipelines.commerceml.readers import READERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.peak_memory import peak_megabytes

with open(sys.argv[2], "rb") as stream:
    rows = sum(1 for _ in READERS[Kind(sys.argv[1])](stream, "packet.xml"))
print(rows, peak_megabytes())
"""


@KINDS
def test_the_first_row_comes_long_before_the_file_has_been_read(kind: Kind) -> None:
    """Check 54: a file is read in pieces, and a row is handed on when it is complete."""
    count, write = PACKETS[kind]
    stream = io.BytesIO(write(count * FEW))
    rows = iter(READERS[kind](stream, "packet.xml"))
    next(rows)
    assert stream.tell() < len(stream.getvalue()) / 2
    assert 1 + sum(1 for _ in rows) == count * FEW


@KINDS
def test_a_file_five_times_as_large_takes_no_more_memory(kind: Kind, tmp_path: Path) -> None:
    """Check 54: what is held is a row (of a dictionary: one property) and a piece of the file."""
    count, _ = PACKETS[kind]
    few, many = (_read_in_a_process_of_its_own(kind, times, tmp_path) for times in (FEW, MANY))
    assert (few.rows, many.rows) == (count * FEW, count * MANY)
    assert many.megabytes - few.megabytes < LITTLE_MEGABYTES < (many.file_size - few.file_size) / 1e6


class Read(NamedTuple):
    file_size: int
    rows: int
    megabytes: float


def _read_in_a_process_of_its_own(kind: Kind, times: int, folder: Path) -> Read:
    count, write = PACKETS[kind]
    path = folder / "packet.xml"
    path.write_bytes(write(count * times))
    command = [sys.executable, "-c", SCRIPT, str(kind), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    rows, megabytes = done.stdout.split()
    return Read(path.stat().st_size, int(rows), float(megabytes))
