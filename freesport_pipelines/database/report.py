"""The report of a session: one JSON object for programs, one page of markdown for people."""

from typing import Any

from freesport_pipelines.database import sessions
from freesport_pipelines.database.change_set import Judged
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import feeds_of
from freesport_pipelines.database.preview_page import preview_lines
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS

OPERATIONS = ("inserted", "updated", "unchanged", "hidden", "quarantined")
_QUARANTINED = {
    "groups": "categories",
    "goods": "goods",
    "offers": "products",
    "prices": "sku_prices",
    "rests": "product_stocks",
    "priceLists": "price_types",
    "storages": "warehouses",
    "propertiesGoods": "attributes",
    "propertiesOffers": "attributes",
    "contragents": "contragents",
}


def build_report(database: ShopDatabase, session: sessions.Session, judged: Judged) -> dict[str, Any]:
    """Everything worth telling about a judged session."""
    tables: dict[str, dict[str, int]] = {}
    for feed in feeds_of(session.kind):
        counts = judged.changes.get(feed.name, {})
        tables[feed.shown_as] = {
            "inserted": counts.get("insert", 0),
            "updated": counts.get("update", 0) + counts.get("unhide", 0),
            "unchanged": judged.unchanged[feed.name],
            "hidden": counts.get("hide", 0),
            "quarantined": 0,
        }
    for kind, reasons in judged.quarantined.items():
        tables[_QUARANTINED[kind]]["quarantined"] += sum(reasons.values())
    with database.read() as connection:
        figures = sessions.figures(connection, session.id)
    return {
        "session": session.id,
        "kind": session.kind,
        "drop": session.drop_id,
        "mode": session.mode,
        "dry_run": session.dry_run,
        "status": session.status,
        "tables": tables,
        "quarantine": judged.quarantined,
        "checks": [result.as_dict() for result in judged.results],
        "kinds": figures,
        "preview": judged.preview,
    }


def rollback_report(session: sessions.Session, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """What a rollback has undone: rows set back, hidden again, shown again, deleted."""
    tables = {}
    of_customers = any(feed.name in counts for feed in feeds_of(SYNC_CUSTOMERS))
    for feed in feeds_of(SYNC_CUSTOMERS if of_customers else session.kind):
        undone = counts.get(feed.name, {})
        tables[feed.shown_as] = {
            **dict.fromkeys(OPERATIONS, 0),
            "updated": undone.get("update", 0) + undone.get("unhide", 0),
            "hidden": undone.get("hide", 0),
            "deleted": undone.get("delete", 0),
        }
    finished = session.finished_at or session.started_at
    return {
        "session": session.id,
        "kind": session.kind,
        "drop": session.drop_id,
        "mode": session.mode,
        "dry_run": session.dry_run,
        "status": session.status,
        "undoes_session": session.undoes_session_id,
        "tables": tables,
        "quarantine": {},
        "checks": [],
        "kinds": {},
        "seconds": round((finished - session.started_at).total_seconds(), 2),
    }


def repeat_report(session: sessions.Session, before: sessions.Session) -> dict[str, Any]:
    """The report of a session that brought just what an earlier one published."""
    earlier = before.report or {}
    tables = {}
    for name, counts in earlier.get("tables", {}).items():
        staged = counts["inserted"] + counts["updated"] + counts["unchanged"] + counts["hidden"]
        tables[name] = {**dict.fromkeys(OPERATIONS, 0), "unchanged": staged, "quarantined": counts["quarantined"]}
    return {
        **earlier,
        "session": session.id,
        "drop": session.drop_id,
        "dry_run": session.dry_run,
        "status": sessions.UNCHANGED,
        "tables": tables,
        "same_content_as_session": before.id,
        "preview": {},
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    lines = [f"# Import session {report['session']}: {status_in_words(report)}", "", summary(report), ""]
    shown = operations(report)
    lines += ["| table | " + " | ".join(shown) + " |", "|---|" + "---:|" * len(shown)]
    for name, counts in report.get("tables", {}).items():
        if any(counts.values()):
            lines.append(f"| {name} | " + " | ".join(str(counts[operation]) for operation in shown) + " |")
    lines += _quarantine_lines(report.get("quarantine", {}))
    failed = [check for check in report.get("checks", []) if not check["passed"]]
    passed = len(report.get("checks", [])) - len(failed)
    lines += ["", f"**Checks**: {passed} passed, {len(failed)} to look at", ""]
    lines += [f"* {check['severity'].upper()} `{check['name']}`: {check['message']}" for check in failed]
    lines += preview_lines(report.get("preview") or {})
    return "\n".join(lines) + "\n"


def operations(report: dict[str, Any]) -> tuple[str, ...]:
    """The columns of a report's table; only a rollback deletes."""
    return ("updated", "hidden", "deleted") if report.get("undoes_session") else OPERATIONS


def status_in_words(report: dict[str, Any]) -> str:
    """The session's status as an operator reads it."""
    if not report.get("dry_run"):
        return str(report["status"])
    return {
        sessions.JUDGED: "dry run, would be published",
        sessions.REJECTED: "dry run, would be rejected",
    }.get(report["status"], f"dry run, {report['status']}")


def summary(report: dict[str, Any]) -> str:
    """The report in a sentence or two."""
    text = f"Drop `{report['drop']}` ({report.get('mode', 'delta')}), job {report['kind']}."
    if report.get("undoes_session"):
        deleted = sum(counts.get("deleted", 0) for counts in report["tables"].values())
        restored = sum(counts["updated"] + counts["hidden"] for counts in report["tables"].values())
        done = "would be" if report.get("dry_run") else "were"
        return text + f" Session {report['undoes_session']} undone: {restored} rows {done} set back, {deleted} deleted."
    if report.get("same_content_as_session"):
        return text + f" The content is that of session {report['same_content_as_session']}: nothing to do."
    written = sum(c["inserted"] + c["updated"] + c["hidden"] for c in report.get("tables", {}).values())
    if report.get("dry_run"):
        return text + f" Dry run: {written} rows would change, nothing was written."
    if report["status"] == sessions.REJECTED:
        return text + (
            " A gate forbids to publish it: the shop keeps what it had. See the checks below; if the change is meant, "
            f"`freesport approve {report['session']}` or the job approve_session publishes it."
        )
    is_read = any(f.get("records") for f in report.get("kinds", {}).values())
    if not is_read and report["kind"] != SYNC_CUSTOMERS:
        return text + " The drop held no rows that this job reads: nothing was imported."
    text += " Approved by an operator." if report.get("approved") else ""
    return text + (f" {written} rows written." if written else " The shop already had everything: nothing written.")


def _quarantine_lines(quarantined: dict[str, dict[str, int]]) -> list[str]:
    if not quarantined:
        return []
    lines = ["", "**Quarantine** (`freesport quarantine` lists the rows)", ""]
    for kind, reasons in quarantined.items():
        lines += [f"* {kind}: {count} {reason}" for reason, count in reasons.items()]
    return lines
