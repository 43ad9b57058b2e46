"""Do one staging step by its name, and keep with the session what it counted."""

from collections.abc import Mapping
from typing import Any

from freesport_pipelines.database import sessions
from freesport_pipelines.steps import load
from freesport_pipelines.steps.context import ImportContext


def stage(context: ImportContext, step: str) -> Mapping[str, Mapping[str, Any]]:
    """Do the step `module.function` of this room; return its figures by file kind."""
    module, function = step.split(".")
    figures: Mapping[str, Mapping[str, Any]] = getattr(load(module), function)(context)
    for kind, values in figures.items():
        sessions.record_figures(context.database, context.session.id, kind, values)
    return figures
