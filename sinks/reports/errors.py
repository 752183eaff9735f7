"""The one error of reports that a person is meant to read."""

from __future__ import annotations


class ReportsError(Exception):
    """A report cannot be made. The message is a sentence that says why and what to do."""
