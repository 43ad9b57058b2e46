"""How far a long step has come: a line now and then for the event log, every move for a progress bar."""

import logging
import time
from collections.abc import Sequence

from freesport_pipelines.steps.reading import Packet

log = logging.getLogger(__name__)

EVERY_SECONDS = 5
"""A line per packet would crowd the event log."""


class Progress:
    """Of reading the packets of one kind. Every record carries `progress`: (what, done, total) in bytes."""

    def __init__(self, what: str, packets: Sequence[Packet]) -> None:
        self._what = str(what)
        self._packets = len(packets)
        self._total = sum(packet.size for packet in packets)
        self._started = self._said = time.monotonic()

    def show(self, packets: int, done: int, records: int) -> None:
        """Say rate and remaining time after a packet; in the event log only if the last line is old enough."""
        now = time.monotonic()
        is_last = packets == self._packets
        moved = {"progress": (self._what, done, self._total)}
        if is_last:
            log.info("%s: %d records read in %.1f s", self._what, records, now - self._started, extra=moved)
            return
        is_due = now - self._said >= EVERY_SECONDS
        if is_due:
            self._said = now
        rate = done / max(now - self._started, 0.001)
        left = (self._total - done) / max(rate, 1)
        log.log(
            logging.INFO if is_due else logging.DEBUG,
            "%s: %.0f of %.0f MB, %.0f MB/s, %.0f s left",
            self._what,
            done / 1e6,
            self._total / 1e6,
            rate / 1e6,
            left,
            extra=moved,
        )
