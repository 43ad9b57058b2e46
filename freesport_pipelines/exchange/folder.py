"""The exchange folder: where 1C puts files, where claimed ones wait, where ours go out.

Belongs here: the layout of the folder, its rights, the lock between those who change it. Does not belong here:
what is done with the files (`incoming`, `claim`, `archive`).
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from upath import UPath

from freesport_pipelines.exchange.paths import as_upath, local_path, private_folder

_thread_locks: dict[str, threading.Lock] = {}
_thread_locks_guard = threading.Lock()


@dataclass(frozen=True)
class ExchangeFolder:
    """`incoming/` is 1C's, `claimed/` is ours, `outgoing/` is read by 1C."""

    root: UPath

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", as_upath(self.root))

    @property
    def incoming(self) -> UPath:
        return self.root / "incoming"

    @property
    def claimed(self) -> UPath:
        return self.root / "claimed"

    @property
    def outgoing(self) -> UPath:
        return self.root / "outgoing"

    def ensure(self) -> None:
        """Create what is missing; rights of folders that exist are left as the administrator set them."""
        for folder in (self.root, self.incoming, self.claimed, self.outgoing):
            private_folder(folder)

    @contextlib.contextmanager
    def lock(self, what: str = "") -> Iterator[None]:
        """One claimer (or one of those who do `what`) at a time.

        Between threads always, between processes where the folder is a local one. On `sftp://` and `s3://` there is
        no such lock; Dagster runs one sensor daemon, and `claim` keeps away from files that another unfinished claim
        has announced.
        """
        with _thread_lock(f"{self.root}|{what}"), _process_lock(self.claimed, f".{what}.lock" if what else ".lock"):
            yield


def _thread_lock(name: str) -> threading.Lock:
    with _thread_locks_guard:
        return _thread_locks.setdefault(name, threading.Lock())


@contextlib.contextmanager
def _process_lock(claimed: UPath, name: str) -> Iterator[None]:
    local = local_path(claimed)
    if local is None:
        yield
        return
    private_folder(claimed)
    with (local / name).open("ab") as stream:
        _flock(stream)  # given back when the file is closed, also by the end of the process
        yield


def _flock(stream: Any) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: threads are kept apart, renames stay atomic
        return
    with contextlib.suppress(OSError):  # a network share without locks
        fcntl.flock(stream, fcntl.LOCK_EX)
