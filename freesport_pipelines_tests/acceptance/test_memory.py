"""A whole import in bounded memory, whatever the size of the files. Check 54 of the facts."""

import subprocess
import sys
from pathlib import Path

from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    offer,
    offers_xml,
    price,
    prices_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
    write_export,
)

SKUS, PER_GOODS = 20_000, 40
SCRIPT = """
import sys
from pathlib import Path
from freesport_pipelines_tests.peak_memory import peak_megabytes as peak
from freesport_pipelines_tests.shop import ShopUnderTest

folder = Path(sys.argv[1])
shop = ShopUnderTest(f"sqlite:///{folder / 'shop.db'}", folder)
assert shop.import_folder(folder / "small").status == "published"
before = peak()
assert shop.import_folder(folder / "large").status == "published"
print(shop.count("products", "retail_price = 5 AND stock_quantity = 6"), peak() - before)
"""


def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    """Check 54: 500 goods, 20 000 SKUs in packets of thousands, 60 000 stock rows, a dictionary of 10 000 values."""
    write_export(tmp_path / "small", export())
    size = _write_large(tmp_path / "large")
    assert size > 30_000_000
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    count, megabytes = done.stdout.split()
    assert int(count) == SKUS
    assert float(megabytes) < 120


def _write_large(folder: Path) -> int:
    ids = [f"g{n // PER_GOODS}#{n:0100}" for n in range(SKUS)]
    goods = (good(f"g{n}", description="Описание " * 200) for n in range(SKUS // PER_GOODS))
    values = {f"v{n}": f"Значение {n}" for n in range(10_000)}
    files = {
        "groups.xml": export()["groups/groups_1_1_<uuid>.xml"],
        "propertiesGoods.xml": properties_xml("propertiesGoods", [prop("p1", values=values)]),
        "goods.xml": goods_xml(goods),
        "offers.xml": offers_xml(offer(onec_id) for onec_id in ids),
        "prices.xml": prices_xml(price(onec_id, {RRP: "5"}) for onec_id in ids),
        "rests.xml": rests_xml(rest(onec_id, {"w1": "1", "w2": "2", "w3": "3"}) for onec_id in ids),
    }
    write_export(folder, files)
    return sum(len(content) for content in files.values())
