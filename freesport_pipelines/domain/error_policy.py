"""What happens when something goes wrong: the one table of it. Requirement, section 8.1.

Rows are handled where they are read and placed (quarantine), steps in `steps/attempt.py`. The strategies for customers
and for the API of 1C join this table with their parts.
"""

from enum import StrEnum


class Trouble(StrEnum):
    """Kinds of error, named as the requirement names them."""

    VALIDATION_ERROR = "validation_error"
    """A row, or a part of it, that cannot be used."""
    DATABASE_ERROR = "database_error"
    """The database dropped out, was busy, or gave the transaction up: the same step may succeed a moment later."""
    FILE_PARSE_ERROR = "file_parse_error"
    """A packet, a zip or a manifest that cannot be read."""
    DEFECT = "defect"
    """Anything else: a full disk, a missing right, a fault of this software."""


class Strategy(StrEnum):
    """What is done about it."""

    SKIP_AND_LOG = "skip_and_log"
    """The row goes to quarantine with file, reason and remedy; the file goes on; a gate counts it."""
    RETRY_WITH_BACKOFF = "retry_with_backoff"
    """The step is tried again after growing, jittered pauses; then it stops and reports."""
    STOP_AND_REPORT = "stop_and_report"
    """The session fails, nothing of it is published, the message names the cause; the drop stays in the archive."""


POLICY: dict[Trouble, Strategy] = {
    Trouble.VALIDATION_ERROR: Strategy.SKIP_AND_LOG,
    Trouble.DATABASE_ERROR: Strategy.RETRY_WITH_BACKOFF,
    Trouble.FILE_PARSE_ERROR: Strategy.STOP_AND_REPORT,
    Trouble.DEFECT: Strategy.STOP_AND_REPORT,
}
