"""What a process has learnt about a base: which fields exist, and that filters arrive.

Every step of a run opens a client of its own; without this each would ask again what the one before it found out.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from freesport_pipelines.odata.fields import Entity

LONGEST_MEMORY = 3600.0
"""Seconds. A field that is published later is found after so long."""

Key = tuple[str, str, tuple[str, ...]]


def key_of_entity(entity: Entity[Any]) -> Key:
    """A virtual table bears the name of its register, and other installations try other fields."""
    return entity.name, entity.table, entity.candidates


class Learnt:
    """A memory that forgets. A client takes a copy when it is opened, so that nothing changes within a reading."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._fitted: dict[Key, tuple[float, Entity[Any]]] = {}
        self._arrived_at: float | None = None

    def fitted(self) -> dict[Key, Entity[Any]]:
        """The entities with the fields that turned out to exist."""
        with self._lock:
            return {key: entity for key, (since, entity) in self._fitted.items() if self._is_fresh(since)}

    def learn(self, entity: Entity[Any]) -> None:
        """Keep it; what is learnt later about the same entity does not make it younger."""
        key = key_of_entity(entity)
        with self._lock:
            since = self._fitted.get(key, (float("-inf"), entity))[0]
            self._fitted[key] = (since if self._is_fresh(since) else self._clock(), entity)

    def forget(self, entity: Entity[Any]) -> None:
        """Begin anew with the next client: there is something to be repaired in 1C."""
        with self._lock:
            self._fitted.pop(key_of_entity(entity), None)

    @property
    def is_canary_alive(self) -> bool:
        """Did a canary come through not long ago?"""
        with self._lock:
            return self._arrived_at is not None and self._is_fresh(self._arrived_at)

    def canary_came_through(self) -> None:
        """Filters arrive."""
        with self._lock:
            self._arrived_at = self._clock()

    def doubt_filters(self) -> None:
        """1C refused one: the next client sends its own canary."""
        with self._lock:
            self._arrived_at = None

    def _is_fresh(self, since: float) -> bool:
        return self._clock() - since < LONGEST_MEMORY


_SHARED: dict[str, Learnt] = {}
_GUARD = Lock()


def shared_memory(key: str) -> Learnt:
    """What this process knows of a base with these credentials."""
    with _GUARD:
        return _SHARED.setdefault(key, Learnt())
