"""`freesport backup`, `backups`, `restore` and `prune`: what keeps the shop's tables safe and its archive small."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from freesport_pipelines.cli.asking import AsJson, Into, Yes, confirm, failure_is_told

if TYPE_CHECKING:
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.steps.backups import Backup, Backups


def backup(as_json: AsJson = False) -> None:
    """Back up the shop's tables while imports go on (резервная копия).

    PostgreSQL: pg_dump, of the tables that imports write and no others; SQLite: its online backup.
    """
    from freesport_pipelines.defs.resources import Shop
    from freesport_pipelines.steps.backups import backups_of

    with failure_is_told(as_json=as_json):
        shop = Shop()
        taken = backups_of(shop.settings).take(shop.database)
        _tell(_described(taken), as_json=as_json, text=f"Backup {taken.id}: {_in_words(taken)}\n{taken.dump}")


def list_backups(as_json: AsJson = False) -> None:
    """List the backups, newest first (резервные копии)."""
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.settings import get_settings
    from freesport_pipelines.steps.backups import backups_of

    with failure_is_told(as_json=as_json):
        found = [_described(one) for one in backups_of(get_settings()).newest_first()]
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            columns = ["backup", "database", "bytes", "rows", "newest_session", "reason"]
            show_rows(columns, [[one[name] for name in columns] for one in found])


def restore(
    name: Annotated[str | None, typer.Argument(metavar="[BACKUP]", help="Id of the backup; else the newest.")] = None,
    into: Into = None,
    safety: Annotated[
        bool, typer.Option("--safety-backup/--no-safety-backup", help="Back up the present state first.")
    ] = True,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, verified, in one transaction; if anything fails nothing is changed (восстановление из копии).

    Without a name: the newest backup on the way to the shop's present state that was not made by a restore or a rebuild
    for safety. What was published after it is undone; the archived drops stay and can be replayed. Tables of the shop's
    own, and what it has built on ours, stay as they are.
    """
    from freesport_pipelines.database.backup_manifest import BEFORE_RESTORE
    from freesport_pipelines.settings import get_settings
    from freesport_pipelines.steps.backups import backups_of

    with failure_is_told(as_json=as_json):
        settings = get_settings()
        backups, shop = backups_of(settings), database_of(settings.database_url)
        database = empty_database(into) if into else shop
        wanted = backups.load(name) if name else _to_restore(backups, shop, elsewhere=bool(into))
        confirm(f"Replace the tables in {database.url!r} by backup {wanted.id} ({_in_words(wanted)})?", yes=yes)
        saved = safety_backup(backups, database, BEFORE_RESTORE) if safety else None
        done = backups.restore(wanted, database)
        result = {**_described(wanted), "undone_sessions": done.undone_sessions, "safety_backup": saved and saved.id}
        _tell(result, as_json=as_json, text=_restored_text(wanted, done.undone_sessions, saved))


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed; remove nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove old drops, change sets, report details, staging areas and backups that nobody needs (очистка архива).

    By age and number, see docs/configuration.md; never what an open session needs, never a drop that came after the
    newest backup.
    """
    from datetime import UTC, datetime

    from freesport_pipelines.defs.resources import Shop
    from freesport_pipelines.steps import pruning
    from freesport_pipelines.steps.backups import backups_of

    with failure_is_told(as_json=as_json):
        shop = Shop()
        backups = backups_of(shop.settings)
        done = pruning.prune(shop.database, shop.archive, backups, shop.settings, datetime.now(UTC), dry_run=dry_run)
        result = {"dry_run": dry_run, "removed": done.counts, "drops": done.drops, "notes": done.notes}
        lines = [f"{'would remove' if dry_run else 'removed'} {n} {name}" for name, n in done.counts.items() if n]
        _tell(result, as_json=as_json, text="\n".join([*(lines or ["nothing to remove"]), *done.notes]))


def database_of(url: str) -> "ShopDatabase":
    """A database by its URL; nothing is written to it yet."""
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.settings import Settings

    return ShopDatabase(Settings(database_url=url).database_url)  # type: ignore[call-arg]


def empty_database(url: str) -> "ShopDatabase":
    """Another database to write to, refused if it holds anything of ours."""
    import sqlalchemy as sa

    from freesport_pipelines.database.backup_manifest import BackupError
    from freesport_pipelines.database.fingerprints import our_columns

    database = database_of(url)
    with database.read() as connection:
        for name in our_columns(connection):
            if connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first():
                raise BackupError(
                    f"{database.url!r} has rows in our table {name}: name an empty database. Nothing was changed "
                    "(база не пуста, ничего не изменено)"
                )
    return database


def _to_restore(backups: "Backups", shop: "ShopDatabase", *, elsewhere: bool) -> "Backup":
    """The one that is meant when none is named; a shop's database that is gone has no say in what goes elsewhere."""
    from sqlalchemy.exc import SQLAlchemyError

    from freesport_pipelines.steps.lineage import lineage_of, without_history

    try:
        lineage = lineage_of(shop)
    except SQLAlchemyError:
        if not elsewhere:
            raise
        lineage = without_history(shop)
    return lineage.to_restore(backups.newest_first())


def safety_backup(backups: "Backups", database: "ShopDatabase", reason: str) -> "Backup | None":
    """Back up what is about to be replaced, if there is anything."""
    from freesport_pipelines.database import migrate, undone
    from freesport_pipelines.database.backup_manifest import BackupError

    with database.read() as connection:
        if migrate.current_revision(connection) is None or undone.mark_in(connection).newest == 0:
            return None
    try:
        return backups.take(database, reason)
    except BackupError as error:
        raise BackupError(
            f"the present state could not be backed up, so it was not replaced: {error}. If it is not worth keeping: "
            "--no-safety-backup"
        ) from error


def _described(found: "Backup") -> dict[str, Any]:
    manifest = found.manifest
    return {
        "backup": found.id,
        "database": manifest.database,
        "schema": manifest.revision,
        "bytes": manifest.size,
        "rows": sum(table.rows for table in manifest.tables.values()),
        "newest_session": manifest.history.newest_session,
        "reason": manifest.reason,
        "path": str(found.dump),
    }


def _in_words(found: "Backup") -> str:
    facts = _described(found)
    return f"{facts['rows']:,} rows, {facts['bytes'] / 1e6:.1f} MB, sessions up to {facts['newest_session']}"


def _restored_text(wanted: "Backup", undone: tuple[int, ...], saved: "Backup | None") -> str:
    lines = [f"Restored backup {wanted.id}: {_in_words(wanted)}; every table verified."]
    if saved:
        lines.append(f"The state before is backup {saved.id}.")
    if undone:
        numbers = ", ".join(map(str, undone))
        lines.append(f"Undone: what sessions {numbers} had published. `freesport replay` imports their drops again.")
    return "\n".join(lines)


def _tell(result: dict[str, Any], *, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(result, ensure_ascii=False) if as_json else text)
