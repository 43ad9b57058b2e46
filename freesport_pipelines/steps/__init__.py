"""The steps of an import without Dagster: open, stage, judge, publish. A Dagster asset calls exactly one of them.

Put here: what joins the rooms below (a reader, a rule, a table). Keep out: Dagster, SQL, XML, rules.
"""

from importlib import import_module
from types import ModuleType


def load(module: str) -> ModuleType:
    """One of the step modules, imported when it is needed: the code location itself must start fast."""
    return import_module(f"{__name__}.{module}")
