"""What a cron string may be: Dagster would refuse a wrong one too, but only when it loads, and without its variable."""

import re

CRON_FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, "l"),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("weekday", 0, 7, "sun mon tue wed thu fri sat l"),
)
CRON_PART = re.compile(r"(?:[*?]|\w+(?:-\w+)?(?:#\d)?)(?:/0*[1-9]\d*)?", re.ASCII)
CRON_NAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")


def cron_mistake(cron: str) -> str | None:
    """What is wrong with a cron string, or None."""
    fields = cron.lower().split()
    if len(fields) == 1 and fields[0] in CRON_NAMES:
        return None
    if len(fields) != len(CRON_FIELDS):
        return "it needs five fields: minute hour day month weekday, as in */15 * * * *"
    for text, (name, lowest, highest, words) in zip(fields, CRON_FIELDS, strict=True):
        for part in text.split(","):
            value = re.split("[/#]", part)[0]
            is_known = set(re.findall(r"[a-z_]+", value)) <= set(words.split())
            is_within = all(lowest <= int(number) <= highest for number in re.findall(r"\d+", value))
            if not (CRON_PART.fullmatch(part) and is_known and is_within):
                return f"{part!r} is no {name}: {lowest} to {highest}"
    return None
