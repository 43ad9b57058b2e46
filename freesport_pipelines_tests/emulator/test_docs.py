"""The page about the emulator says what the emulator does."""

import inspect
import re
from pathlib import Path

from freesport_pipelines.cli.emulator import emulator
from freesport_pipelines.emulator import NAMES
from freesport_pipelines.emulator.faults import DEFAULTS

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")


def test_every_fault_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| ?(.*?) ?\|$", PAGE, re.MULTILINE))
    assert set(rows) == set(NAMES)
    assert {name for name, value in DEFAULTS.items() if str(value).removesuffix(".0") not in rows[name]} == set()


def test_every_option_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `--([\w-]+)` \| (.*?) \|", PAGE, re.MULTILINE))
    defaults = {
        name: "–" if p.default is None else f"`{p.default}`"
        for name, p in inspect.signature(emulator).parameters.items()
    }
    assert rows == defaults
