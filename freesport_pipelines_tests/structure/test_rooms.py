"""The house rules of DESIGN, read from the source: who may import whom, who reads the environment, what stays small."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import freesport_pipelines

PACKAGE = Path(freesport_pipelines.__file__).parent
OURS = "freesport_pipelines"
FILES = sorted(PACKAGE.rglob("*.py"))
MAY_IMPORT = {
    "domain": set(),
    "settings": set(),
    "progress": set(),
    "commerceml": {"domain"},
    "demo": {"domain"},
    "odata": {"domain"},
    "emulator": {"domain"},
    "profiles": {"domain"},
    "database": {"domain", "progress"},
    "exchange": {"commerceml", "domain", "database", "progress"},
    "steps": {"database", "exchange", "commerceml", "odata", "profiles", "domain", "settings", "progress"},
    "instance": {"settings"},
    "defs": {"steps", "database", "exchange", "commerceml", "odata", "profiles", "domain", "settings"},
    "cli": {"defs", "steps", "database", "exchange", "commerceml", "odata", "emulator", "profiles", "demo", "domain"}
    | {"settings", "instance", "progress"},
    "definitions": {"defs"},
    "__init__": set(),
}
KNOW_DAGSTER = {"defs", "definitions", "cli", "instance"}
NO_SQL = {"domain", "commerceml", "odata", "emulator", "profiles"}
MAY_READ_ENVIRONMENT = {"settings/shop.py", "settings/onec.py", "instance/storage.py", "cli/instance.py"}
MOST_LINES = 300


def path_of(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def room_of(file: Path) -> str:
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Full names of what a file imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{_base(node, file)}.{alias.name}" for alias in node.names)


def _base(node: ast.ImportFrom, file: Path) -> str:
    if not node.level:
        return node.module or ""
    parts = (OURS, *file.relative_to(PACKAGE).parts[:-1])
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def rooms_imported(file: Path) -> set[str]:
    names = [name.split(".") for name in imported(file)]
    return {parts[1] for parts in names if parts[0] == OURS and len(parts) > 1}


def test_every_room_of_the_package_has_a_rule() -> None:
    assert {room_of(file) for file in FILES} <= set(MAY_IMPORT)


@pytest.mark.parametrize("file", FILES, ids=path_of)
def test_a_file_imports_only_from_rooms_below_its_own(file: Path) -> None:
    room = room_of(file)
    assert rooms_imported(file) - {room} <= MAY_IMPORT[room]


def test_only_the_dagster_rooms_know_dagster() -> None:
    guilty = [
        path_of(file)
        for file in FILES
        if room_of(file) not in KNOW_DAGSTER
        and any(name.split(".")[0] in ("dagster", "dagster_postgres") for name in imported(file))
    ]
    assert guilty == []


def test_rules_and_parsers_know_no_database() -> None:
    guilty = [
        path_of(file)
        for file in FILES
        if room_of(file) in NO_SQL and any(name.split(".")[0] in ("sqlalchemy", "sqlite3") for name in imported(file))
    ]
    assert guilty == []


def test_only_the_settings_read_the_environment() -> None:
    guilty = [path_of(file) for file in FILES if _reads_environment(file)]
    assert set(guilty) <= MAY_READ_ENVIRONMENT


def _reads_environment(file: Path) -> bool:
    words = ("environ", "getenv", "environb", "getenvb")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    attributes = (node.attr in words for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    names = (name in {f"os.{word}" for word in words} for name in imported(file))
    return any(attributes) or any(names)


def test_loading_the_definitions_imports_no_heavy_library() -> None:
    code = (
        "import sys, freesport_pipelines.definitions; from freesport_pipelines.defs.build import build_defs;"
        "build_defs().get_repository_def();"
        "print(sorted({'pandas', 'lxml', 'httpx', 'numpy'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("file", FILES, ids=path_of)
def test_no_file_is_too_long(file: Path) -> None:
    if path_of(file).startswith("database/migrations/versions/"):
        pytest.skip("a migration is written once and never read as a whole")
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_no_module_is_a_junk_drawer() -> None:
    names = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert [path_of(file) for file in FILES if file.stem in names or file.parent.name in names] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path_of(file) for file in FILES if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))]
    assert silent == []
