"""The one exception of this room: it says which file, why, and what to do about it, in both languages.

Belongs here: how a failure of the exchange is told to people. Does not belong here: deciding that something is
a failure (the modules do), or errors inside a packet (`commerceml.errors`).
"""


class ExchangeError(Exception):
    """A file or folder of the exchange cannot be used. The text names it, the cause and the remedy."""

    def __init__(self, cause: str, *, file: object, remedy: str, russian: str) -> None:
        self.file = str(file)
        self.cause = cause
        self.remedy = remedy
        self.russian = russian
        named = cause if self.file in cause else f"{self.file}: {cause}"
        super().__init__(f"{named}. {remedy} / {russian}")
