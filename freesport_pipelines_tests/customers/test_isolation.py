"""Customers and the catalogue do not touch each other, whoever brings the files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.defs.customer_schedule import customer_schedule
from freesport_pipelines.steps import customers
from freesport_pipelines_tests.cli.running import Installation
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.customers.conftest import Commands, commands
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, packet
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.defs.test_sensor import Sensor

CATALOGUE_TABLES = ("goods", "skus", "sku_prices", "sku_stocks", "categories", "price_types", "warehouses", "units")


def mixed() -> dict[str, bytes]:
    return {**exports.catalogue(), **packet(company("c1"))}


def test_a_session_of_customers_touches_no_catalogue_and_a_catalogue_no_customer(shop: CustomerShop) -> None:
    """Both read the same folder."""
    done = shop.import_files(mixed(), job="sync_customers")
    assert done.status == "published"
    assert set(done.report["tables"]) == {"contragents", "customers", "sync_conflicts"}
    assert {table: shop.count(table) for table in CATALOGUE_TABLES} == dict.fromkeys(CATALOGUE_TABLES, 0)
    customers = shop.everything()
    catalogue = shop.import_files(mixed())
    assert catalogue.status == "published"
    assert not {"contragents", "customers", "sync_conflicts"} & set(catalogue.report["tables"])
    assert shop.everything() == customers
    goods = shop.everything(*CATALOGUE_TABLES)
    shop.published(company("c1", marked=True), day=99)
    assert shop.everything(*CATALOGUE_TABLES) == goods


def test_an_older_catalogue_does_not_hold_up_newer_customers(shop: CustomerShop) -> None:
    """What was formed when is kept for each kind of file."""
    shop.published(company("c1"), day=50)
    assert shop.import_files(exports.catalogue()).status == "published"
    shop.published(company("c1", "ООО Новое"), day=51)


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def shop_on_sqlite(tmp_path: Path) -> Iterator[CustomerShop]:
    """What commands, sensors and schedules do does not depend on the database."""
    shop = CustomerShop(f"sqlite:///{tmp_path / 'shop.db'}", tmp_path, with_dagster=False, settle_seconds=0)
    assert shop.database
    yield shop
    shop.close()


@pytest.fixture
def freesport(shop_on_sqlite: CustomerShop) -> Iterator[Commands]:
    with commands(shop_on_sqlite) as run:
        yield run


def test_one_command_imports_both_and_says_so_in_one_object(
    shop_on_sqlite: CustomerShop, freesport: Commands, tmp_path: Path
) -> None:
    done = freesport("import", write_export(tmp_path / "export", mixed()), "--json")
    assert (done.code, done.json["status"]) == (0, "published"), done.err
    assert done.json["tables"]["products"]["inserted"] == 1
    assert done.json["tables"]["customers"]["inserted"] == 1
    assert len(done.json["sessions"]) == 2
    assert {check["name"] for check in done.json["checks"]} >= {"skus_stay_visible", "customers_stay_active"}
    assert [row["kind"] for row in freesport("sessions", "--json").json] == ["sync_customers", "catalog_import"]


def test_only_contragents_leaves_the_catalogue_alone(
    shop_on_sqlite: CustomerShop, freesport: Commands, tmp_path: Path
) -> None:
    done = freesport("import", write_export(tmp_path / "export", mixed()), "--only", "contragents", "--json")
    assert (done.code, set(done.json["tables"])) == (0, {"contragents", "customers", "sync_conflicts"})
    assert shop_on_sqlite.count("goods") == 0
    assert set(shop_on_sqlite.links().values()) == {"c1"}


def test_a_dry_run_of_both_changes_neither(shop_on_sqlite: CustomerShop, freesport: Commands, tmp_path: Path) -> None:
    done = freesport("import", write_export(tmp_path / "export", mixed()), "--dry-run", "--json")
    assert (done.code, done.json["dry_run"], len(done.json["sessions"])) == (0, True, 2)
    assert [shop_on_sqlite.count(table) for table in ("goods", "contragents", "customers")] == [0, 0, 0]


def test_an_operator_answers_a_question_on_the_command_line(shop_on_sqlite: CustomerShop, freesport: Commands) -> None:
    accounts = [shop_on_sqlite.register(email=f"m{n}@example.test", tax_id=inn(n)) for n in (1, 2)]
    shop_on_sqlite.published(company("c1", tax_id=inn(1)), company("c2", tax_id=inn(2)))
    asked = {row["onec_id"]: row["id"] for row in freesport("conflicts", "list", "--json").json}
    shown = freesport("conflicts", "show", asked["c1"]).out
    assert inn(1) not in shown
    assert inn(1) in freesport("conflicts", "show", asked["c1"], "--reveal").out
    linked = freesport("conflicts", "resolve", asked["c1"], "link", "--json")
    assert (linked.code, linked.json["status"]) == (0, "published"), linked.err
    assert freesport("conflicts", "resolve", asked["c2"], "separate").code == 0
    assert [shop_on_sqlite.customer(number)["onec_id"] for number in accounts] == ["c1", None]
    with pytest.raises(LookupError, match="answered already"):
        freesport("conflicts", "resolve", asked["c2"], "separate")
    assert freesport("conflicts", "list", "--json").json == []
    assert [row["decision"] for row in freesport("conflicts", "list", "--all", "--json").json] == ["link", "separate"]


def test_a_question_that_there_is_not_is_refused_in_one_line(tmp_path: Path) -> None:
    """Through the installed command: exit code 1, the line on stderr."""
    said = Installation(tmp_path / "here").freesport("conflicts", "resolve", 7, "link")
    assert (said.code, said.out) == (1, "")
    assert said.err.strip() == "there is no conflict 7: freesport conflicts list"


# --- the sensor and the schedule -------------------------------------------------------------------------------------


@pytest.fixture
def sensor(shop_on_sqlite: CustomerShop) -> Sensor:
    return Sensor(shop_on_sqlite)


def test_contragents_of_a_mixed_drop_wait_until_its_catalogue_is_archived(sensor: Sensor) -> None:
    write_export(sensor.incoming, mixed())
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    assert catalogue.job_name == "catalog_import"
    assert sensor.run(catalogue) == "published"
    (customers,), _ = sensor.tick()
    assert (customers.job_name, customers.run_key) == ("sync_customers", f"{catalogue.run_key}/customers")
    assert customers.run_config == catalogue.run_config
    assert sensor.run(customers) == "published"
    assert sensor.shop.count("customers") == 1
    assert sensor.tick()[0] == []


def test_contragents_alone_are_asked_for_at_once_and_no_catalogue_run(sensor: Sensor) -> None:
    write_export(sensor.incoming, packet(company("c1")))
    sensor.tick()
    (request,), _ = sensor.tick()
    assert request.job_name == "sync_customers"
    assert sensor.run(request) == "published"
    assert sensor.tick()[0] == []


def test_contragents_whose_catalogue_was_refused_are_read_all_the_same(sensor: Sensor) -> None:
    write_export(sensor.incoming, {**exports.clashing_price_types(), **packet(company("c1"))})
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    assert sensor.run(catalogue) == "rejected"
    (customers,), _ = sensor.tick()
    assert sensor.run(customers) == "published"
    assert sensor.shop.count("customers") == 1


def tick(shop: CustomerShop) -> dg.RunRequest | str:
    """What the schedule asks for, or why it asks for nothing."""
    with dg.DagsterInstance.local_temp() as instance:
        resources = {"shop": shop.resource}
        with dg.build_schedule_context(instance=instance, resources=resources) as context:
            data = customer_schedule.evaluate_tick(context)
    return next(iter(data.run_requests or ()), data.skip_message or "")


def test_the_schedule_runs_for_what_the_shop_has_changed_and_else_says_why_not(shop_on_sqlite: CustomerShop) -> None:
    shop_on_sqlite.published(company("c1"))
    assert "nothing to tell 1C" in str(tick(shop_on_sqlite))
    shop_on_sqlite.execute(
        "UPDATE customers SET phone = '+70000000009', updated_at = :later", later="2099-01-01 00:00:00.000000"
    )
    asked = tick(shop_on_sqlite)
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_config == {"ops": {"exchange__drop": {"config": {"drop": "-"}}}}


def test_a_registration_in_the_second_in_which_a_synchronisation_ended_is_noticed(
    shop_on_sqlite: CustomerShop,
) -> None:
    """The clock of SQLite, which stamps the row, has whole seconds; that of sessions has fractions."""
    shop = shop_on_sqlite
    shop.sync_without_files()
    ended = "2026-01-15 03:00:00"
    shop.execute("UPDATE import_sessions SET finished_at = :moment, judged_at = :moment", moment=f"{ended}.500000")
    assert "nothing to tell 1C" in str(tick(shop))
    shop.register(email="a@example.test", updated_at=ended)
    assert isinstance(tick(shop), dg.RunRequest)


def test_registrations_wait_for_no_file(shop_on_sqlite: CustomerShop) -> None:
    shop_on_sqlite.register(email="a@example.test", needs_1c_export=True)
    assert isinstance(tick(shop_on_sqlite), dg.RunRequest)


def test_the_schedule_does_not_run_while_1c_is_given_time_to_answer(shop_on_sqlite: CustomerShop) -> None:
    shop = shop_on_sqlite
    shop.register(email="a@example.test", needs_1c_export=True, updated_at="2026-01-15 03:00:00")
    shop.sync_without_files()
    assert shop.count("customers", "needs_1c_export") == 1
    assert "nothing to tell 1C" in str(tick(shop))
    shop.execute("UPDATE customer_exports SET exported_at = '2026-01-15 03:00:00.000000'")
    assert isinstance(tick(shop), dg.RunRequest)


def test_the_schedule_does_not_run_for_a_registration_about_which_a_question_is_open(
    shop_on_sqlite: CustomerShop,
) -> None:
    shop = shop_on_sqlite
    shop.register(email="a@example.test", tax_id=inn(1), needs_1c_export=True, updated_at="2026-01-15 03:00:00")
    shop.published(company("c1", tax_id=inn(1)))
    assert shop.count("sync_conflicts", "status = 'pending'") == 1
    assert "nothing to tell 1C" in str(tick(shop))


def test_contragents_are_found_although_many_stock_drops_came_since(sensor: Sensor) -> None:
    write_export(sensor.incoming, mixed())
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    sensor.run(catalogue)
    archive = sensor.shop.resource.archive
    for number in range(25):
        shutil.copytree(str(archive.root / catalogue.run_key), str(archive.root / f"9999010{number:02}T000000Z-stocks"))
        manifest = Path(str(archive.root / f"9999010{number:02}T000000Z-stocks" / "manifest.json"))
        manifest.write_text(manifest.read_text("utf-8").replace("contragents", "rests"), "utf-8")
    assert catalogue.run_key in customers.unread(sensor.shop.resource.exchange, archive, sensor.shop.database)
