"""The quiet end of a history: a healthy owner must count, show and save all, whatever went before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.watch import check_totals
from tests.simulation.worker import Worker
from tests.simulation.world import WrongError

if TYPE_CHECKING:
    from tests.simulation.histories import History

PATIENCE = 400  # steps of a quiet world in which a healthy worker must have caught up


def settle(history: History) -> None:
    """A healthy owner catches up with the log, shows and saves all; a late claim may depose it first."""
    for _ in range(PATIENCE):
        history.assign()
        worker = history.workers[0]
        if worker.counting and not worker.tasks and worker.caught_up and _shown_and_saved(history, worker):
            break
        if not worker.end:
            _quiet_step(worker)
        history.bury()
    else:
        raise WrongError(f"does not catch up: {history.workers[0].next} of {[len(x) for x in history.world.field]}")


def _shown_and_saved(history: History, worker: Worker) -> bool:
    """Publish what is due, which must be enough; then all, as every few minutes; and save."""
    for tasks in (("publish", "publish"), ("publish", "checkpoint", "publish", "checkpoint")):
        for task in tasks:
            worker.finish(task)
        if worker.end:
            return False
        check_totals(history.world, history.watch, history.units)
        worker.show_all()
    return True


def _quiet_step(worker: Worker) -> None:
    topics = worker.waiting_topics()
    if worker.tasks:
        worker.step(next(iter(worker.tasks)))
    elif topics:
        worker.take(topics[0], 10)
    else:
        worker.notice_the_lost_tail()
