"""What an operator orders about rejected events, from the command line or the board: planned, shown, carried out.

A plan writes nothing, so it is the dry run too. Whoever orders, and however often, an event is sent as one event
(`repairs`): an order that ended halfway is given again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from producers.connection import Say
from producers.errors import ProducersError
from producers.office import mending, repairs
from producers.office.mending import Ground
from producers.office.places import current_map
from producers.office.rejects import Rejected, standing
from producers.office.repairs import By
from schemas.rejected import PARKED
from schemas.repair import OPERATOR, WHY, Repair, Standing
from schemas.settings import Settings


@dataclass
class Plan:
    """What an order comes to. With `settled`, a sentence, nothing is left to do."""

    who: By
    decisions: list[Repair] = field(default_factory=list)
    """To be written, and then done."""
    begun: list[Repair] = field(default_factory=list)
    """Decided before, by whomever, and not known to be sent: done now."""
    invalid: int = 0
    """Events of the reason that are still not valid as they are."""
    settled: str = ""
    waits: bool = False
    """The event waits for a map or a version, and may become valid by itself, whatever is noted about it."""

    @property
    def sends(self) -> list[Repair]:
        """All that would be done."""
        return [*self.begun, *self.decisions]


@dataclass(frozen=True)
class Outcome:
    """What was done: events `sent`, and decisions of others, or of before, that were carried out among them."""

    sent: int
    before: Sequence[Repair]


def who(operator: str, why: str) -> By:
    """Who orders, and why, as it is recorded.

    Raises:
        ProducersError: that is no account, or no code.
    """
    if not re.fullmatch(OPERATOR, operator):
        raise ProducersError("Who does it (by) is an account such as ops.lan: small letters, digits, dots, dashes; at "
                             "most 40.")  # fmt: skip
    if why not in WHY:
        raise ProducersError(f"{why!r} is no code of why it is done: choose from {', '.join(WHY)}.")
    return repairs.by(operator, why)


def one(settings: Settings, origin: str) -> Rejected:
    """One rejected event with its bytes.

    Raises:
        ProducersError: there is none of this origin.
    """
    found = standing(settings, lambda each, _: each == origin).get(origin)
    if found is None:
        raise ProducersError(f"{origin} is no rejected event: the list of a reason names those that are.")
    return found


def fix(settings: Settings, origin: str, by: By, patch: bytes, *, renumber: bool = False) -> Plan:
    """To send an event in place of a rejected one: its JSON after a patch (RFC 6902), with a number of its own or not.

    Raises:
        ProducersError: the patch does not fit, or what it makes would be rejected again.
    """
    record = one(settings, origin)
    if plan := _decided(record, by):
        return plan
    made = mending.patched(record.value, patch)
    made = mending.renumbered(made, origin) if renumber else made
    return Plan(by, [repairs.fix(record, mending.sendable(record, made, _ground(settings)), by)])


def replay(settings: Settings, origin: str, by: By) -> Plan:
    """To send a rejected event as it came.

    Raises:
        ProducersError: it would be rejected again.
    """
    record = one(settings, origin)
    if plan := _decided(record, by):
        return plan
    return Plan(by, [repairs.replay(record, mending.sendable(record, record.value, _ground(settings)), by)])


def replay_all(settings: Settings, reason: str, by: By) -> Plan:
    """To send all events of a reason as they came, those that are valid by now and that nobody dropped."""
    plan, ground = Plan(by), _ground(settings)
    for record in standing(settings, lambda _, each: each == reason).values():
        if record.reason != reason or record.standing not in (Standing.OPEN, Standing.BEGUN):
            continue
        if record.standing is Standing.BEGUN and record.done.holds is not None:
            plan.begun.append(record.done.holds)
            continue
        try:
            plan.decisions.append(repairs.replay(record, mending.sendable(record, record.value, ground), by))
        except ProducersError:
            plan.invalid += 1
    return plan


def drop(settings: Settings, origin: str, by: By) -> Plan:
    """To note that nobody will mend an event. It stays where it is, and can still be mended.

    Raises:
        ProducersError: somebody began to mend it.
    """
    record = one(settings, origin)
    if record.standing is Standing.BEGUN:
        raise ProducersError(
            f"Somebody began to mend {origin}: finish that with `fieldtally rejected replay {origin}`."
        )
    if record.standing is Standing.DROPPED:
        return Plan(by, settled=f"{origin} is dropped.")
    return _decided(record, by) or Plan(by, [repairs.drop(record, by)], waits=record.reason in PARKED)


def carry_out(
    settings: Settings, plan: Plan, progress: Callable[[int], None] | None = None, say: Say = print
) -> Outcome:
    """Write the decisions of a plan, then send the events of those that hold, and of what was begun before.

    Raises:
        ProducersError: the broker did not answer or refused; the same order again is harmless.
    """
    holding = repairs.decide(settings, plan.decisions, say) if plan.decisions else []
    before = [*plan.begun, *(each for each in holding if each not in plan.decisions)]
    mine = [each for each in holding if each in plan.decisions]
    return Outcome(repairs.carry_out(settings, [*before, *mine], plan.who.operator, progress, say), before)


def settled(record: Rejected) -> str:
    """Why nothing is left to do about an event, as a sentence; '' if something is."""
    if record.returned:
        return f"{record.origin}: the counter sent it back itself; nothing is sent."
    if record.again:
        return f"{record.origin} was mended, and rejected again as {record.again}: mend that one; nothing is sent."
    if record.done.sent and (holds := record.done.holds) is not None:
        return f"{record.origin} was mended by {holds.operator} on {holds.time:%Y-%m-%d}; nothing is sent."
    return ""


def _decided(record: Rejected, by: By) -> Plan | None:
    """The plan where it was decided or done before; None where it is open."""
    if sentence := settled(record):
        return Plan(by, settled=sentence)
    if record.standing is Standing.BEGUN and record.done.holds is not None:
        return Plan(by, begun=[record.done.holds])
    return None


def _ground(settings: Settings) -> Ground:
    return Ground(current_map(settings).known, settings.partitions)
