"""Which errors of the database may be gone a moment later."""

import sqlalchemy as sa

TRANSIENT_STATES = ("08", "40", "53300", "55P03", "57P01", "57P02", "57P03")
"""SQLSTATE classes and codes: connection lost, transaction given up (serialization, deadlock), too many connections,
lock not available, server shutting down or starting."""
BUSY = ("database is locked", "database table is locked", "database schema is locked")


def is_transient(error: BaseException) -> bool:
    """May the same transaction succeed when it is tried again? A full disk or a missing right is not transient."""
    if not isinstance(error, sa.exc.DBAPIError):
        return isinstance(error, sa.exc.TimeoutError)  # no connection came free
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "pgcode", None)
    if state:
        return str(state).startswith(TRANSIENT_STATES)
    text = str(error.orig)
    is_lost = isinstance(error, sa.exc.OperationalError) and hasattr(error.orig, "pgcode")  # the server cannot say why
    return is_lost or any(words in text for words in BUSY)
