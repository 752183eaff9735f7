"""The one error of a programme's file."""

from __future__ import annotations


class ProgrammeError(ValueError):
    """A programme's file cannot be used. The text names file, line and reason."""
