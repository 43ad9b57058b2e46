"""What a command says while it works: a bar for each long piece of work, lines for the rest."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from freesport_pipelines import progress

OURS = "freesport_pipelines"


@contextmanager
def shown_progress() -> Iterator[None]:
    """Show what our modules log, on stderr; on a terminal their progress as bars instead of lines."""
    ours = logging.getLogger(OURS)
    before = ours.handlers, ours.level
    ours.setLevel(logging.INFO)
    try:
        if sys.stderr.isatty():
            with _bars() as bars, progress.watched(bars.move):
                ours.handlers = [_Above(bars.console)]
                yield
        else:
            ours.handlers = [logging.StreamHandler(sys.stderr)]
            yield
    finally:
        ours.handlers = before[0]
        ours.setLevel(before[1])


@contextmanager
def _bars() -> Iterator["_Bars"]:
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} {task.fields[unit]}"),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=5) as shown:
        yield _Bars(shown)


class _Bars:
    """One bar per piece of work, in the order in which they begin."""

    def __init__(self, shown: Progress) -> None:
        self.console = shown.console
        self._shown = shown
        self._tasks: dict[str, TaskID] = {}

    def move(self, move: progress.Move) -> None:
        """Draw how far it is."""
        task = self._tasks.get(move.what)
        if task is None:
            task = self._tasks[move.what] = self._shown.add_task(move.what, total=move.total, unit=move.unit)
        self._shown.update(task, completed=move.done, total=move.total)


class _Above(logging.Handler):
    """Prints what is logged above the bars; what the bars show is left out."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        if record.name == progress.__name__:
            return
        try:
            self._console.print(self.format(record), markup=False, highlight=False)
        except Exception:  # as the standard library's handlers do: a line that cannot be shown stops nothing
            self.handleError(record)
