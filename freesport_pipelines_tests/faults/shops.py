"""Shops that have a day of business behind them: made once, copied for each test, and read as what they sell."""

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import schema
from freesport_pipelines.database.feeds import FEEDS
from freesport_pipelines_tests.acceptance.exports import Files
from freesport_pipelines_tests.shop import ShopUnderTest

Content = dict[str, list[tuple[Any, ...]]]
PATIENCE_SECONDS = 15


@dataclass(frozen=True)
class Template:
    """A shop that has imported the first files; `server` is the PostgreSQL server, or None for SQLite."""

    folder: Path
    server: sa.URL | None
    first: Files = field(repr=False)
    second: Files = field(repr=False)
    """What the tests import next."""

    @cached_property
    def name(self) -> str:
        return f"template_{uuid.uuid4().hex}"

    @cached_property
    def made(self) -> "Template":
        shop = ShopUnderTest(create_database(self.server, self.name, self.folder), self.folder, with_dagster=False)
        if self.first:
            assert shop.import_files(self.first).status == "published"
        assert shop.database
        shop.close()
        return self

    @contextmanager
    def copied(self, folder: Path, **settings: Any) -> Iterator[ShopUnderTest]:
        """A shop of one's own that is just like it."""
        with self.database(folder) as url:
            shop = ShopUnderTest(url, folder, with_dagster=False, **settings)
            try:
                yield shop
            finally:
                shop.close()

    @contextmanager
    def database(self, folder: Path) -> Iterator[str]:
        template = self.made
        folder.mkdir(parents=True, exist_ok=True)
        if (template.folder / "archive").is_dir():
            shutil.copytree(template.folder / "archive", folder / "archive")
        if self.server is None:
            shutil.copyfile(template.folder / f"{template.name}.db", folder / "shop.db")
            yield f"sqlite:///{folder / 'shop.db'}"
            return
        name = f"shop_{uuid.uuid4().hex}"
        url = create_database(self.server, name, folder, template.name)
        try:
            yield url
        finally:
            execute(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    @cached_property
    def complete(self) -> Content:
        """What the shop holds after an import of the second files that nothing happened to."""
        with self.copied(self.folder / "complete", orphan_block_share=1) as shop:
            assert shop.import_files(self.second).status == "published"
            return content(shop)


def create_database(server: sa.URL | None, name: str, folder: Path, template: str = "template1") -> str:
    if server is None:
        return f"sqlite:///{folder / name}.db"
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.set(database=name).render_as_string(hide_password=False)


def execute(server: sa.URL, statement: str) -> None:
    """Something that PostgreSQL does in no transaction."""
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(statement)
    admin.dispose()


def content(shop: ShopUnderTest) -> Content:
    """What the live tables say: all but ids, times and the number of the session that wrote a row."""
    result: Content = {}
    with shop.database.read() as connection:
        for feed in FEEDS:
            source: Any = feed.live
            columns = [feed.live.c[name] for name in (*feed.key, *feed.journaled) if name in feed.live.c]
            if feed.through is not None:
                source = feed.live.join(schema.skus, schema.skus.c.id == feed.live_id)
                columns.insert(0, schema.skus.c.onec_id)
            rows = connection.execute(sa.select(*columns).select_from(source))
            result[feed.name] = sorted((tuple(row) for row in rows), key=repr)
    return result


def wait_until_alone(shop: ShopUnderTest) -> None:
    """PostgreSQL notices a dead client only when it next talks to it."""
    if shop.database.is_sqlite:
        return
    shop.database.dispose()
    others = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while shop.row(others)["n"]:
        assert time.monotonic() < deadline, "the server has not noticed that its client is dead"
        time.sleep(0.05)
