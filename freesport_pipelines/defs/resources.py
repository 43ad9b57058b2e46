"""What assets and sensors are given: the shop's database, the exchange folder, the archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from freesport_pipelines.settings import OnecSettings, Settings, get_onec_settings, get_settings

if TYPE_CHECKING:
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.exchange.archive import Archive
    from freesport_pipelines.exchange.folder import ExchangeFolder
    from freesport_pipelines.odata.client import OnecClient


class Onec:
    """1C's OData, as the settings name it; one process at a time reads (the smallest tariff has two sessions)."""

    def __init__(self, settings: OnecSettings | None = None) -> None:
        """Connect to nothing yet.

        :param settings: instead of the environment's
        """
        self._settings = settings

    @property
    def settings(self) -> OnecSettings:
        """The settings of 1C."""
        return self._settings or get_onec_settings()

    @contextmanager
    def reading(self, database: ShopDatabase) -> Iterator[OnecClient]:
        """A client, while no other process reads."""
        from freesport_pipelines.database.one_reader import one_reader
        from freesport_pipelines.odata.client import open_client

        with one_reader(database), open_client(self.settings) as client:
            yield client


class Shop:
    """The shop's database, its exchange folder and its archive, as the settings name them.

    A plain object and not a ConfigurableResource: it is configured by the environment alone, and the launchpad
    should offer only what belongs to one import.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Connect to nothing yet.

        :param settings: instead of the environment's
        """
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return self._settings or get_settings()

    @cached_property
    def database(self) -> ShopDatabase:
        """The shop's database; migrations are applied at first use."""
        from freesport_pipelines.database.engine import ShopDatabase
        from freesport_pipelines.database.migrate import upgrade

        database = ShopDatabase(self.settings.database_url)
        upgrade(database)
        return database

    @cached_property
    def exchange(self) -> ExchangeFolder:
        """The exchange folder, its sub-folders made."""
        from upath import UPath

        from freesport_pipelines.exchange.folder import ExchangeFolder

        folder = ExchangeFolder(UPath(self.settings.exchange_url))
        folder.ensure()
        return folder

    @cached_property
    def archive(self) -> Archive:
        """The archive of drops."""
        from upath import UPath

        from freesport_pipelines.exchange.archive import Archive

        return Archive(UPath(self.settings.archive_url))
