"""All chance of the invented company: stateless and vectorised, so that a million rows are thrown in a blink.

`random` is not used: what it gives may change between versions of numpy, arithmetic may not.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def throw(seed: int, topic: str, numbers: Ints) -> NDArray[np.uint64]:
    """64 random bits for each number of a topic (the SplitMix64 finalizer)."""
    start = np.uint64((seed * 0x9E3779B97F4A7C15 ^ crc32(topic.encode()) << 20) & (2**64 - 1))
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + start
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def below(seed: int, topic: str, numbers: Ints, limit: int) -> Ints:
    """A whole number from 0 up to and without the limit for each number."""
    return (throw(seed, topic, numbers) % np.uint64(limit)).astype(np.int64)
