"""What the documents say in tables, commands and lists is what the code does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from freesport_pipelines.database import customer_schema, purchase_schema
from freesport_pipelines.domain.error_policy import POLICY
from freesport_pipelines.domain.gates import GATES
from freesport_pipelines.settings import OnecSettings, Settings
from freesport_pipelines_tests.structure.documented import command_lines, option_spans
from freesport_pipelines_tests.structure.documented_commands import COMMANDS, OPTIONS, commands, mistakes
from freesport_pipelines_tests.structure.test_rooms import MAY_IMPORT

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOR_USERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "data" / "README.md"]
FOR_USERS += sorted(DOCS.glob("*.md"))
EXAMPLE = ROOT / ".env.example"
OF_OTHERS = {"DAGSTER_POSTGRES_URL"}
"""Variables that no settings class of ours reads."""


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def defaults(settings: type[BaseSettings]) -> dict[str, str]:
    """Every variable with its default, as one writes it; secrets and what is empty: –."""
    prefix = settings.model_config.get("env_prefix", "")
    return {
        str(field.validation_alias or f"{prefix}{name}").upper(): _written(field.get_default(call_default_factory=True))
        for name, field in settings.model_fields.items()
    }


def _written(value: Any) -> str:
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple | list | frozenset):
        value = ",".join("=".join(map(str, part)) if isinstance(part, tuple) else str(part) for part in value)
    return "–" if value in (None, "") else str(value)


def documented_variables(name: str, beginnings: str) -> dict[str, str]:
    rows = re.findall(rf"^\| `((?:{beginnings})_\w+)` \| (.+?) \|", text_of(name), re.MULTILINE)
    return {variable: default.strip("`") for variable, default in rows}


def test_every_setting_of_the_shop_is_documented_with_its_default() -> None:
    assert documented_variables("configuration.md", "FREESPORT") == defaults(Settings)


def test_every_setting_of_1c_is_documented_with_its_default() -> None:
    assert documented_variables("odata.md", "ONEC|CUSTOMER_SYNC") == defaults(OnecSettings)


def test_every_variable_that_a_document_names_exists() -> None:
    known = {*defaults(Settings), *defaults(OnecSettings), *OF_OTHERS}
    named = {
        (file.name, name)
        for file in [*FOR_USERS, EXAMPLE]
        for name in re.findall(r"\b(?:FREESPORT|ONEC|CUSTOMER_SYNC|DAGSTER_POSTGRES)_[A-Z0-9_]*[A-Z0-9]\b(?!_)",
                               file.read_text(encoding="utf-8"))
        if name not in known
    }  # fmt: skip
    assert named == set()


def test_the_example_names_every_variable_of_1c_and_none_that_is_not_there() -> None:
    named = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) - set(defaults(Settings)) - OF_OTHERS == set(defaults(OnecSettings))


def test_what_the_example_comments_out_is_the_default(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    switched_on = tmp_path / ".env"
    switched_on.write_text(re.sub(r"^# (?=[A-Z0-9_]+=)", "", text, flags=re.MULTILINE), encoding="utf-8")
    filled_in = {name.removeprefix("ONEC_").lower() for name in re.findall(r"^([A-Z0-9_]+)=", text, re.MULTILINE)}
    known, plain = (OnecSettings(_env_file=file).model_dump(exclude=filled_in) for file in (switched_on, None))  # type: ignore[call-arg]
    assert known == plain


def test_the_example_can_be_used_as_it_is() -> None:
    known = OnecSettings(_env_file=EXAMPLE)  # type: ignore[call-arg]
    assert known.api_url.startswith("https://1c.example/")
    assert known.authorization()


def test_the_error_policy_is_documented_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text_of("safety.md"), re.MULTILINE)
    assert rows == [(str(trouble), str(strategy)) for trouble, strategy in POLICY.items()]


def test_every_gate_that_can_reject_a_session_is_in_the_operators_guide() -> None:
    text = text_of("safety.md")
    for_all = re.compile(r"every_\w+_has_\w+")
    can_reject = {gate.name for gate in GATES if gate.limit or gate.always_blocks or gate.by_share}
    assert {name for name in can_reject if name not in text and not for_all.match(name)} == set()


def test_the_rooms_and_what_they_may_import_are_documented_as_they_are() -> None:
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \| .+ \| (.+?) \|$", text_of("house.md"), re.MULTILINE)
    documented = {
        room: set() if allowed == "nothing of ours" else set(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows
    }
    assert documented == {room: allowed for room, allowed in MAY_IMPORT.items() if room != "__init__"}


TABLES = customer_schema.metadata.tables
OF_1C = {table.name for table in purchase_schema.MIRRORED}
OF_CUSTOMERS = {table.name for table in (*customer_schema.OWNED_BY_SHOP, customer_schema.personal_images)}


def described_tables() -> dict[str, set[str]]:
    """Every table that docs/tables.md describes as `name(column, …)`, with the columns that it names."""
    found = re.findall(r"`(\w+)\(([^()`]+)\)`", text_of("tables.md"))
    return {name: set(re.findall(r"\w+", columns)) for name, columns in found}


def test_every_table_of_customers_and_of_1c_is_described_to_the_shops_developers() -> None:
    assert (OF_1C | OF_CUSTOMERS) - set(described_tables()) == set()


@pytest.mark.parametrize("name", sorted(set(described_tables()) & set(TABLES)))
def test_a_described_column_exists(name: str) -> None:
    assert described_tables()[name] - set(TABLES[name].columns.keys()) == set()


@pytest.mark.parametrize("name", sorted(OF_1C))
def test_every_column_of_1c_is_described(name: str) -> None:
    told_once = {"is_marked", "version", "missing_since", "updated_at"}
    assert set(TABLES[name].columns.keys()) - described_tables()[name] - told_once == set()


def test_personal_data_are_listed_once_and_referred_to() -> None:
    section = text_of("safety.md").partition("## Where personal data live")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| table `(\w+)`", section, re.MULTILINE))
    assert listed == {
        "contragents", "customers", "personal_images", "discount_cards", "onec_counterparties",
    }  # fmt: skip
    for text in (text_of("customers.md"), text_of("purchases.md"), text_of("tables.md")):
        assert "safety.md#where-personal-data-live" in text
    for module in (customer_schema, purchase_schema):
        assert "docs/safety.md" in str(module.__doc__)


@pytest.mark.parametrize("file", FOR_USERS, ids=lambda file: file.name)
def test_every_documented_command_exists_with_its_options(file: Path) -> None:
    found = command_lines(file.read_text(encoding="utf-8"))
    assert {line: wrong for line in found if (wrong := mistakes(line))} == {}


@pytest.mark.parametrize("file", FOR_USERS, ids=lambda file: file.name)
def test_every_option_that_is_named_alone_is_one_of_some_command(file: Path) -> None:
    assert {span for span in option_spans(file.read_text(encoding="utf-8")) if span not in OPTIONS} == set()


def test_the_readme_lists_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {" ".join(path) for line in command_lines(readme) for path in commands(line)}
    assert {" ".join(path) for path in COMMANDS} - named == set()
