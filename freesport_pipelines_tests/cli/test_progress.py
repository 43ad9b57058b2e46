"""Whoever waits for a long import sees how far it is: lines in the event log and in pipes, bars on a terminal."""

import logging
import os
import pty
import re
import subprocess
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines import progress
from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines_tests.acceptance.exports import export
from freesport_pipelines_tests.cli.running import FREESPORT, Installation
from freesport_pipelines_tests.shop import ShopUnderTest


def test_a_line_tells_rate_and_remaining_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = iter((100.0, 104.0, 110.0, 120.0))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with caplog.at_level(logging.INFO):
        work = progress.Progress("goods", 100, "MB")
        work.move(10)  # after 4 s: too soon for a line
        work.move(10)
        work.end("5 records read")
    assert caplog.messages == [
        "goods: 20 of 100 MB, 2 MB/s, 40 s left",
        "goods: 5 records read in 20.0 s",
    ]


def test_a_watcher_hears_of_every_move_while_it_watches() -> None:
    heard: list[progress.Move] = []
    work = progress.Progress("goods", 2, "MB")
    with progress.watched(heard.append):
        work.move(1)
        work.end("read")
    work.move(1)
    assert [move.done for move in heard] == [1, 2]


def test_a_watcher_that_fails_stops_neither_the_work_nor_other_watchers() -> None:
    heard: list[progress.Move] = []

    def gone(_: progress.Move) -> None:
        raise OSError("the terminal has gone")

    work = progress.Progress("goods", 2, "MB")
    with progress.watched(gone), progress.watched(heard.append):
        work.move(1)
        work.end("read")
    assert [move.done for move in heard] == [1, 2]


def test_the_event_log_of_a_run_shows_reading_comparing_and_publishing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    shop = ShopUnderTest(database_url, tmp_path)
    logs = {"python_logs": {"managed_python_loggers": ["freesport_pipelines"], "python_log_level": "INFO"}}
    (tmp_path / "home").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "home"), overrides=logs) as instance:
        shop.instance = instance
        imported = shop.import_files(export())
        said = "\n".join(entry.user_message for entry in instance.all_logs(imported.result.run_id))
    for what in ("archiving", "goods", "rests", "comparing with the shop", "publishing"):
        assert re.search(rf"^{what}: .* s left$", said, re.MULTILINE), what
    shop.close()


def test_in_a_pipe_a_command_writes_lines(tmp_path: Path) -> None:
    said = Installation(tmp_path).freesport("import", demo(tmp_path))
    assert said.code == 0
    assert re.search(r"^goods: [\d,]+ records read in [\d.]+ s$", said.err, re.MULTILINE)
    assert re.search(r"^publishing: [\d,]+ rows in [\d.]+ s$", said.err, re.MULTILINE)


def test_on_a_terminal_a_command_draws_bars(tmp_path: Path) -> None:
    shown = on_a_terminal(Installation(tmp_path, TERM="xterm", COLUMNS="120"), "import", str(demo(tmp_path)))
    for what in ("archiving", "goods", "prices", "publishing"):
        assert re.search(rf"{what} .*━.*100%", shown), what
    assert "records read" not in shown


def demo(tmp_path: Path) -> Path:
    write_demo_export(DemoPlan(goods=60, dirty=False), tmp_path / "demo")
    return tmp_path / "demo"


def on_a_terminal(installation: Installation, *arguments: str) -> str:
    """What a command writes where stderr is a terminal."""
    ours, theirs = pty.openpty()
    command = [str(FREESPORT), *arguments]
    process = subprocess.Popen(
        command, cwd=installation.folder, env=installation.environment, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    pieces = []
    while piece := read_piece(ours):
        pieces.append(piece)
    os.close(ours)
    assert process.wait() == 0
    return b"".join(pieces).decode()


def read_piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what a terminal says when nobody writes to it any more
        return b""
