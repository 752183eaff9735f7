"""What a comparison says: differences by place, figure and kind, and sentences about sides that cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

Value = int | float | str | None
V = TypeVar("V", int, float, str)
Figure = tuple[str, str]  # measure or other figure, and kind ('' where it has none)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Two sides that do not say the same. `place` is a unit, a commune of the page, or a partition of the log.

    None stands for a side that has no such figure. `behind` names events: those that feed the figure, newest first,
    or those that one side lacks.
    """

    sides: str
    place: str
    figure: str
    kind: str = ""
    left: Value
    right: Value
    behind: tuple[str, ...] = ()


class Report(msgspec.Struct, kw_only=True):
    """One comparison. `compared` counts figures, by what they were compared with; `failures` are sentences."""

    compared: dict[str, int] = {}
    differences: list[Difference] = []
    failures: list[str] = []
    seconds: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether all sides were there, and said the same."""
        return not self.differences and not self.failures

    def take(self, sides: str, place: str, left: Mapping[Figure, V], right: Mapping[Figure, V]) -> list[Difference]:
        """Compares one place's figures on two sides; the differences that were added."""
        self.compared[sides] = self.compared.get(sides, 0) + len(left.keys() | right.keys())
        found = list(differences(sides, place, left, right))
        self.differences += found
        return found


def differences(sides: str, place: str, left: Mapping[Figure, V], right: Mapping[Figure, V]) -> Iterator[Difference]:
    """Every figure that one side lacks or has otherwise, in order."""
    for figure in sorted(left.keys() | right.keys()):
        if left.get(figure) != right.get(figure):
            yield Difference(sides=sides, place=place, figure=figure[0], kind=figure[1],
                             left=left.get(figure), right=right.get(figure))
