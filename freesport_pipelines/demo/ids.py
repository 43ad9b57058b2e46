"""Invented 1C identifiers: which row has which id. Every id looks like those of 1C and follows from seed and number."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from freesport_pipelines.demo.dice import dice

NULL_ID = "00000000-0000-0000-0000-000000000000"
_MASK = 2**48 - 1
_STEP = 0x9E3779B97F4B | 1
"""Odd, so that number -> number * step is one-to-one in 48 bits."""

NewId = Callable[[int], str]


def id_maker(seed: int, family: str) -> NewId:
    """Return the function that gives the id of number n of a family; families never share an id."""
    throw = dice(seed, "family." + family, 0)
    start = int.from_bytes(throw[:6], "little")
    tail = f"-11f0-8{throw[6] & 15:x}{throw[7]:02x}-{throw[8:14].hex()}"

    def new_id(number: int) -> str:
        mixed = (start + number * _STEP) & _MASK
        return f"{mixed >> 16:08x}-{mixed & 0xFFFF:04x}{tail}"

    return new_id


def packet_uuid(seed: int, formed_at: datetime, kind: str, packet: int) -> str:
    """Return the uuid in a file's name: another one in every unload, as in reality."""
    key = f"{seed} {formed_at.isoformat()} {kind} {packet}".encode("ascii")
    return str(UUID(bytes=blake2b(key, digest_size=16).digest(), version=4))
