"""Administrative units of three vintages and what became of them: committed data, later decisions, the roll-up."""

from schemas.places.checks import Fault
from schemas.places.dated import Dated, Following, dated
from schemas.places.loading import LoadedSuccession, LoadedUnit, Loading
from schemas.places.model import (
    UNRESOLVED_TITLES,
    Level,
    Place,
    Share,
    Succession,
    Unit,
    Unresolved,
    commune_level,
)
from schemas.places.places import Places, build, load
from schemas.places.rollup import Step

__all__ = [
    "UNRESOLVED_TITLES",
    "Dated",
    "Fault",
    "Following",
    "Level",
    "LoadedSuccession",
    "LoadedUnit",
    "Loading",
    "Place",
    "Places",
    "Share",
    "Step",
    "Succession",
    "Unit",
    "Unresolved",
    "build",
    "commune_level",
    "dated",
    "load",
]
