"""Packets read by several processes give what one process gives, and nobody is left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import pytest

from freesport_pipelines.commerceml import slices
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.steps import processes
from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.shop import Import, ShopUnderTest

PATIENCE_SECONDS = 20


@pytest.fixture
def two_processes(shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch) -> ShopUnderTest:
    """A shop for which two processes read, however small the drop is."""
    monkeypatch.setattr(processes, "WORTH_BYTES", 0)
    shop.configure(processes=2)
    return shop


def demo(folder: Path) -> Path:
    """Several packets of every large kind, dirty rows and all."""
    write_demo_export(DemoPlan(goods=120, properties_per_good=8), folder)
    return folder


def what_the_shop_sees(shop: ShopUnderTest) -> dict[str, list[tuple[object, ...]]]:
    queries = (
        "SELECT onec_id, name, size, retail_price, stock_quantity FROM products ORDER BY onec_id",
        "SELECT onec_id, specifications, content_hash FROM skus ORDER BY id",
        "SELECT onec_id, description, content_hash FROM goods ORDER BY id",
        "SELECT kind, key, reason, packet, detail FROM quarantine ORDER BY id",
        "SELECT onec_id, name FROM warehouses ORDER BY onec_id",
    )
    return {query: [tuple(row.values()) for row in shop.rows(query)] for query in queries}


def figures_without_times(imported: Import) -> dict[str, object]:
    kinds = imported.report["kinds"]
    return {kind: {k: v for k, v in figures.items() if k != "seconds"} for kind, figures in kinds.items()}


def test_two_processes_give_the_same_rows_figures_and_quarantine(
    shop: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = demo(tmp_path / "demo")
    shop.configure(processes=1)
    alone = shop.import_folder(folder)
    seen = what_the_shop_sees(shop)
    monkeypatch.setattr(processes, "WORTH_BYTES", 0)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = ShopUnderTest(url, tmp_path / "other", with_dagster=False, processes=2)
    together = other.import_folder(folder)
    assert together.status == alone.status == "published"
    assert figures_without_times(together) == figures_without_times(alone)
    if shop.database.is_sqlite:
        assert what_the_shop_sees(other) == seen
    other.close()


def test_the_first_bad_packet_in_reading_order_is_named_whichever_was_read_first(
    two_processes: ShopUnderTest, tmp_path: Path
) -> None:
    folder = demo(tmp_path / "demo")
    goods = sorted((folder / "goods").glob("*.xml"), key=lambda path: int(path.name.split("_")[2]))
    for path in goods[1:]:
        path.write_bytes(path.read_bytes()[:-200])
    failed = two_processes.import_folder(folder)
    assert failed.status == "failed"
    assert goods[1].name in failed.error
    assert two_processes.count("goods") == 0


def test_a_packet_too_large_to_be_handed_over_is_read_here(
    two_processes: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LARGEST_PORTION", 0)
    monkeypatch.setattr(processes, "_pool", lambda count: None)  # nobody else is there
    assert two_processes.import_folder(demo(tmp_path / "demo")).status == "published"
    assert two_processes.count("goods") > 100


def test_a_large_packet_is_read_in_slices_by_all_processes(
    shop: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = in_one_packet(demo(tmp_path / "demo"))
    shop.configure(processes=1)
    alone = shop.import_folder(folder)
    monkeypatch.setattr(processes, "WORTH_BYTES", 0)
    monkeypatch.setattr(processes, "LARGEST_PORTION", 0)
    monkeypatch.setattr(processes, "slices_of", partial(slices.slices_of, length=40_000))
    other = ShopUnderTest(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other", with_dagster=False, processes=2)
    together = other.import_folder(folder)
    assert together.status == alone.status == "published"
    assert figures_without_times(together) == figures_without_times(alone)
    if shop.database.is_sqlite:
        assert what_the_shop_sees(other) == what_the_shop_sees(shop)
    other.close()


def test_damage_in_a_slice_is_named_with_its_line_in_the_packet(
    two_processes: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = in_one_packet(demo(tmp_path / "demo"))
    (path,) = (folder / "goods").glob("*.xml")
    lines = path.read_text().splitlines(keepends=True)
    lines[len(lines) // 2] = "<Описание>a < b</Описание>\n"
    path.write_text("".join(lines))
    monkeypatch.setattr(processes, "LARGEST_PORTION", 0)
    monkeypatch.setattr(processes, "slices_of", partial(slices.slices_of, length=40_000))
    failed = two_processes.import_folder(folder)
    assert failed.status == "failed"
    assert f"{path.name}, line {len(lines) // 2 + 1}:" in failed.error


def in_one_packet(folder: Path) -> Path:
    """The same export with one packet per kind, as some configurations of 1C write it."""
    for kind in ("goods", "offers", "prices", "rests"):
        first, *others = sorted((folder / kind).glob("*.xml"), key=lambda path: int(path.name.split("_")[2]))
        item, end = ("<Товар>", "</Товары>") if kind == "goods" else ("<Предложение>", "</Предложения>")
        rows = []
        for path in others:
            text = path.read_text()
            rows.append(text[text.index(item) : text.index(end)])
            path.unlink()
        first.write_text(first.read_text().replace(end, "".join(rows) + end))
    return folder


def test_a_reading_process_that_is_ended_fails_the_import_with_the_way_out(
    two_processes: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_read_whole", _die)
    failed = two_processes.import_files(export())
    assert failed.status == "failed"
    assert "FREESPORT_PROCESSES=1" in failed.error
    monkeypatch.undo()
    assert two_processes.import_files(export()).status == "published"


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_reading_process_that_was_ended_while_idle_is_replaced(two_processes: ShopUnderTest) -> None:
    assert two_processes.import_files(export()).status == "published"
    for pid in list(processes._pool(2)._processes):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert two_processes.import_files(export(), force=True).status == "unchanged"


def test_a_run_that_the_code_server_has_started_ends(tmp_path: Path) -> None:
    """Such a run is a `multiprocessing` child, which waits for its own children when it ends."""
    folder = demo(tmp_path / "demo")
    run = multiprocessing.get_context("spawn").Process(target=_import_as_a_child, args=(tmp_path, folder))
    run.start()
    run.join(PATIENCE_SECONDS * 2)
    code = run.exitcode
    if code is None:
        run.kill()
    assert code == 0


def _import_as_a_child(work: Path, folder: Path) -> None:
    processes.WORTH_BYTES = 0
    shop = ShopUnderTest(f"sqlite:///{work / 'shop.db'}", work, with_dagster=False, processes=2)
    assert shop.import_folder(folder).status == "published"
    time.sleep(1)  # until the reading processes wait for more
    shop.close()


def test_one_process_per_core_unless_the_settings_say_otherwise() -> None:
    assert processes.available_processes(0) == len(os.sched_getaffinity(0))
    assert processes.available_processes(3) == 3


SCRIPT = """
    import pathlib, sys, time
    from freesport_pipelines.steps import processes
    from freesport_pipelines_tests.shop import ShopUnderTest

    processes.WORTH_BYTES = 0
    folder = pathlib.Path(sys.argv[1])
    shop = ShopUnderTest(f"sqlite:///{folder / 'shop.db'}", folder, with_dagster=False, processes=2)
    print(shop.import_folder(folder / "demo").status, flush=True)
    print(*processes._pool(2)._processes, flush=True)
    if sys.argv[2] == "wait":
        time.sleep(60)
"""


def script(tmp_path: Path, what: str) -> subprocess.Popen[str]:
    """A program without `if __name__ == "__main__"`, as people write them."""
    demo(tmp_path / "demo")
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(SCRIPT))
    root = str(Path(__file__).parents[2])
    command = [sys.executable, str(program), str(tmp_path), what]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root})


def test_a_script_without_a_guard_may_import(tmp_path: Path) -> None:
    program = script(tmp_path, "end")
    lines, _ = program.communicate(timeout=PATIENCE_SECONDS * 3)
    assert lines.splitlines()[0] == "published"
    assert program.returncode == 0


def test_reading_processes_end_when_the_import_is_killed(tmp_path: Path) -> None:
    program = script(tmp_path, "wait")
    assert program.stdout is not None
    assert program.stdout.readline() == "published\n"
    readers = [int(pid) for pid in program.stdout.readline().split()]
    assert len(readers) == 2
    assert all(map(is_alive, readers))
    program.kill()
    program.wait()
    program.stdout.close()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(is_alive, readers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, readers))


def is_alive(pid: int) -> bool:
    """Whether the process is at work; one that has ended and was not waited for is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
