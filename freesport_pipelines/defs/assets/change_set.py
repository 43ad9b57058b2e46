"""`change_set`: staged compared with live, judged by the gates. The gates are its asset checks."""

from functools import partial
from typing import Any

import dagster as dg

from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import current_import, session_step
from freesport_pipelines.domain.gates import GATES

KEY = dg.AssetKey("change_set")


@dg.asset(
    key=KEY,
    # all other staged assets stand above these two: the graph shows each dependency once
    deps=[dg.AssetKey(["staged", name]) for name in ("prices", "stocks")],
    group_name="staging",
    kinds={"sql", "table"},
    owners=["team:data"],
    code_version="1",
    check_specs=[dg.AssetCheckSpec(gate.name, asset=KEY, description=gate.description) for gate in GATES],
)
def change_set(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """What this import would change, row by row: inserts, updates, hides and unhides with before and after.

    It is the preview of a dry run, the journal and the way back. Its checks are the gates: a failed check of
    severity ERROR means that nothing of the session is published.
    """
    from freesport_pipelines.database import sessions
    from freesport_pipelines.steps import publishing

    running = current_import(context, shop)
    if running.session.status in sessions.DONE:
        return judged_result(sessions.get(shop.database, running.session.id).report or {})
    judge = partial(publishing.judge_staged, running, shop.archive)
    return judged_result(session_step(shop, running.session.id, judge))


def judged_result(report: dict[str, Any]) -> dg.MaterializeResult:
    """A judged session as an asset shows it, with its gates as checks."""
    from freesport_pipelines.database.report import OPERATIONS, as_markdown

    tables = report["tables"].values()
    totals = {operation: sum(counts[operation] for counts in tables) for operation in OPERATIONS}
    changed = totals["inserted"] + totals["updated"] + totals["hidden"]
    return dg.MaterializeResult(
        metadata={
            "session": report["session"],
            "dagster/row_count": changed,
            **totals,
            "report": dg.MetadataValue.md(as_markdown(report)),
        },
        check_results=[_check_result(check) for check in report["checks"]],
    )


def _check_result(check: dict[str, Any]) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if check["severity"] == "error" else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        check_name=check["name"],
        passed=check["passed"],
        severity=severity,
        description=check["message"],
        metadata={"bad": check["bad"], "looked_at": check["total"], **_examples(check["examples"])},
    )


def _examples(examples: list[str]) -> dict[str, Any]:
    return {"examples": dg.MetadataValue.md("\n".join(f"* `{example}`" for example in examples))} if examples else {}
