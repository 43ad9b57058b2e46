"""The points of an import at which something can happen to it: a kill, a crash, another session that gets in between.

    with struck("between two tables", kill_myself):
        shop.import_files(…)

What happens is the caller's; where it happens is listed here, in the order in which an import comes by.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest import mock

from freesport_pipelines.database import change_set, compare, dialect, gates, orphans, publish, staging
from freesport_pipelines.exchange import copying
from freesport_pipelines.steps import opening, publishing

Blow = Callable[[], object]
Arguments = tuple[Any, ...]


class Crash(BaseException):
    """An end that nothing in the product may catch and go on: the nearest thing to a kill within one process."""


def crash() -> NoReturn:
    raise Crash


def kill_myself() -> None:
    """What `kill -9` and the kernel's memory killer do."""
    os.kill(os.getpid(), signal.SIGKILL)


class Spot:
    """One function of the product, struck before or after it does its work."""

    def __init__(self, module: Any, name: str, *, after: bool = False, when: Callable[..., bool] | None = None) -> None:
        self.module, self.name, self.after, self.when = module, name, after, when

    @contextmanager
    def struck(self, blow: Blow) -> Iterator[None]:
        real = getattr(self.module, self.name)

        def function(*given: Any, **named: Any) -> Any:
            hits = self.when is None or self.when(*given)
            if hits and not self.after:
                blow()
            done = real(*given, **named)
            if hits and self.after:
                blow()
            return done

        with mock.patch.object(self.module, self.name, function):
            yield


class HalfAFile:
    """Half of a packet is in the archive when it happens."""

    @contextmanager
    def struck(self, blow: Blow) -> Iterator[None]:
        real = copying._pump

        def pump(source: Any, stream: Any, *rest: Any) -> Any:
            stream.write(source.read(200))
            stream.flush()
            blow()
            source.seek(0)
            stream.seek(0)
            return real(source, stream, *rest)

        with mock.patch.object(copying, "_pump", pump):
            yield


def _staging(table: Any) -> Spot:
    return Spot(dialect, "load_packed", after=True, when=lambda _connection, loaded, _rows: loaded is table)


def _of(table: str) -> Callable[..., bool]:
    return lambda _connection, feed, *_: feed.name == table


POINTS: dict[str, Spot | HalfAFile] = {
    "while a packet is being archived": HalfAFile(),
    "after the drop was archived": Spot(opening, "open_import"),
    "after the session was opened": Spot(opening, "open_import", after=True),
    "while price types are staged": _staging(staging.price_types),
    "while categories are staged": _staging(staging.categories),
    "while goods are staged": _staging(staging.goods),
    "while offers are staged": _staging(staging.skus),
    "while prices are staged": _staging(staging.sku_prices),
    "while rests are staged": _staging(staging.sku_stocks),
    "while rows are placed": Spot(orphans, "remove_orphan_amounts"),
    "while rows are compared": Spot(compare, "_journal_changes", when=_of("skus")),
    "while gates are judged": Spot(gates, "evaluate"),
    "after the judgement": Spot(change_set, "make_change_set", after=True),
    "before the publication": Spot(publishing, "publish_session"),
    "before the first table": Spot(publish, "publish"),
    "between the first tables": Spot(publish, "_insert", when=_of("brands")),
    "between two tables": Spot(publish, "_insert", when=_of("sku_prices")),
    "before the commit": Spot(publishing, "settle", after=True),
    "after the commit": Spot(publishing, "finish"),
}
PUBLISHED_BY_THEN = {"after the commit"}


@contextmanager
def struck(point: str, blow: Blow) -> Iterator[None]:
    """Let something happen each time an import comes by this point."""
    with POINTS[point].struck(blow):
        yield
