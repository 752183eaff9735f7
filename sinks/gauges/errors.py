"""The one error of the gauges that a person is meant to read."""

from __future__ import annotations


class GaugesError(Exception):
    """The page cannot be shown truthfully. The message is a sentence that says what to do."""
