"""The code location that Dagster loads. Put nothing else here."""

import dagster as dg

from freesport_pipelines.defs.build import build_defs


@dg.definitions
def defs() -> dg.Definitions:
    """Everything the code location offers."""
    return build_defs()
