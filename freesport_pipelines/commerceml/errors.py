"""The one error of this room: a file that cannot be read as the packet it claims to be.

A row that cannot be used is not an error here: it is yielded as written and judged by the rules.
"""

SEND_AGAIN = "Выгрузите файл из 1С ещё раз."
"""Remedy for a file that was damaged or cut on its way."""

CHECK_EXCHANGE = "Проверьте в 1С настройку обмена с сайтом (CommerceML 3.1, UTF-8) и выгрузите файл ещё раз."
"""Remedy for a file that arrived whole and is something else."""


class PacketError(Exception):
    """A packet that was refused: which file, where, what is wrong, what was expected, what to do about it.

    All five are positional, so that the error survives the way back from a worker process.
    """

    def __init__(self, file: str, line: int | None, problem: str, expected: str, remedy: str = SEND_AGAIN) -> None:
        super().__init__(file, line, problem, expected, remedy)
        self.file = file
        self.line = line
        """Line in the file, counted from 1; None where the problem has no place."""
        self.problem = problem
        self.expected = expected
        self.remedy = remedy
        """What the 1C administrator should do, in Russian."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.problem}; expected {self.expected}. {self.remedy}"
