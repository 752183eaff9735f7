"""Programmes as data: baselines, targets, indicators as expressions, kits; and what a report of one holds."""

from schemas.programmes.errors import ProgrammeError
from schemas.programmes.files import load, names, read
from schemas.programmes.model import Programme
from schemas.programmes.period import Period, PeriodError, parse_period

__all__ = ["Period", "PeriodError", "Programme", "ProgrammeError", "load", "names", "parse_period", "read"]
