"""Facts, check 53: nothing personal leaves the tables and files that are made for it; issue 5, point 4.

One installation lives through a day of successes and failures; then everything it has said and stored is searched.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import schema
from freesport_pipelines.settings import get_settings
from freesport_pipelines_tests.cli.running import Installation, Said
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, kpp, packet, person
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.keeping.commands import Commands

pytestmark = pytest.mark.xdist_group("customer leaks")
"""What the module prepares is expensive: it is prepared once."""

INN, OTHER_INN = inn(731_910_317), inn(731_910_418)
MAIL, OTHER_MAIL = "mrkr.xq7@example.test", "plt.zw9@example.test"
PHONE, OTHER_PHONE = "8 (000) 773-19-17", "+7 000 773 19 18"
WORDS = ("Квакозябр", "Мумриклин", "Бурундукпром", "Фиолетовопесоч", "Шмякоух", "Жужелицын", "Перелеткин")
"""In names and addresses; as they are written, and as a normalised name has them."""
NUMBERS = (INN, OTHER_INN, "7731917", "7731918", "7731919")
MAILS = ("mrkr.xq7", "plt.zw9")
PERSONAL = {"contragents", "customers", "personal_images"}
"""Tables that hold personal data by intention."""


def contragents() -> list[str]:
    return [
        company(
            "c1", 'ООО "Бурундукпром"', tax_id=INN, kpp=kpp(1), phone=[PHONE, "773-19-1", "Перелеткину звонить"],
            email=MAIL, registration="Фиолетовопесочная улица, дом 1", address="Фиолетовопесочная, 2",
            representatives=[("Контактное лицо", "Шмякоухова Анна")],
        ),
        person("c2", "Квакозябров Мумриклин", phone=OTHER_PHONE, email="Перелеткин на почте"),
        person("c3", "Квакозябров Мумриклин", phone="+7 000 773 19 19"),
        company("", 'ООО "Бурундукпром" без ида', tax_id=INN, email=MAIL, phone=PHONE),
    ]  # fmt: skip


@dataclass
class Day:
    """What an installation has said, and where it has stored things."""

    folder: Path
    database_url: str
    said: list[str] = field(default_factory=list)

    def keep(self, said: Any) -> Any:
        self.said += [said.out, said.err]
        return said


def found_in(text: str) -> set[str]:
    """Markers in a text: in any case, escaped as JSON does, numbers with whatever between their digits."""
    with_letters = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda code: chr(int(code.group(1), 16)), text).casefold()
    found = {marker for marker in (*WORDS, *MAILS) if marker.casefold() in with_letters}
    return found | {number for number in NUMBERS if re.search(r"[\s().+-]{0,2}".join(number), text)}


def files_below(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes().decode("utf-8", errors="replace")


def refusals(database_url: str) -> dict[str, list[str]]:
    """What a shop may have set up on its own table, and how it is taken away: errors that quote the row."""
    if database_url.startswith("sqlite"):
        return {
            "CREATE TRIGGER strict BEFORE INSERT ON customers BEGIN "
            "SELECT RAISE(ABORT, 'this shop wants an address for everybody'); END": ["DROP TRIGGER strict"],
        }
    function = (
        "CREATE FUNCTION strict() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not wanted here: % % %', NEW.company_name, NEW.last_name, NEW; END $$; "
        "CREATE TRIGGER strict BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION strict()"
    )
    return {
        function: ["DROP TRIGGER strict ON customers", "DROP FUNCTION strict"],
        "ALTER TABLE customers ADD CONSTRAINT strict CHECK (phone IS NULL)": [
            "ALTER TABLE customers DROP CONSTRAINT strict"
        ],
    }


@pytest.fixture(scope="module")
def day(empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("leaks")
    with empty.database(folder) as url:
        lived = Day(folder, url)
        live_through(lived)
        yield lived


def live_through(day: Day) -> None:
    here = Installation(day.folder, FREESPORT_DATABASE_URL=day.database_url, DAGSTER_HOME=str(day.folder / "home"))
    shop = CustomerShop(day.database_url, day.folder)
    export = write_export(day.folder / "exports" / "good", packet(*contragents(), day=3))
    try:
        if day.database_url.startswith("sqlite"):  # files are read before a database has a word
            fail_by_files(here, day)
        for refusal, undo in refusals(day.database_url).items():
            shop.execute(refusal)
            failed = day.keep(here.freesport("import", export, "--json"))
            assert failed.code == 1, failed
            for statement in undo:
                shop.execute(statement)
        shop.register(
            email=OTHER_MAIL, phone=OTHER_PHONE, first_name="Мумриклин", last_name="Жужелицын", tax_id=OTHER_INN,
            needs_1c_export=True,
        )  # fmt: skip
        shop.register(email=MAIL, phone="8-000-773-19-18", last_name="Квакозябров", first_name="Мумриклин")
        succeed(here, day, export, shop)
    finally:
        shop.close()


def fail_by_files(here: Installation, day: Day) -> None:
    """A packet that ends too early, and one that somebody has edited by hand."""
    ((path, content),) = packet(*contragents()).items()
    broken = {
        "truncated": content[: content.index("Шмякоухова".encode())],
        "edited": content.replace("Мумриклин".encode(), "Мумриклин&Перелеткин;".encode()),
    }
    for name, damaged in broken.items():
        folder = write_export(day.folder / "exports" / name, {path: damaged})
        assert day.keep(here.freesport("import", folder, "--json")).code == 1


def succeed(here: Installation, day: Day, export: Path, shop: CustomerShop) -> None:
    done = day.keep(here.freesport("import", export, "--json"))
    assert (done.code, done.json["status"]) == (0, "published"), done.err
    assert done.json["quarantine"] == {"contragents": {"id_missing": 1}}
    again = write_export(day.folder / "exports" / "again", packet(person("c3", "Мумриклин", phone=PHONE), day=4))
    reading = InProcess(here)
    try:
        changed = day.keep(reading("customers", "sync", again))
        assert (changed.code, "published" in changed.out) == (0, True), changed
        (number, *_) = [row["id"] for row in day.keep(reading("conflicts", "list", "--json")).json]
        for command in (["sessions"], ["report"], ["report", 1], ["quarantine"], ["customers", "dashboard"],
                        ["conflicts", "list", "--all"], ["conflicts", "show", number]):  # fmt: skip
            day.keep(reading(*command))
            day.keep(reading(*command, "--json"))
        day.keep(reading("conflicts", "show", 4711))
        day.keep(reading("rollback", 1))
        day.keep(reading("conflicts", "resolve", number, "separate", "--json"))
    finally:
        reading.close()
    assert shop.outgoing


class InProcess:
    """The commands that only read, in this process: they start ten times faster."""

    def __init__(self, here: Installation) -> None:
        self._patch = pytest.MonkeyPatch()
        for name, value in here.environment.items():
            if name.startswith(("FREESPORT_", "DAGSTER_")):
                self._patch.setenv(name, value)
        self._patch.chdir(here.folder)
        get_settings.cache_clear()

    def __call__(self, *arguments: object) -> Any:
        try:
            return Commands()(*arguments)
        except LookupError as error:  # as `main` tells it
            return Said(1, "", str(error))

    def close(self) -> None:
        self._patch.undo()
        get_settings.cache_clear()


def rows(day: Day) -> dict[str, str]:
    """All that each table holds, as one text."""
    engine = sa.create_engine(day.database_url)
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        found = {
            name: "\n".join(repr(tuple(row)) for row in connection.execute(sa.text(f'SELECT * FROM "{name}"')))
            for name in names
        }
    engine.dispose()
    return found


def test_the_markers_are_where_they_belong(day: Day) -> None:
    """Or the tests below would find nothing because there is nothing."""
    held = {name for name, text in rows(day).items() if found_in(text)}
    assert held >= {"contragents", "customers"}
    everything = "\n".join(text for text in rows(day).values())
    assert found_in(everything) >= {*MAILS, INN, "7731917", "Квакозябр", "Бурундукпром", "Фиолетовопесоч", "Шмякоух"}
    assert found_in(json.dumps("КВАКОЗЯБРОВ +7 (000) 773-19-17")) == {"Квакозябр", "7731917"}
    assert any('"status": "failed"' in text for text in day.said)


def test_no_command_says_anything_personal(day: Day) -> None:
    assert len(day.said) > 20
    assert [text for text in day.said if found_in(text)] == []


def test_dagster_keeps_nothing_personal(day: Day) -> None:
    kept = dict(files_below(day.folder / "home"))
    assert any("customer_changes" in text for text in kept.values())
    assert {name: found for name, text in kept.items() if (found := found_in(text))} == {}


def test_no_other_table_holds_anything_personal(day: Day) -> None:
    kept = rows(day)
    assert {"import_sessions", "change_sets", "session_figures", "quarantine", "sync_conflicts"} <= set(kept)
    assert all(kept[name] for name in ("import_sessions", "change_sets", "quarantine", "customer_sync_log"))
    assert set(schema.metadata.tables) - PERSONAL <= set(kept)
    assert {name: found for name, text in kept.items() if name not in PERSONAL and (found := found_in(text))} == {}


def test_no_file_beside_exports_archive_and_exchange_holds_anything_personal(day: Day) -> None:
    apart = ("exports/", "archive/", "exchange/", "home/", "shop.db")
    kept = {name: text for name, text in files_below(day.folder) if not name.startswith(apart)}
    assert {name: found for name, text in kept.items() if (found := found_in(text))} == {}
