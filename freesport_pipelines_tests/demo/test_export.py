"""The files of a demo export: determinism, envelope, packets, memory, and the traps that the rows must hold."""

import hashlib
import re
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines_tests.demo.recount import NS, Shop, fingerprint, packets, text

SMALL = DemoPlan(goods=60, properties_per_good=6)
LIMITS = {"goods": 500, "offers": 500, "prices": 1000, "rests": 1000}
ROWS = {"goods": "Товар", "offers": "Предложение", "prices": "Предложение", "rests": "Предложение"}
ARRIVAL = ["priceLists", "storages", "propertiesGoods", "propertiesOffers", "units", "groups", *ROWS]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with packets beyond number ten."""
    out = tmp_path_factory.mktemp("large")
    write_demo_export(DemoPlan(goods=5100, offers_per_good=2, properties_per_good=2), out)
    return out


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default export."""
    out = tmp_path_factory.mktemp("usual")
    write_demo_export(DemoPlan(), out)
    return out


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    write_demo_export(SMALL, tmp_path / "a")
    write_demo_export(SMALL, tmp_path / "b")
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_the_bytes_are_pinned_across_machines_and_versions(tmp_path: Path) -> None:
    """Change this value knowingly: every committed drop and every remembered total changes with it."""
    write_demo_export(SMALL, tmp_path)
    whole = hashlib.sha256(repr(sorted(fingerprint(tmp_path).items())).encode()).hexdigest()
    assert whole[:16] == "49e43298386415ea"


def test_a_plan_of_some_kinds_writes_those_files_of_the_whole_export(tmp_path: Path) -> None:
    whole = write_demo_export(replace(SMALL, change_share=0.1), tmp_path / "whole")
    kinds = frozenset({Kind.RESTS, Kind.STORAGES})
    part = write_demo_export(replace(SMALL, change_share=0.1, kinds=kinds), tmp_path / "part")
    assert sorted(folder.name for folder in (tmp_path / "part").iterdir()) == ["rests", "storages"]
    assert fingerprint(tmp_path / "part").items() < fingerprint(tmp_path / "whole").items()
    assert part.files == 2 < whole.files
    assert replace(part, files=whole.files, bytes_written=whole.bytes_written) == whole


def test_another_seed_is_another_export(tmp_path: Path) -> None:
    write_demo_export(SMALL, tmp_path / "a")
    write_demo_export(replace(SMALL, seed=2), tmp_path / "b")
    first, second = fingerprint(tmp_path / "a"), fingerprint(tmp_path / "b")
    assert not first.keys() & second.keys()
    goods = [Shop().read(tmp_path / name).goods.keys() for name in "ab"]
    assert not goods[0] & goods[1]


def test_envelope_is_that_of_1c(usual: Path) -> None:
    dates = []
    for kind in ARRIVAL:
        for number, path in enumerate(packets(usual, kind), start=1):
            content = path.read_bytes()
            assert re.fullmatch(rf"{kind}_1_{number}_[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.xml", path.name)
            assert content.startswith("\ufeff<?xml".encode())
            assert b"\r" not in content
            root = etree.fromstring(content)
            assert root.tag == NS + "КоммерческаяИнформация"
            dates.append(root.get("ДатаФормирования"))
            assert {one.get("СодержитТолькоИзменения") for one in root} == {"true"}
    assert dates == sorted(dates)
    assert dates[0] == "2026-01-15T03:00:03"


def test_packets_keep_their_sizes_and_go_beyond_ten(large: Path) -> None:
    for kind, limit in LIMITS.items():
        files = packets(large, kind)
        sizes = [path.read_bytes().count(f"<{ROWS[kind]}>".encode()) for path in files]
        assert all(size == limit for size in sizes[:-1]), kind
        assert 0 < sizes[-1] <= limit
        assert len(files) > (10 if kind in ("goods", "offers") else 8)


@pytest.mark.parametrize("kind", ["goods", "offers"])
def test_one_row_stands_in_packets_two_and_ten(large: Path, kind: str) -> None:
    assert twice(large, kind) == [2, 10]


@pytest.mark.parametrize("kind", ["goods", "offers"])
def test_one_row_stands_in_two_packets_of_a_small_export(tmp_path: Path, kind: str) -> None:
    write_demo_export(SMALL, tmp_path)
    assert twice(tmp_path, kind) == [1, 2]


def twice(folder: Path, kind: str) -> list[int]:
    """Packets of the only id that occurs twice, after a look at what makes the later one matter."""
    seen: dict[str, list[tuple[int, etree._Element]]] = {}
    for number, path in enumerate(packets(folder, kind), start=1):
        for row in etree.parse(path).getroot().iter(NS + ROWS[kind]):
            seen.setdefault(text(row, "Ид"), []).append((number, row))
    repeated = [rows for rows in seen.values() if len(rows) > 1]
    assert len(repeated) == 1
    (_, old), (_, new) = repeated[0]
    if kind == "goods":
        assert text(old, "Наименование") != text(new, "Наименование")
        assert text(old.find(NS + "Группы"), "Ид") != text(new.find(NS + "Группы"), "Ид")
    else:
        assert (text(old, "ПометкаУдаления"), text(new, "ПометкаУдаления")) == ("true", "false")
    return [number for number, _ in repeated[0]]


def test_the_brand_is_in_every_segment_of_properties(usual: Path) -> None:
    files = packets(usual, "propertiesGoods") + packets(usual, "propertiesOffers")
    assert len(packets(usual, "propertiesGoods")) > 2
    for path in files:
        ids = [text(one, "Ид") for one in etree.parse(path).getroot().iter(NS + "Свойство")]
        assert ids.count("Бренд") == 1
        assert len(ids) <= 51


def test_goods_look_like_goods_of_1c(usual: Path) -> None:
    values: Counter[str] = Counter()
    rates: set[str] = set()
    names: set[str] = set()
    for path in packets(usual, "goods"):
        for good in etree.parse(path).getroot().iter(NS + "Товар"):
            of_good = [text(one, "Значение") for one in good.iter(NS + "ЗначенияСвойства")]
            assert len(of_good) == 51
            values.update(of_good)
            rates.add(text(next(good.iter(NS + "СтавкаНалога")), "Ставка"))
            names.add(text(good, "Наименование"))
            assert text(good, "БазоваяЕдиница") in ("796 ", "166 ")
    assert len(names) == 501
    assert rates == {"22", "10", "Без НДС"}
    for value in ("", "-999999999.9", "0001-01-01T00:00:00", "00000000-0000-0000-0000-000000000000", "true", "false"):
        assert values[value] > 50, value


def test_offers_hold_parallel_blocks_and_nested_brackets(usual: Path) -> None:
    shop = Shop().read(usual)
    assert any(name.endswith("(А5 (2XL))") for name in shop.names.values())
    assert sum(shop.offers.values()) > 5
    of_goods: dict[str, list[bool]] = {}
    for one, marked in shop.offers.items():
        of_goods.setdefault(one.split("#")[0], []).append(marked)
        assert shop.names[one].startswith(shop.names.get(one.split("#")[0], "Товар, которого нет в выгрузке") + " (")
    assert any(all(marks) for marks in of_goods.values())
    for path in packets(usual, "offers"):
        for offer in etree.parse(path).getroot().iter(NS + "Предложение"):
            shown = [text(one, "Значение") for one in offer.iter(NS + "ХарактеристикаТовара")]
            machine = [text(one, "Значение") for one in offer.iter(NS + "ЗначенияСвойства")]
            assert len(shown) == len(machine) == 14
            for left, right in zip(shown, machine, strict=True):
                assert (left == "") == (right == "")
                assert (left == "-999\u00a0999\u00a0999,9") == (right == "-999999999.9")


def test_prices_and_rests_hold_their_traps(usual: Path) -> None:
    shop = Shop().read(usual)
    written = [value for prices in shop.prices.values() for value in prices.values()]
    assert {"abc", "-150", "", "0"} <= set(written)
    assert any(value.endswith(".5") for value in written)
    assert any(len(prices) == 5 for prices in shop.prices.values())
    quantities = [value for stock in shop.rests.values() for value in stock.values()]
    assert any(value < 0 for value in quantities)
    assert any(value % 1 for value in quantities)
    assert all(len(stock) >= 2 for stock in shop.rests.values())
    assert "Представление>1\u00a0" in packets(usual, "prices")[0].read_text("utf-8-sig")


def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    peaks = []
    for goods in (300, 1000):
        tracemalloc.start()
        write_demo_export(DemoPlan(goods=goods, offers_per_good=1, properties_per_good=4), tmp_path / str(goods))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
    assert peaks[1] < 30_000_000
