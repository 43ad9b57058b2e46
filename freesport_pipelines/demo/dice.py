"""All chance of a demo export: stateless and keyed, so that any row can be thrown again in any pass.

`random` is not used: its shuffles and ranges may change between Python versions, a hash may not.
"""

from collections.abc import Callable
from hashlib import blake2b
from operator import itemgetter

ORDERS = 64
"""How many orders are prepared for a set of slots; a die picks one."""


def dice(seed: int, topic: str, index: int) -> bytes:
    """Throw 64 dice of 256 sides that belong to this row of this topic."""
    salt = (seed & (2**128 - 1)).to_bytes(16, "little")
    return blake2b(index.to_bytes(8, "little"), salt=salt, key=topic.encode("ascii")).digest()


Order = Callable[[list[str]], tuple[str, ...]]
"""Puts fragments into one of the prepared orders."""


def orders(seed: int, topic: str, size: int) -> list[Order]:
    """Prepare random orders of `size` fragments (at least two)."""
    if size == 1:
        return [_single] * ORDERS
    prepared: list[Order] = []
    for number in range(ORDERS):
        slots = list(range(size))
        for last in range(size - 1, 0, -1):
            throw = int.from_bytes(dice(seed, topic, number * 65_536 + last)[:4], "little")
            other = throw % (last + 1)
            slots[last], slots[other] = slots[other], slots[last]
        prepared.append(itemgetter(*slots))
    return prepared


def _single(fragments: list[str]) -> tuple[str, ...]:
    return (fragments[0],)
