"""Which drops wait for a run, and what each of them waits for. The sensor and the schedule both ask here.

Belongs here: drops and runs, and the rule of who may go first. Does not belong here: looking at incoming files
(`sensors`, `stock_schedule`), two that ask at the same moment (`asking`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE, SYNC_CUSTOMERS
from freesport_pipelines.domain.kinds import CUSTOMER_KINDS, STOCK_KINDS

ARCHIVED_LOOK_BACK = 20
ATTEMPTS = 3
"""Runs of one drop before it is left to the operator."""
DROP_TAG = "freesport/drop"


@dataclass(frozen=True)
class WaitingDrop:
    """A drop that is not settled."""

    drop_id: str
    job: str
    runs: int
    """How many runs it has had."""
    obstacle: str | None
    """Why no run is asked for now, in words for an operator; None: one may be."""

    @property
    def run_key(self) -> str:
        """Of its first run."""
        return f"{self.drop_id}/customers" if self.job == SYNC_CUSTOMERS else self.drop_id

    def request(self) -> dg.RunRequest:
        """Its next run. The key changes with each attempt, so that a run that died can be repeated."""
        return dg.RunRequest(
            run_key=self.run_key if not self.runs else f"{self.run_key}/{self.runs + 1}",
            job_name=self.job,
            run_config={"ops": {"exchange__drop": {"config": {"drop": self.drop_id}}}},
            tags={DROP_TAG: self.drop_id},
        )


def fail_dead_runs(instance: dg.DagsterInstance, shop: Shop) -> None:
    """End sessions whose process is gone, and their runs: a run that only seems to be under way blocks the queue."""
    from freesport_pipelines.database import unfinished

    for session in unfinished.mark_dead(shop.database, shop.settings.stale_after_seconds):
        again = dg.RunsFilter(tags={"dagster/root_run_id": session.run_id})
        for run in [instance.get_run_by_id(session.run_id), *instance.get_runs(filters=again)]:
            if run is not None and run.status == dg.DagsterRunStatus.STARTED:
                instance.report_run_failed(run, f"session {session.id}: {session.error or 'its process ended'}")


def waiting_drops(instance: dg.DagsterInstance, shop: Shop) -> Iterator[WaitingDrop]:
    """Every drop that is not settled, oldest first; a run that died is repeated a few times.

    A drop with contragents waits a second time, for the job that reads those.
    """
    from itertools import chain

    kept = dict(_kept(shop))
    return chain(_of_catalogue(instance, shop, kept), _of_customers(instance, shop, kept))


def _of_customers(
    instance: dg.DagsterInstance, shop: Shop, kept: Mapping[str, frozenset[str]]
) -> Iterator[WaitingDrop]:
    from freesport_pipelines.steps.customers import unread

    for drop_id in unread(shop.exchange, shop.archive, shop.database):
        runs = _runs(instance, drop_id, of_customers=True)
        obstacle = _obstacle(drop_id, runs)
        others = kept.get(drop_id, frozenset()) - CUSTOMER_KINDS
        if obstacle is None and others and not shop.archive.holds(drop_id):
            obstacle = f"contragents of drop {drop_id} wait until its catalogue run has archived it"
        yield WaitingDrop(drop_id, SYNC_CUSTOMERS, len(runs), obstacle)


def _of_catalogue(
    instance: dg.DagsterInstance, shop: Shop, kept: Mapping[str, frozenset[str]]
) -> Iterator[WaitingDrop]:
    from freesport_pipelines.database import unfinished

    settled, begun = unfinished.settled_drops(shop.database), unfinished.begun_drops(shop.database)
    catalogue: str | None = None
    for drop_id, all_kinds in sorted(kept.items()):
        kinds = all_kinds - CUSTOMER_KINDS
        if drop_id in settled or (all_kinds and not kinds):
            continue
        runs = _runs(instance, drop_id, of_customers=False)
        is_stock = bool(kinds) and kinds <= STOCK_KINDS
        obstacle = _obstacle(drop_id, runs)
        is_given_up = obstacle is not None and all(run.is_finished for run in runs)
        # stocks may overtake an import that is under way, not one that has not begun: it could not mind them
        if obstacle is None and is_stock and catalogue:
            obstacle = f"stocks {drop_id} wait for the catalogue drop {catalogue}: it is older and has not begun"
        yield WaitingDrop(drop_id, STOCK_UPDATE if is_stock else CATALOG_IMPORT, len(runs), obstacle)
        if not is_stock and not is_given_up and drop_id not in begun:
            catalogue = catalogue or drop_id


def _runs(instance: dg.DagsterInstance, drop_id: str, *, of_customers: bool) -> list[dg.DagsterRun]:
    runs = instance.get_runs(filters=dg.RunsFilter(tags={DROP_TAG: drop_id}))
    return [run for run in runs if (run.job_name == SYNC_CUSTOMERS) == of_customers]


def _obstacle(drop_id: str, runs: Sequence[dg.DagsterRun]) -> str | None:
    """What its runs say against another one."""
    if any(not run.is_finished for run in runs):
        return f"a run of drop {drop_id} is queued or under way"
    if len(runs) >= ATTEMPTS:
        return f"drop {drop_id} was tried {len(runs)} times: see its runs, then freesport replay {drop_id}"
    return None


def _kept(shop: Shop) -> Iterator[tuple[str, frozenset[str]]]:
    """Claimed drops, and archived ones whose run died before its session came to an end."""
    from itertools import islice

    from freesport_pipelines.exchange.claim import claimed_drops

    for claimed in claimed_drops(shop.exchange):
        yield claimed.drop_id, frozenset(claimed.kinds)
    for drop in islice(shop.archive.list(), ARCHIVED_LOOK_BACK):
        if drop.source == "exchange":
            yield drop.drop_id, frozenset(drop.kinds)
