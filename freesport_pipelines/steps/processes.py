"""Packets read by several processes at once, handed over in reading order.

Processes, not threads: lxml and the rules hold the interpreter's lock (facts/speed.md: two processes read 1.9 times as
fast as one, two threads half as fast). They are forked from a clean server process, never from the import's own, which
has threads, database connections and locks that a fork would share. They end when the import's process ends, however
it ends.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing.process import BaseProcess
from types import ModuleType

from freesport_pipelines.steps import reading
from freesport_pipelines.steps.reading import Packet, Piece, Recipe, read_packet

WORTH_BYTES = 24_000_000
"""Below this many bytes in all, starting processes takes longer than they save."""
LARGEST_PACKET = 100_000_000
"""A larger packet is read here, piece by piece: a reading process hands over a packet as a whole."""
AHEAD = 2
"""Packets per process that are read before their turn: what is held in memory."""


class ReadingProcessError(RuntimeError):
    """A reading process was ended from outside."""


def read_packets(packets: Sequence[Packet], recipe: Recipe, processes: int) -> Iterator[tuple[Packet, Iterable[Piece]]]:
    """Every packet with its pieces, in reading order; the first packet that cannot be read raises its error."""
    if processes < 2 or sum(packet.size for packet in packets) < WORTH_BYTES:
        for packet in packets:
            yield packet, read_packet(packet, recipe)
        return
    try:
        yield from _read_ahead(packets, recipe, processes)
    except BrokenProcessPool as error:
        _pool.cache_clear()
        raise ReadingProcessError(
            "a process that reads packets was ended from outside (is there enough memory?); nothing was published: "
            "replay the drop, with FREESPORT_PROCESSES=1 if it happens again"
        ) from error


def available_processes(wanted: int) -> int:
    """How many processes read: as many as wanted, or one per core of this process where that is 0."""
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read_ahead(packets: Sequence[Packet], recipe: Recipe, processes: int) -> Iterator[tuple[Packet, Iterable[Piece]]]:
    pool, pickled = _pool(processes), pickle.dumps(recipe)
    coming = iter(packets)
    begun: deque[tuple[Packet, Future[list[Piece]] | None]] = deque()
    try:
        while True:
            while len(begun) < processes * AHEAD and (packet := next(coming, None)) is not None:
                is_large = packet.size > LARGEST_PACKET
                begun.append((packet, None if is_large else _begin(pool, packet, pickled)))
            if not begun:
                return
            packet, future = begun.popleft()
            yield packet, read_packet(packet, recipe) if future is None else future.result()
    finally:
        for _, future in begun:
            if future is not None:
                future.cancel()


def _begin(pool: ProcessPoolExecutor, packet: Packet, pickled: bytes) -> Future[list[Piece]]:
    """Ask for a packet. A process that starts for it imports this module and not the program that runs the import.

    That program may be a script without a guard, which would then run once more in every process.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return pool.submit(_read_whole, packet, pickled)
    finally:
        sys.modules["__main__"] = program


def _read_whole(packet: Packet, pickled: bytes) -> list[Piece]:
    return list(read_packet(packet, _recipe(pickled)))


@lru_cache(maxsize=2)
def _recipe(pickled: bytes) -> Recipe:
    """The dictionaries in a recipe are unpacked once per process, not once per packet."""
    recipe: Recipe = pickle.loads(pickled)  # noqa: S301 - from the import's own process
    return recipe


@lru_cache(maxsize=1)
def _pool(processes: int) -> ProcessPoolExecutor:
    """Kept for the steps that follow."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([reading.__name__])
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_the_import)


def _end_with_the_import() -> None:
    """Ctrl-C is the import's business; when its process is gone, however it went, nobody is left to read for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
