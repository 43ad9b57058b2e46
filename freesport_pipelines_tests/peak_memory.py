"""The most memory that this process has held so far.

Not `resource.getrusage`: what it says survives `exec`, so a child would start with the peak of the large process that
started it, and growth below that would never be seen.
"""

import re
from pathlib import Path


def peak_megabytes() -> float:
    """The high-water mark of the resident set, since this program was started."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
