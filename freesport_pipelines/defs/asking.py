"""Two may ask for a drop, the sensor and the schedule: whoever is first has it for a minute.

Both look at the runs of a drop, but a run is recorded only after the tick that asked for it. A tick of the other one in
between would see none and ask too.
"""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.waiting import WaitingDrop

ASKED = "freesport/asked"
HELD_FOR = timedelta(seconds=60)
"""Longer than a daemon needs to record a run after a tick; after a crash in between, the other one asks."""


def ask_for(
    instance: dg.DagsterInstance, shop: Shop, asker: str, drops: list[WaitingDrop]
) -> tuple[list[dg.RunRequest], list[str]]:
    """Requests for the drops that nobody else has asked for just now, and a line for each that somebody has.

    :param asker: the name of the sensor or schedule; it may repeat its own request as often as it likes
    """
    if not drops:
        return [], []
    now = datetime.now(UTC)
    with shop.exchange.lock("asking"):
        asked = _asked_since(instance, now - HELD_FOR)
        others = {it.run_key: asked[it.run_key][0] for it in drops if asked.get(it.run_key, (asker,))[0] != asker}
        ours = [drop for drop in drops if drop.run_key not in others]
        asked |= {drop.run_key: (asker, now.timestamp()) for drop in ours}
        instance.daemon_cursor_storage.set_cursor_values({ASKED: json.dumps(asked)})
    return [drop.request() for drop in ours], [f"{who} has just asked for drop {it}" for it, who in others.items()]


def _asked_since(instance: dg.DagsterInstance, moment: datetime) -> dict[str, tuple[str, float]]:
    """{drop: (who asked for it, when)}; what is older is forgotten."""
    try:
        noted = json.loads(instance.daemon_cursor_storage.get_cursor_values({ASKED}).get(ASKED, "{}"))
        return {drop_id: (who, at) for drop_id, (who, at) in noted.items() if at > moment.timestamp()}
    except (ValueError, TypeError, AttributeError):  # a damaged note must not stop imports for ever
        return {}
