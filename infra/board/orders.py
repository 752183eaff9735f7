"""What an operator's page sends and is answered: JSON as Structs, and the order of a page as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from producers.errors import ProducersError
from producers.office import orders, telling
from producers.office.mending import StillInvalidError
from producers.office.orders import Outcome, Plan
from schemas.repair import ORIGIN, STANDINGS, WHY, Standing
from schemas.settings import Settings
from schemas.titles import Title

LISTED = 200  # events of one reason that are listed; the command line lists all
SHOWN = 5  # of what would be sent
Origin = Annotated[str, Meta(pattern=f"^{ORIGIN}$")]
Code = Annotated[str, Meta(max_length=100)]


class OfReason(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the events of a reason."""

    reason: Code


class OfOrigin(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for one event."""

    origin: Origin


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="order"):
    """What is ordered, by whom and why."""

    by: Code
    why: Code


class Fix(Order, frozen=True, tag="fix"):
    """To mend one event; `patch` as the operator wrote it."""

    origin: Origin
    patch: Annotated[str, Meta(max_length=128 * 1024)]
    renumber: bool = False


class Replay(Order, frozen=True, tag="replay"):
    """To send one event as it came."""

    origin: Origin


class ReplayAll(Order, frozen=True, tag="replay-all"):
    """To send all events of a reason as they came."""

    reason: Code


class Drop(Order, frozen=True, tag="drop"):
    """To note that nobody will mend one event."""

    origin: Origin


AnyOrder = Fix | Replay | ReplayAll | Drop


class Groups(Struct, frozen=True):
    """All reasons, and the codes that a page needs."""

    groups: list[telling.Group]
    standings: dict[Standing, Title]
    why: dict[str, Title]


class Lines(Struct, frozen=True):
    """The first events of a reason, and how many there are."""

    title: Title
    count: int
    lines: list[telling.Line]


class Proved(Struct, frozen=True):
    """What would become of an order: `sends` events, of them `begun` as was decided before, the first ones `shown`."""

    settled: str
    sends: int
    begun: int
    invalid: int
    waits: bool
    shown: list[telling.Sending]


class Progress(Struct, frozen=True, tag="progress"):
    """Events sent so far."""

    sent: int
    of: int


class Done(Struct, frozen=True, tag="done"):
    """What was done; `before` names whose decision was carried out in place of this one, if any was."""

    sent: int
    settled: str
    before: str


class Said(Struct, frozen=True, tag="fault"):
    """Why something is not done, in both languages."""

    vi: str
    en: str


def plan_of(settings: Settings, order: AnyOrder) -> Plan:
    """What an order comes to.

    Raises:
        ProducersError: it cannot be done.
    """
    who = orders.who(order.by, order.why)
    match order:
        case Fix():
            return orders.fix(settings, order.origin, who, order.patch.encode(), renumber=order.renumber)
        case Replay():
            return orders.replay(settings, order.origin, who)
        case ReplayAll():
            return orders.replay_all(settings, order.reason, who)
        case Drop():
            return orders.drop(settings, order.origin, who)


def proved(plan: Plan) -> Proved:
    """What a page shows of a plan."""
    shown = [telling.sending(each) for each in plan.sends[:SHOWN]]
    return Proved(plan.settled, len(plan.sends), len(plan.begun), plan.invalid, plan.waits, shown)


def done(plan: Plan, outcome: Outcome) -> Done:
    """What a page is told at the end."""
    return Done(outcome.sent, plan.settled, outcome.before[0].operator if outcome.before else "")


def lines(reason: str, found: Sequence[telling.Line]) -> Lines:
    """The list of a reason."""
    return Lines(telling.title_of(reason), len(found), list(found[:LISTED]))


def groups(found: list[telling.Group]) -> Groups:
    """The overview."""
    return Groups(found, STANDINGS, WHY)


def said(error: ProducersError) -> Said:
    """The sentence of a fault, with the reason's own Vietnamese words where it would be rejected again."""
    if isinstance(error, StillInvalidError):
        where = f" ở {error.refusal.path}" if error.refusal.path else ""
        title = telling.title_of(error.refusal.reason)
        return Said(f"Vẫn sẽ bị từ chối{where}: {title.vi.lower()}. Chưa gửi gì.", str(error))
    return Said("Không làm được.", str(error))
