"""A seeded season of both programmes, and the naive oracle that knows what must come out of it."""

from producers.simulator.expected import Expected
from producers.simulator.faults import NO_FAULTS, Faults, Shape
from producers.simulator.oracle import Oracle, recount
from producers.simulator.record import Record
from producers.simulator.season import programmes, season

__all__ = ["NO_FAULTS", "Expected", "Faults", "Oracle", "Record", "Shape", "programmes", "recount", "season"]
