"""How far a long piece of work has come: said by whoever does it, heard by the event log and by a progress bar.

Every room may use it, as every room may log. Lines come every few seconds, because one per packet would crowd the
event log; a watcher hears of every move.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

log = logging.getLogger(__name__)

EVERY_SECONDS = 5


class Move(NamedTuple):
    """Where a piece of work stands."""

    what: str
    done: float
    total: float
    unit: str


Watcher = Callable[[Move], None]
_watchers: list[Watcher] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let somebody hear of every move within this block, from all work of this process."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        if watcher in _watchers:
            _watchers.remove(watcher)


def _tell(move: Move) -> None:
    """Whoever cannot draw any more, because its terminal has gone, is no reason to stop the work."""
    for watcher in list(_watchers):
        try:
            watcher(move)
        except Exception:
            log.debug("a watcher failed and is told nothing any more", exc_info=True)
            _watchers.remove(watcher)


class Progress:
    """One piece of work."""

    def __init__(self, what: str, total: float, unit: str) -> None:
        """Start the clock.

        :param total: how much there is to do, in `unit`s ("MB", "rows")
        """
        self._at = Move(what, 0, total, unit)
        self._begun = self._said = time.monotonic()

    def move(self, more: float) -> None:
        """So much more is done."""
        self._at = self._at._replace(done=self._at.done + more)
        _tell(self._at)
        now = time.monotonic()
        what, done, total, unit = self._at
        if now - self._said < EVERY_SECONDS or not done:
            return
        self._said = now
        rate = done / (now - self._begun)
        left = (total - done) / rate
        log.info("%s: %.0f of %.0f %s, %.0f %s/s, %.0f s left", what, done, total, unit, rate, unit, left)

    def end(self, summary: str) -> None:
        """All is done."""
        self._at = self._at._replace(done=self._at.total)
        _tell(self._at)
        log.info("%s: %s in %.1f s", self._at.what, summary, time.monotonic() - self._begun)
