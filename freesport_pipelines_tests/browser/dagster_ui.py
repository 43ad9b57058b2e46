"""A real `dagster dev` on a free port, in a folder of its own, and a Chromium that looks at it.

Nothing of the developer's is touched: the shop's database, the exchange folder, the archive and Dagster's storage
all lie below the folder that the test gives; processes are ended by their own process group.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from upath import UPath

from freesport_pipelines.demo import DemoPlan, write_demo_export
from freesport_pipelines.demo.totals import DemoTotals
from freesport_pipelines.exchange.archive import Archive

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROJECT = Path(__file__).parents[2]
LOCATION = "/locations/freesport_pipelines"

UP_SECONDS = 60
DOWN_SECONDS = 15
PAGE_MS = 30_000
RUN_MS = 60_000

expect.set_options(timeout=PAGE_MS)


class DagsterUi:
    """The services of `dagster dev` and the folders they work in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "dagster-dev.log"
        self.incoming = folder / "exchange" / "incoming"
        self._process: subprocess.Popen[bytes] | None = None

    def archive_demo(self, plan: DemoPlan) -> DemoTotals:
        """Put an export into the archive: what the launchpad takes when nothing waits in the exchange folder."""
        export = self.folder / "archived-export"
        totals = write_demo_export(plan, export)
        Archive(UPath(self.folder / "archive")).store_folder(export, None, dry_run=False, now=datetime.now(UTC))
        return totals

    def unload_demo(self, plan: DemoPlan) -> DemoTotals:
        """Put an export into incoming/, as 1C does, whole files only."""
        export = self.folder / "unloaded-export"
        totals = write_demo_export(plan, export)
        for file in sorted(path for path in export.rglob("*") if path.is_file()):
            target = self.incoming / file.relative_to(export)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, target)
        return totals

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the shop's database, read as a stranger would."""
        with contextlib.closing(sqlite3.connect(self.folder / "shop.db")) as connection:
            return connection.execute(sql, parameters).fetchall()

    def start(self) -> None:
        """Start the services and wait until the webserver has loaded the code location."""
        configuration = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
        home = self.folder / "dagster-home"
        home.mkdir()
        (home / "dagster.yaml").write_text(
            configuration.replace("data/dagster", str(self.folder / "dagster")), encoding="utf-8"
        )
        command = [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=PROJECT, env=self._environment(home), stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self._answers, UP_SECONDS, self._unhappy)

    def stop(self) -> None:
        """Ask the services to end, then end what is left of their process group."""
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(DOWN_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(DOWN_SECONDS)

    def _environment(self, home: Path) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("FREESPORT_", "DAGSTER_"))
        }
        return inherited | {
            "DAGSTER_HOME": str(home),
            "FREESPORT_DATABASE_URL": f"sqlite:///{self.folder / 'shop.db'}",
            "FREESPORT_EXCHANGE_URL": str(self.folder / "exchange"),
            "FREESPORT_ARCHIVE_URL": str(self.folder / "archive"),
            "FREESPORT_SENSOR_INTERVAL_SECONDS": "5",
            "FREESPORT_SETTLE_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/server_info", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _unhappy(self) -> str:
        log = self.log.read_text(encoding="utf-8", errors="replace")
        return f"dagster dev did not come up in {UP_SECONDS} s; its log:\n{log[-4000:]}"


class UiPage:
    """One browser page with the few movements the tests need."""

    def __init__(self, ui: DagsterUi, page: Page) -> None:
        self.ui = ui
        self.page = page
        page.set_default_timeout(PAGE_MS)

    def open(self, path: str) -> Page:
        """Open a path of the UI."""
        self.page.goto(f"{self.ui.url}{path}")
        return self.page

    def launch(self, job: str) -> Page:
        """Launch a job from its launchpad as it opens; the page is then the run's."""
        page = self.open(f"{LOCATION}/jobs/{job}/playground")
        button = page.get_by_role("button", name="Launch Run")
        expect(button).to_be_enabled()
        button.click()
        page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}"))
        return page

    def open_whole_graph(self) -> Page:
        """The global lineage, all groups expanded, so small that all is in view: the UI leaves out the rest."""
        self.page.set_viewport_size({"width": 3200, "height": 2800})
        page = self.open("/asset-groups")
        assert self.node_lefts("exchange")
        self._expand_all_groups()
        for _ in range(2):
            page.get_by_role("button", name="zoom_out").click()
        return page

    def _expand_all_groups(self) -> None:
        """Right-click on the empty corner of the asset graph, "Expand all groups"."""
        size = self.page.viewport_size
        assert size is not None
        self.page.mouse.click(size["width"] / 2, size["height"] - 40, button="right")
        self.page.get_by_role("menuitem").filter(has_text="Expand all groups").first.click()

    def node_lefts(self, name: str) -> list[float]:
        """Where the asset nodes and groups of this name begin, from left to right; long names are cut by the UI."""
        pattern = re.escape(name)
        if len(name) > 16:
            pattern = rf"{pattern}|{re.escape(name[:4])}\w*…\w*{re.escape(name[-4:])}"
        found: Locator = self.page.locator("foreignObject").get_by_text(re.compile(rf"^({pattern})$"))
        expect(found.first).to_be_visible()
        boxes = [node.bounding_box() for node in found.all()]
        return sorted(box["x"] for box in boxes if box is not None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def expect_success(page: Page) -> None:
    """Wait for the end of the run this page shows; it must be a good one."""
    verdict = page.get_by_text(re.compile(r"^(Success|Failure|Canceled)$")).first
    expect(verdict).to_be_visible(timeout=RUN_MS)
    assert verdict.inner_text() == "Success", page.locator("body").inner_text()[-3000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = UP_SECONDS, complaint: Callable[[], str] = str) -> None:
    """Ask twice a second until the answer is yes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.5)
