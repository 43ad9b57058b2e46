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
from itertools import chain, count, groupby
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from types import ModuleType

from freesport_pipelines.commerceml.errors import PacketError
from freesport_pipelines.commerceml.readers import SHAPES
from freesport_pipelines.commerceml.slices import slices_of
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.steps import reading
from freesport_pipelines.steps.reading import Packet, Piece, Portion, Recipe, read_portion

WORTH_BYTES = 24_000_000
"""Below this many bytes in all, starting processes takes longer than they save."""
LARGEST_PORTION = 20_000_000
"""A packet that is larger, and cannot be cut, is read here: a reading process hands over a portion as a whole."""
AHEAD_BYTES = 64_000_000
"""Bytes that are read before their turn, besides a portion per process: what is held in memory."""


class ReadingProcessError(RuntimeError):
    """A reading process was ended from outside."""


def read_packets(packets: Sequence[Packet], recipe: Recipe, processes: int) -> Iterator[tuple[Packet, Iterable[Piece]]]:
    """Every packet with its pieces, in reading order; the first packet that cannot be read raises its error."""
    if processes < 2 or sum(packet.size for packet in packets) < WORTH_BYTES:
        for packet in packets:
            yield packet, read_portion(Portion(packet, packet.number), recipe)
        return
    try:
        for packet, portions in groupby(_read_ahead(packets, recipe, processes), lambda read: read[0]):
            yield packet, chain.from_iterable(pieces for _, pieces in portions)
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
    pickled = pickle.dumps(recipe)
    coming = _portions(packets, recipe.kind)
    begun: deque[tuple[Portion, Future[list[Piece]] | None]] = deque()
    try:
        while True:
            while _may_begin(begun, processes) and (portion := next(coming, None)) is not None:
                is_large = portion.span is None and portion.size > LARGEST_PORTION
                begun.append((portion, None if is_large else _begin(portion, pickled, processes)))
            if not begun:
                return
            portion, future = begun.popleft()
            yield portion.packet, read_portion(portion, recipe) if future is None else _result(future, portion, recipe)
    finally:
        for _, future in begun:
            if future is not None:
                future.cancel()


def _may_begin(begun: Iterable[tuple[Portion, object]], processes: int) -> bool:
    """Whether another portion is to be read ahead. A large packet that is read here is nobody else's work."""
    ahead = [portion.size for portion, future in begun if future is not None]
    return len(ahead) < processes or (sum(ahead) < AHEAD_BYTES and len(ahead) < 4 * processes)


def _portions(packets: Sequence[Packet], kind: Kind) -> Iterator[Portion]:
    """All packets in reading order, large ones in slices where that can be."""
    order = count(1)
    for packet in packets:
        slices = None
        if packet.size > LARGEST_PORTION and kind in SHAPES:
            with packet.place.open("rb") as stream:
                slices = slices_of(stream, packet.size, SHAPES[kind])
        if slices is None:
            yield Portion(packet, next(order))
            continue
        for span in slices.spans:
            tail = b"" if span == slices.spans[-1] else slices.tail
            yield Portion(packet, next(order), span, slices.head, tail)


def _result(future: Future[list[Piece]], portion: Portion, recipe: Recipe) -> list[Piece]:
    """What a process has read. Where a slice is refused, the whole packet says what is wrong with it, and where."""
    try:
        return future.result()
    except PacketError:
        if portion.span is not None:
            for _ in read_portion(Portion(portion.packet, portion.order), recipe):
                pass
            raise ReadingProcessError(
                f"{portion.packet.name} cannot be read in parts; nothing was published: replay the drop with "
                "FREESPORT_PROCESSES=1"
            ) from None
        raise


def _begin(portion: Portion, pickled: bytes, processes: int) -> Future[list[Piece]]:
    """Ask for a portion. A process that starts for it imports this module and not the program that runs the import.

    That program may be a script without a guard, which would then run once more in every process.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return _pool(processes).submit(_read_whole, portion, pickled)
    except BrokenProcessPool:  # it was ended while it had nothing to do
        _pool.cache_clear()
        return _pool(processes).submit(_read_whole, portion, pickled)
    finally:
        sys.modules["__main__"] = program


def _read_whole(portion: Portion, pickled: bytes) -> list[Piece]:
    return list(read_portion(portion, _recipe(pickled)))


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
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_the_import)
    # a process that Dagster's code server has started for a run waits for its children before it tells them to end;
    # they are told so through a queue that closes itself at priority 10
    Finalize(None, pool.shutdown, exitpriority=100)
    return pool


def _end_with_the_import() -> None:
    """Ctrl-C is the import's business; when its process is gone, however it went, nobody is left to read for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
