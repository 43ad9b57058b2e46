"""An answer before it becomes bytes on a socket, and the request that it answers."""

from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    target: str
    """Path and query, byte for byte (bytes above 127 as latin-1)."""
    headers: dict[str, str]
    """By lower-case name."""
    number: int
    """Requests are counted from 1."""

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the first question mark, still encoded."""
        return self.target.partition("?")[2]

    @property
    def decoded_path(self) -> str:
        """The path with its letters."""
        return unquote(self.path)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and what the headers say of it."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    """How many rows are in the body."""
