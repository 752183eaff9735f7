"""Administrative units of three vintages and what became of them: committed data, a loader, and the roll-up."""

from schemas.places.model import (
    UNRESOLVED_TITLES,
    CurrentPlace,
    Level,
    Share,
    Succession,
    Unit,
    Unresolved,
    commune_level,
)
from schemas.places.places import Places, build, load

__all__ = [
    "UNRESOLVED_TITLES",
    "CurrentPlace",
    "Level",
    "Places",
    "Share",
    "Succession",
    "Unit",
    "Unresolved",
    "build",
    "commune_level",
    "load",
]
