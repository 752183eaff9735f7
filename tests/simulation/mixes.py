"""Which faults a history has, as weights of what may happen next."""

from __future__ import annotations

Mix = tuple[tuple[str, float], ...]

_WORK: Mix = (("work", 50), ("assign", 8), ("grow", 8), ("land", 4), ("compact", 2))
FAULTS = frozenset({"kill", "move", "wake", "lose", "rot", "recreate", "upgrade", "cut"})
MIXES: dict[str, Mix] = {
    "calm": _WORK,
    "kills": (*_WORK, ("kill", 4)),
    "zombies": (*_WORK, ("move", 4), ("wake", 4), ("kill", 1)),
    "swarm": (*_WORK, ("move", 8), ("wake", 8), ("kill", 3), ("land", 8), ("compact", 6)),
    "loss": (*_WORK, ("kill", 3), ("lose", 1.5), ("rot", 0.7)),
    "loss-and-zombies": (*_WORK, ("kill", 2), ("move", 3), ("wake", 3), ("lose", 1), ("rot", 0.5)),
    "recreated": (*_WORK, ("kill", 2), ("move", 3), ("wake", 3), ("recreate", 1)),
    "upgrades": (*_WORK, ("kill", 2), ("move", 3), ("wake", 3), ("upgrade", 2)),
    "cut": (*_WORK, ("kill", 2), ("move", 3), ("wake", 3), ("cut", 1)),
}
