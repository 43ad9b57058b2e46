"""What the documents say in tables is what the code does."""

import re
from pathlib import Path

from freesport_pipelines.domain.error_policy import POLICY
from freesport_pipelines.domain.gates import GATES
from freesport_pipelines.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_is_documented_with_its_default() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `FREESPORT_(\w+)` \| (.+?) \|", text, re.MULTILINE))
    documented = {name.lower(): default.strip("`") for name, default in rows.items()}
    told = {"catalog_roots": "–", "price_types": "{}", "postgres_bin": "–", "export_key": "–", "sensor_enabled": "true"}
    defaults = {name: told.get(name, str(field.default)) for name, field in Settings.model_fields.items()}
    assert documented == defaults


def test_the_error_policy_is_documented_as_it_is() -> None:
    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)
    assert rows == [(str(trouble), str(strategy)) for trouble, strategy in POLICY.items()]


def test_every_gate_that_can_reject_a_session_is_in_the_operators_guide() -> None:
    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    for_all = re.compile(r"every_\w+_has_\w+")
    can_reject = {gate.name for gate in GATES if gate.limit or gate.always_blocks or gate.by_share}
    assert {name for name in can_reject if name not in text and not for_all.match(name)} == set()
